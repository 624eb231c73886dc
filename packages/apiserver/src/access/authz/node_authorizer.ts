// What a kubelet may do: its own node and pods, and what its pods refer to
// (https://kubernetes.io/docs/reference/access-authn-authz/node/).
import type { PersistentVolume, PersistentVolumeClaim, Pod, UserInfo } from '@kubets/api';
import type { Attributes, Authorizer, Decision, Reader } from '../../access.ts';
import { clusterRoles } from '../bootstrap/cluster_roles.ts';
import { parseRule } from '../bootstrap/roles.ts';
import { ruleAllows } from './rbac_authorizer.ts';

const none: Decision = { decision: 'none', reason: '' };
const allow: Decision = { decision: 'allow', reason: '' };

export function createNodeAuthorizer(reader: Reader): Authorizer {
  const nodeRules = clusterRoles.find((role) => role.name === 'system:node')!.rules.map(parseRule);
  return {
    name: 'Node',
    authorize(attributes) {
      const node = nodeOf(attributes.user);
      if (node === undefined) return none;
      if (attributes.isResourceRequest) {
        const limited = limitedKinds[`${attributes.group}/${attributes.resource}`];
        if (limited) return limited(reader, node, attributes);
      }
      return nodeRules.some((rule) => ruleAllows(rule, attributes)) ? allow : none;
    },
    rulesFor: (user) => ({
      resourceRules: [],
      nonResourceRules: [],
      // What its pods refer to changes by the minute.
      ...(nodeOf(user) && { incomplete: 'node authorizer does not support user rule resolution' }),
    }),
  };
}

/** The node that a user is, or undefined: `system:node:<name>` in the group `system:nodes`. */
export function nodeOf(user: UserInfo): string | undefined {
  if (!user.groups?.includes('system:nodes') || !user.username?.startsWith('system:node:')) return undefined;
  return user.username.slice('system:node:'.length) || undefined;
}

type Rule = (reader: Reader, node: string, attributes: Attributes) => Decision;

const limitedKinds: Record<string, Rule> = {
  '/secrets': (reader, node, a) => readOf(a, () => referred(reader, node, a, secretsOf)),
  '/configmaps': (reader, node, a) => readOf(a, () => referred(reader, node, a, configMapsOf)),
  '/persistentvolumeclaims': (reader, node, a) =>
    a.verb === 'get' || a.subresource === 'status'
      ? decide(referred(reader, node, a, claimsOf), node)
      : refuse(`can only get individual resources of this type`),
  '/persistentvolumes': (reader, node, a) => readOf(a, () => volumeUsed(reader, node, a.name)),
  '/serviceaccounts': (reader, node, a) => {
    if (a.subresource === 'token' && a.verb === 'create') {
      return decide(
        referred(reader, node, a, (pod) => [pod.spec.serviceAccountName ?? '']),
        node,
      );
    }
    return readOf(a, () => referred(reader, node, a, (pod) => [pod.spec.serviceAccountName ?? '']));
  },
  'coordination.k8s.io/leases': (_reader, node, a) => {
    if (a.namespace !== 'kube-node-lease')
      return refuse('can only access leases in the "kube-node-lease" system namespace');
    return decide(a.verb === 'create' || a.name === node, node);
  },
  'storage.k8s.io/csinodes': (_reader, node, a) => decide(a.verb === 'create' || a.name === node, node),
};

function readOf(attributes: Attributes, isReferred: () => boolean): Decision {
  if (attributes.subresource !== '') return refuse('cannot access a subresource of this type');
  // Lists and watches are allowed for one named object only.
  if (!['get', 'list', 'watch'].includes(attributes.verb) || attributes.name === '') {
    return refuse('can only read resources of this type');
  }
  return isReferred() ? allow : refuse('no relationship found between node and this object');
}

function decide(allowed: boolean, node: string): Decision {
  return allowed ? allow : refuse(`no relationship found between node '${node}' and this object`);
}

function refuse(reason: string): Decision {
  return { decision: 'none', reason };
}

function podsOf(reader: Reader, node: string, namespace: string): Pod[] {
  const ofNode = { field: 'spec.nodeName', value: node };
  return reader.list<Pod>('', 'pods', namespace, ofNode).filter((pod) => pod.spec.nodeName === node);
}

function referred(
  reader: Reader,
  node: string,
  attributes: Attributes,
  namesOf: (pod: Pod) => string[],
): boolean {
  return podsOf(reader, node, attributes.namespace).some((pod) => namesOf(pod).includes(attributes.name));
}

export function secretsOf(pod: Pod): string[] {
  const names = (pod.spec.imagePullSecrets ?? []).map((item) => item.name ?? '');
  for (const volume of pod.spec.volumes ?? []) {
    names.push(volume.secret?.secretName ?? '', volume.csi?.nodePublishSecretRef?.name ?? '');
    for (const source of volume.projected?.sources ?? []) names.push(source.secret?.name ?? '');
  }
  for (const container of containersOf(pod)) {
    for (const source of container.envFrom ?? []) names.push(source.secretRef?.name ?? '');
    for (const variable of container.env ?? []) names.push(variable.valueFrom?.secretKeyRef?.name ?? '');
  }
  return names;
}

export function configMapsOf(pod: Pod): string[] {
  const names: string[] = [];
  for (const volume of pod.spec.volumes ?? []) {
    names.push(volume.configMap?.name ?? '');
    for (const source of volume.projected?.sources ?? []) names.push(source.configMap?.name ?? '');
  }
  for (const container of containersOf(pod)) {
    for (const source of container.envFrom ?? []) names.push(source.configMapRef?.name ?? '');
    for (const variable of container.env ?? []) names.push(variable.valueFrom?.configMapKeyRef?.name ?? '');
  }
  return names;
}

function claimsOf(pod: Pod): string[] {
  return (pod.spec.volumes ?? []).map((volume) =>
    volume.ephemeral
      ? `${pod.metadata.name}-${volume.name}`
      : (volume.persistentVolumeClaim?.claimName ?? ''),
  );
}

function volumeUsed(reader: Reader, node: string, name: string): boolean {
  const claim = reader.get<PersistentVolume>('', 'persistentvolumes', undefined, name)?.spec.claimRef;
  if (!claim?.namespace) return false;
  const bound = reader.get<PersistentVolumeClaim>(
    '',
    'persistentvolumeclaims',
    claim.namespace,
    claim.name ?? '',
  );
  return (
    bound !== undefined &&
    podsOf(reader, node, claim.namespace).some((pod) => claimsOf(pod).includes(bound.metadata.name))
  );
}

function containersOf(pod: Pod) {
  return [
    ...pod.spec.containers,
    ...(pod.spec.initContainers ?? []),
    ...(pod.spec.ephemeralContainers ?? []),
  ];
}
