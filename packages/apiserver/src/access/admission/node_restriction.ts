// A kubelet writes its own node, its own pods and what belongs to them, nothing of its neighbours
// (https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction).
import {
  type CertificateSigningRequest,
  deepEqual,
  notFound,
  type PersistentVolumeClaim,
  type Pod,
  type ResourceSlice,
  type AuthenticationV1TokenRequest as TokenRequest,
} from '@kubets/api';
import { requestSubject } from '@kubets/resources';
import type { AdmissionPlugin, AdmissionRequest, Reader } from '../../access.ts';
import { nodeOf } from '../authz/node_authorizer.ts';
import { checkNode } from './node_restriction_node.ts';
import { checkPod } from './node_restriction_pod.ts';
import { refusal } from './refusal.ts';

export function nodeRestriction(reader: Reader): AdmissionPlugin {
  return {
    name: 'NodeRestriction',
    handles: ({ user, operation, group, resource }) =>
      operation !== 'CONNECT' && rules[`${group}/${resource}`] !== undefined && nodeOf(user) !== undefined,
    admit(request) {
      rules[`${request.group}/${request.resource}`]!(request, nodeOf(request.user)!, reader);
    },
  };
}

export type NodeRule = (request: AdmissionRequest, node: string, reader: Reader) => void;

const rules: Record<string, NodeRule> = {
  '/pods': checkPod,
  '/nodes': checkNode,
  '/persistentvolumeclaims': checkClaim,
  '/serviceaccounts': checkToken,
  'coordination.k8s.io/leases': checkLease,
  'storage.k8s.io/csinodes': checkCsiNode,
  'resource.k8s.io/resourceslices': checkSlice,
  'certificates.k8s.io/certificatesigningrequests': checkSigningRequest,
};

function checkClaim(request: AdmissionRequest, node: string): void {
  if (request.subresource !== 'status') throw refusal(request, 'may only update PVC status');
  const rest = ({ status, metadata, ...claim }: PersistentVolumeClaim) => {
    const {
      capacity: _,
      conditions: _c,
      allocatedResourceStatuses: _s,
      allocatedResources: _r,
      ...kept
    } = status ?? {};
    const { resourceVersion: _v, managedFields: _m, ...meta } = metadata;
    return { ...claim, metadata: meta, status: kept };
  };
  if (!deepEqual(rest(request.old), rest(request.object)))
    throw refusal(
      request,
      `node "${node}" is not allowed to update fields other than status.quantity and status.conditions`,
    );
}

function checkToken(request: AdmissionRequest, node: string, reader: Reader): void {
  if (request.operation !== 'CREATE' || request.subresource !== 'token') return;
  const ref = (request.object as TokenRequest).spec.boundObjectRef;
  if (ref?.apiVersion !== 'v1' || ref.kind !== 'Pod' || !ref.name)
    throw refusal(request, 'node requested token not bound to a pod');
  if (!ref.uid) throw refusal(request, 'node requested token with a pod binding without a uid');
  const pod = reader.get<Pod>('', 'pods', request.namespace, ref.name);
  if (!pod) throw notFound({ group: '', resource: 'pods' }, ref.name);
  if (ref.uid !== pod.metadata.uid)
    throw refusal(
      request,
      `the UID in the bound object reference (${ref.uid}) does not match the UID in record. The object might have been deleted and then recreated`,
    );
  if (pod.spec.nodeName !== node)
    throw refusal(request, 'node requested token bound to a pod scheduled on a different node');
}

function checkLease(request: AdmissionRequest, node: string): void {
  if (request.namespace !== 'kube-node-lease')
    throw refusal(request, 'can only access leases in the "kube-node-lease" system namespace');
  if (nameOf(request) !== node)
    throw refusal(request, 'can only access node lease with the same name as the requesting node');
}

function checkCsiNode(request: AdmissionRequest, node: string): void {
  if (nameOf(request) !== node)
    throw refusal(request, 'can only access CSINode with the same name as the requesting node');
}

function checkSlice(request: AdmissionRequest, node: string): void {
  if (request.operation === 'UPDATE') return;
  const verb = request.operation === 'CREATE' ? 'create' : 'delete';
  const slice: ResourceSlice = request.operation === 'CREATE' ? request.object : request.old;
  if (slice.spec.nodeName !== node)
    throw refusal(request, `can only ${verb} ResourceSlice with the same NodeName as the requesting node`);
}

const nodeSigners = ['kubernetes.io/kubelet-serving', 'kubernetes.io/kube-apiserver-client-kubelet'];

function checkSigningRequest(request: AdmissionRequest, node: string): void {
  if (request.operation !== 'CREATE') return;
  const { spec }: CertificateSigningRequest = request.object;
  if (!nodeSigners.includes(spec.signerName)) return;
  const subject = requestSubject(spec.request);
  if (!subject) throw refusal(request, 'unable to parse csr: PEM block type must be CERTIFICATE REQUEST');
  if (subject.commonName !== `system:node:${node}`)
    throw refusal(request, `can only create a node CSR with CN=system:node:${node}`);
}

function nameOf(request: AdmissionRequest): string {
  return request.operation === 'CREATE' ? (request.object.metadata.name ?? '') : request.name;
}
