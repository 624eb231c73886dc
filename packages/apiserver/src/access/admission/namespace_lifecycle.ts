import { isApiError, type Namespace, notFound } from '@kubets/api';
import type { AdmissionPlugin, AdmissionRequest, Reader } from '../../access.ts';
import { refusal } from './refusal.ts';

const immortal = new Set(['default', 'kube-system', 'kube-public']);
// Reviews ask about a namespace; they write nothing into it.
const exempt = new Set(['localsubjectaccessreviews']);

/** Nothing is made in a namespace that is absent or on its way out; the system's own namespaces stay. */
export function namespaceLifecycle(reader: Reader): AdmissionPlugin {
  return {
    name: 'NamespaceLifecycle',
    handles: ({ operation, resource }) =>
      (operation === 'CREATE' && !exempt.has(resource)) ||
      (operation === 'DELETE' && resource === 'namespaces'),
    admit(request) {
      if (request.group === '' && request.resource === 'namespaces') {
        if (request.operation === 'DELETE' && immortal.has(request.name)) {
          throw refusal(request, 'this namespace may not be deleted');
        }
        return;
      }
      if (request.operation === 'CREATE' && request.namespace !== '') requireLiving(reader, request);
    },
  };
}

function requireLiving(reader: Reader, request: AdmissionRequest): void {
  const { namespace } = request;
  const found = reader.get<Namespace>('', 'namespaces', undefined, namespace);
  if (!found) throw notFound({ group: '', resource: 'namespaces' }, namespace);
  if (found.status?.phase !== 'Terminating' && !found.metadata.deletionTimestamp) return;
  const error = refusal(
    request,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
  );
  if (isApiError(error)) {
    error.status.details = {
      ...error.status.details,
      causes: [
        {
          reason: 'NamespaceTerminating',
          message: `namespace ${namespace} is being terminated`,
          field: 'metadata.namespace',
        },
      ],
    };
  }
  throw error;
}
