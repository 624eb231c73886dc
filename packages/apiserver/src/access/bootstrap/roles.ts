// Default roles in a notation of one line a rule, and what they become as objects.
//   'get,list core,apps pods,deployments'       verbs, groups (core is the empty one), resources
//   'get core configmaps cluster-info'          ... of these names only
//   'get /healthz,/livez'                       verbs, paths
import type {
  ClusterRole,
  ClusterRoleBinding,
  New,
  PolicyRule,
  Role,
  RoleBinding,
  Subject,
} from '@kubets/api';

export interface DefaultRole {
  name: string;
  /** Set for Roles, absent for ClusterRoles. */
  namespace?: string;
  /** The role whose aggregation takes this one in. */
  aggregateTo?: string;
  /** This role is the sum of those that aggregate to the name. */
  aggregates?: string;
  rules: readonly string[];
}

export interface DefaultBinding {
  name: string;
  namespace?: string;
  /** A ClusterRole's name, or `Role NAME`. */
  role: string;
  /** `User NAME`, `Group NAME`, `ServiceAccount NAMESPACE/NAME`. */
  subjects: readonly string[];
}

const group = 'rbac.authorization.k8s.io';
const bootstrapMeta = {
  labels: { 'kubernetes.io/bootstrapping': 'rbac-defaults' },
  annotations: { 'rbac.authorization.kubernetes.io/autoupdate': 'true' },
};

export function roleObject(role: DefaultRole): New<ClusterRole> | New<Role> {
  const labels: Record<string, string> = { ...bootstrapMeta.labels };
  if (role.aggregateTo) labels[`${group}/aggregate-to-${role.aggregateTo}`] = 'true';
  return {
    apiVersion: `${group}/v1`,
    kind: role.namespace ? 'Role' : 'ClusterRole',
    metadata: { name: role.name, namespace: role.namespace, labels, annotations: bootstrapMeta.annotations },
    ...(role.aggregates && {
      aggregationRule: {
        clusterRoleSelectors: [{ matchLabels: { [`${group}/aggregate-to-${role.aggregates}`]: 'true' } }],
      },
    }),
    rules: role.rules.map(parseRule),
  };
}

export function bindingObject(binding: DefaultBinding): New<ClusterRoleBinding> | New<RoleBinding> {
  const isRole = binding.role.startsWith('Role ');
  return {
    apiVersion: `${group}/v1`,
    kind: binding.namespace ? 'RoleBinding' : 'ClusterRoleBinding',
    metadata: { name: binding.name, namespace: binding.namespace, ...bootstrapMeta },
    roleRef: {
      apiGroup: group,
      kind: isRole ? 'Role' : 'ClusterRole',
      name: isRole ? binding.role.slice('Role '.length) : binding.role,
    },
    subjects: binding.subjects.map(parseSubject),
  };
}

export function parseRule(line: string): PolicyRule {
  const [verbs, second, third, names] = line.split(' ');
  const list = (text: string) => text.split(',').map((word) => (word === 'core' ? '' : word));
  if (third === undefined) return { verbs: verbs!.split(','), nonResourceURLs: second!.split(',') };
  return {
    verbs: verbs!.split(','),
    apiGroups: list(second!),
    resources: third.split(','),
    ...(names && { resourceNames: names.split(',') }),
  };
}

function parseSubject(text: string): Subject {
  const [kind, name] = text.split(' ') as [string, string];
  if (kind !== 'ServiceAccount') return { kind, apiGroup: group, name };
  const [namespace, account] = name.split('/') as [string, string];
  return { kind, namespace, name: account };
}
