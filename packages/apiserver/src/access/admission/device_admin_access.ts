// Devices that others use may be had for administration only in namespaces that are marked for it (KEP-5018).
import {
  forbiddenField,
  invalid,
  type Namespace,
  type ResourceV1ResourceClaim as ResourceClaim,
  type ResourceClaimSpec,
  type ResourceClaimTemplate,
} from '@kubets/api';
import type { AdmissionPlugin, AdmissionRequest, Reader } from '../../access.ts';

const label = 'resource.kubernetes.io/admin-access';

export function deviceAdminAccess(reader: Reader): AdmissionPlugin {
  return {
    name: 'DeviceAdminAccess',
    handles: ({ group, resource }) =>
      group === 'resource.k8s.io' && (resource === 'resourceclaims' || resource === 'resourceclaimtemplates'),
    validate(request) {
      const path = askedIn(request);
      if (path === undefined) return;
      const namespace = reader.get<Namespace>('', 'namespaces', undefined, request.namespace);
      if (namespace?.metadata.labels?.[label] === 'true') return;
      throw invalid(request, request.name, [
        forbiddenField(
          path,
          `admin access to devices requires the \`${label}: true\` label on the containing namespace`,
        ),
      ]);
    },
  };
}

/** The first field that asks for such access; a spec can't change, nor can a status that has it. */
function askedIn(request: AdmissionRequest): string | undefined {
  const { operation, resource, subresource, object, old } = request;
  if (operation === 'CREATE')
    return resource === 'resourceclaims'
      ? askedInSpec((object as ResourceClaim).spec)
      : askedInSpec((object as ResourceClaimTemplate).spec.spec);
  if (operation !== 'UPDATE' || subresource !== 'status') return undefined;
  return grantedIn(old) === undefined ? grantedIn(object) : undefined;
}

function askedInSpec({ devices }: ResourceClaimSpec): string | undefined {
  const at = devices?.requests?.findIndex(({ exactly }) => exactly?.adminAccess) ?? -1;
  return at < 0 ? undefined : `spec.devices.requests[${at}].adminAccess`;
}

function grantedIn({ status }: ResourceClaim): string | undefined {
  const at = status?.allocation?.devices?.results?.findIndex(({ adminAccess }) => adminAccess) ?? -1;
  return at < 0 ? undefined : `status.allocation.devices.results[${at}].adminAccess`;
}
