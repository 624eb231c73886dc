import { forbidden, type Node } from '@kubets/api';
import type { AdmissionPlugin, AdmissionRequest, Reader } from '../../access.ts';
import { nodeOf } from '../authz/node_authorizer.ts';

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** A new node takes no pods until the node lifecycle controller has seen it ready. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: ({ operation, group, resource, subresource }) =>
    operation === 'CREATE' && group === '' && resource === 'nodes' && subresource === '',
  admit({ object }) {
    const node = object as Node;
    const taints = node.spec.taints ?? [];
    if (taints.some((taint) => taint.key === notReady.key && taint.effect === notReady.effect)) return;
    node.spec.taints = [...taints, notReady];
  },
};

/** A kubelet writes its own node, its own pods and its own lease, nothing of its neighbours. */
export function nodeRestriction(reader: Reader): AdmissionPlugin {
  return {
    name: 'NodeRestriction',
    handles: ({ user, operation }) => nodeOf(user) !== undefined && operation !== 'CONNECT',
    validate(request) {
      const node = nodeOf(request.user)!;
      if (request.group === '' && request.resource === 'nodes') checkNode(request, node);
      if (request.group === '' && request.resource === 'pods') checkPod(reader, request, node);
      if (request.group === '' && request.resource === 'serviceaccounts' && request.subresource === 'token') {
        checkToken(reader, request, node);
      }
      if (request.group === 'coordination.k8s.io' && request.resource === 'leases' && request.name !== node) {
        throw forbidden(
          request,
          request.name,
          `can only access node lease with the same name as the requesting node`,
        );
      }
    },
  };
}

function checkNode(request: AdmissionRequest, node: string): void {
  if (request.name !== node) {
    throw forbidden(request, request.name, `node "${node}" is not allowed to modify node "${request.name}"`);
  }
  if (request.operation === 'DELETE') return;
  if (request.operation === 'UPDATE' && request.subresource === '') {
    const taints = (object: Node) => JSON.stringify(object.spec?.taints ?? []);
    if (taints(request.object) !== taints(request.old)) {
      throw forbidden(request, request.name, `node "${node}" is not allowed to modify taints`);
    }
  }
  const before: Record<string, string> = request.old?.metadata.labels ?? {};
  const after: Record<string, string> = request.object.metadata.labels ?? {};
  const changed = Object.keys({ ...before, ...after }).filter((key) => before[key] !== after[key]);
  const refused = changed.filter((key) => /(^|\.)node-restriction\.kubernetes\.io\//.test(key));
  if (refused.length > 0) {
    throw forbidden(request, request.name, `is not allowed to modify labels: ${refused.sort().join(', ')}`);
  }
}

function checkPod(reader: Reader, request: AdmissionRequest, node: string): void {
  if (request.operation === 'CREATE' && request.subresource === '') {
    if (request.object.metadata.annotations?.['kubernetes.io/config.mirror'] === undefined) {
      throw forbidden(
        request,
        request.name,
        `pod does not have "kubernetes.io/config.mirror" annotation, node "${node}" can only create mirror pods`,
      );
    }
    if (request.object.spec.nodeName !== node) {
      throw forbidden(
        request,
        request.name,
        `node "${node}" can only create pods with spec.nodeName set to itself`,
      );
    }
    return;
  }
  const pod = request.old ?? reader.get<any>('', 'pods', request.namespace, request.name);
  if (pod && pod.spec.nodeName !== node) {
    const verb = request.operation === 'DELETE' ? 'delete pods' : 'update pod status for pods';
    throw forbidden(
      request,
      request.name,
      `node "${node}" can only ${verb} with spec.nodeName set to itself`,
    );
  }
}

function checkToken(reader: Reader, request: AdmissionRequest, node: string): void {
  const ref = request.object?.spec?.boundObjectRef;
  if (ref?.kind !== 'Pod' || !ref.uid) {
    throw forbidden(request, request.name, `node requested token not bound to a pod`);
  }
  const pod = reader.get<any>('', 'pods', request.namespace, ref.name);
  if (!pod || pod.metadata.uid !== ref.uid || pod.spec.nodeName !== node) {
    throw forbidden(
      request,
      request.name,
      `node requested token bound to a pod scheduled on a different node`,
    );
  }
}
