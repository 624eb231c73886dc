// Values that another writer made: kube-apiserver's protobuf, JSON laid out differently, older versions of a kind.
import { decodeJson, decodeUnknown, isEnvelope, type KubeObject, splitApiVersion } from '@kubets/api';
import type { Resource } from '@kubets/resources';
import { customResourceDefinitionOfBeta } from './stored_crd.ts';

/** Reads a value of `resource` as an object of the version that is stored here. Throws when it is none. */
export function readForeignValue(resource: Resource, value: Uint8Array): KubeObject {
  const found: KubeObject = isEnvelope(value) ? decodeUnknown(value) : decodeJson(value);
  const object = inStoredVersion(resource, found);
  // As kube-apiserver does for each object it reads: what an older release wrote lacks the defaults of this one.
  resource.defaults?.(object);
  defaultPhase(resource, object);
  return object;
}

function inStoredVersion({ id, otherVersions = [] }: Resource, found: KubeObject): KubeObject {
  const { group, version } = splitApiVersion(found.apiVersion);
  if (group === id.group && version === id.version) return found;
  if (id.resource === 'customresourcedefinitions') return customResourceDefinitionOfBeta(found);
  const other = otherVersions.find((each) => each.group === group && each.version === version);
  // Versions that aren't served any more have the fields of the one that is.
  return other ? other.toStored(found) : found;
}

/** kube-apiserver writes volumes and claims without a phase and gives them their first one at each reading. */
function defaultPhase({ id }: Resource, object: KubeObject): void {
  if (id.group !== '' || !/^persistentvolume(claim)?s$/.test(id.resource)) return;
  const { status } = object as { status?: { phase?: string } };
  Object.assign(object, { status: { ...status, phase: status?.phase || 'Pending' } });
}
