import { deepEqual, type Node, notFound, type OwnerReference, type Pod } from '@kubets/api';
import type { AdmissionRequest, Reader } from '../../access.ts';
import { configMapsOf, secretsOf } from '../authz/node_authorizer.ts';
import { refusal } from './refusal.ts';

const mirror = 'kubernetes.io/config.mirror';

export function checkPod(request: AdmissionRequest, node: string, reader: Reader): void {
  const refuse = (why: string) => refusal(request, why);
  const { operation, subresource } = request;
  const unexpected = () => refuse(`unexpected operation "${operation}"`);
  if (subresource === 'eviction') {
    const pod = existing(request, reader);
    if (pod.spec.nodeName !== node)
      throw refuse(`node ${node} can only evict pods with spec.nodeName set to itself`);
  } else if (subresource === 'status') {
    if (operation !== 'UPDATE') throw unexpected();
    checkStatus(request, node);
  } else if (subresource !== '') {
    throw refuse(`unexpected pod subresource "${subresource}", only 'status' and 'eviction' are allowed`);
  } else if (operation === 'CREATE') {
    checkMirrorPod(request, node, reader);
  } else if (operation === 'DELETE') {
    if (existing(request, reader).spec.nodeName !== node)
      throw refuse(`node "${node}" can only delete pods with spec.nodeName set to itself`);
  } else {
    throw refuse(
      `unexpected operation "${operation}", node "${node}" can only create and delete mirror pods`,
    );
  }
}

function existing({ old, namespace, name }: AdmissionRequest, reader: Reader): Pod {
  const pod = old ?? reader.get<Pod>('', 'pods', namespace, name);
  if (!pod) throw notFound({ group: '', resource: 'pods' }, name);
  return pod;
}

function checkStatus(request: AdmissionRequest, node: string): void {
  const old: Pod = request.old;
  const next: Pod = request.object;
  if (old.spec.nodeName !== node)
    throw refusal(
      request,
      `node "${node}" can only update pod status for pods with spec.nodeName set to itself`,
    );
  if (!deepEqual(old.metadata.labels ?? {}, next.metadata.labels ?? {}))
    throw refusal(request, `node "${node}" cannot update labels through pod status`);
  if (!deepEqual(old.status?.resourceClaimStatuses ?? [], next.status?.resourceClaimStatuses ?? []))
    throw refusal(request, `node "${node}" cannot update resource claim statues`);
  if (!deepEqual(old.status?.extendedResourceClaimStatus, next.status?.extendedResourceClaimStatus))
    throw refusal(request, `node "${node}" cannot update extended resource claim status`);
}

function checkMirrorPod(request: AdmissionRequest, node: string, reader: Reader): void {
  const refuse = (why: string) => refusal(request, why);
  const { metadata, spec }: Pod = request.object;
  if (metadata.annotations?.[mirror] === undefined)
    throw refuse(`pod does not have "${mirror}" annotation, node "${node}" can only create mirror pods`);
  const can = `node "${node}" can only create pods with`;
  if (spec.nodeName !== node) throw refuse(`${can} spec.nodeName set to itself`);
  const owners = metadata.ownerReferences ?? [];
  if (owners.length > 1) throw refuse(`${can} a single owner reference set to itself`);
  const problem = ownerProblem(owners[0], node, reader);
  if (problem) throw refuse(problem);
  const reference = apiReferenceOf(request.object);
  if (reference) throw refuse(`node "${node}" can not create pods that reference ${reference}`);
}

function ownerProblem(owner: OwnerReference | undefined, node: string, reader: Reader): string | undefined {
  const can = `node "${node}" can only create pods with`;
  if (owner?.apiVersion !== 'v1' || owner.kind !== 'Node' || owner.name !== node)
    return `${can} an owner reference set to itself`;
  if (!owner.controller) return `${can} a controller owner reference set to itself`;
  if (owner.blockOwnerDeletion) return `node "${node}" must not set blockOwnerDeletion on an owner reference`;
  const found = reader.get<Node>('', 'nodes', undefined, node);
  if (!found) throw notFound({ group: '', resource: 'nodes' }, node);
  return owner.uid === found.metadata.uid
    ? undefined
    : `node ${node} UID mismatch: expected ${owner.uid} got ${found.metadata.uid}`;
}

/** What a pod that no API knows of cannot have. */
function apiReferenceOf(pod: Pod): string | undefined {
  const { spec } = pod;
  if (spec.serviceAccountName) return 'serviceaccounts';
  if (secretsOf(pod).some((name) => name)) return 'secrets';
  if (configMapsOf(pod).some((name) => name)) return 'configmaps';
  if (spec.resourceClaims?.length) return 'resourceclaims';
  for (const volume of spec.volumes ?? []) {
    if (volume.csi) return 'csidrivers (via CSI volumes)';
    if (volume.glusterfs) return 'endpoints (via glusterFS volumes)';
    if (volume.persistentVolumeClaim) return 'persistentvolumeclaims';
    if (volume.ephemeral) return 'persistentvolumeclaims (via ephemeral volumes)';
    for (const source of volume.projected?.sources ?? []) {
      if (source.serviceAccountToken) return 'serviceaccounts (via projected volumes)';
      if (source.clusterTrustBundle) return 'clustertrustbundles';
      if (source.podCertificate) return 'podcertificates';
    }
  }
  return undefined;
}
