// Which fields a write through a path can't change, so that nobody comes to own them by it (upstream's
// strategies: GetResetFields).
import { typeSchema } from '@kubets/api';
import type { Resource, Subresource } from './resource.ts';

/** Names of fields from the root down. */
export type ResetFields = readonly (readonly string[])[];

const none: ResetFields = [];
const status: ResetFields = [['status']];
const spec: ResetFields = [['spec']];
const specAndMetadata: ResetFields = [['metadata'], ['spec']];

/** Where `/status` changes no metadata; in custom resources it doesn't either. */
const keepMetadata: ReadonlySet<string> = new Set([
  'apiservices.apiregistration.k8s.io',
  'devicetaintrules.resource.k8s.io',
  'flowschemas.flowcontrol.apiserver.k8s.io',
  'podgroups.scheduling.k8s.io',
  'prioritylevelconfigurations.flowcontrol.apiserver.k8s.io',
  'resourceclaims.resource.k8s.io',
  'resourcepoolstatusrequests.resource.k8s.io',
  'servicecidrs.networking.k8s.io',
  'storageversionmigrations.storagemigration.k8s.io',
  'storageversions.internal.apiserver.k8s.io',
  'validatingadmissionpolicies.admissionregistration.k8s.io',
  'volumeattachments.storage.k8s.io',
]);

/** What differs from the rule: the object's own path resets its status, `/status` everything else. */
const exceptions: Readonly<Record<string, Readonly<Record<string, ResetFields>>>> = {
  'certificatesigningrequests.certificates.k8s.io': {
    '': [['spec'], ['status']],
    status: [['spec'], ['status', 'conditions']],
    approval: [['spec'], ['status', 'certificate']],
  },
  'deployments.apps': { status: [['metadata', 'labels'], ['spec']] },
  namespaces: { finalize: status },
  'podcertificaterequests.certificates.k8s.io': { '': none },
  pods: { status: [['metadata', 'deletionTimestamp'], ['metadata', 'ownerReferences'], ['spec']] },
};

const known = new WeakMap<Resource, Map<string, ResetFields>>();

/** What a write to `resource`, or to a subresource of its own kind, resets. */
export function resetFieldsOf(resource: Resource, subresource?: Subresource<any>): ResetFields {
  const path = subresource?.name ?? '';
  let ofResource = known.get(resource);
  if (!ofResource) known.set(resource, (ofResource = new Map()));
  let fields = ofResource.get(path);
  if (!fields) ofResource.set(path, (fields = findResetFields(resource, path)));
  return fields;
}

function findResetFields(resource: Resource, path: string): ResetFields {
  const { group, resource: plural } = resource.id;
  const id = group ? `${plural}.${group}` : plural;
  const exception = exceptions[id]?.[path];
  if (exception) return exception;
  if (!resource.subresources.some(({ name }) => name === 'status')) return none;
  if (path === '') return status;
  if (path !== 'status') return none;
  return keepMetadata.has(id) || !typeSchema(resource.type) ? specAndMetadata : spec;
}
