// RBAC: a request is allowed if a rule of a role that is bound to the user covers it. There are no denials.
import type {
  ClusterRole,
  ClusterRoleBinding,
  PolicyRule,
  Role,
  RoleBinding,
  Subject,
  UserInfo,
} from '@kubets/api';
import type { Attributes, Authorizer, Decision, Reader } from '../../access.ts';

const group = 'rbac.authorization.k8s.io';

export function createRbacAuthorizer(reader: Reader): Authorizer {
  return {
    name: 'RBAC',
    authorize(attributes) {
      return findGrant(reader, attributes) ?? { decision: 'none', reason: '' };
    },
    rulesFor(user, namespace) {
      const rules = [...grantsOf(reader, user, namespace)].flatMap((grant) => grant.rules);
      return {
        resourceRules: rules
          .filter((rule) => (rule.resources?.length ?? 0) > 0)
          .map(({ verbs, apiGroups, resources, resourceNames }) => ({
            verbs,
            apiGroups,
            resources,
            resourceNames,
          })),
        nonResourceRules: rules
          .filter((rule) => (rule.nonResourceURLs?.length ?? 0) > 0)
          .map(({ verbs, nonResourceURLs }) => ({ verbs, nonResourceURLs })),
      };
    },
  };
}

function findGrant(reader: Reader, attributes: Attributes): Decision | undefined {
  for (const grant of grantsOf(reader, attributes.user, attributes.namespace)) {
    if (grant.rules.some((rule) => ruleAllows(rule, attributes)))
      return { decision: 'allow', reason: grant.reason() };
  }
  return undefined;
}

interface Grant {
  rules: readonly PolicyRule[];
  reason(): string;
}

function* grantsOf(reader: Reader, user: UserInfo, namespace: string): Generator<Grant> {
  for (const binding of reader.list<ClusterRoleBinding>(group, 'clusterrolebindings')) {
    const subject = subjectFor(binding.subjects, user, '');
    if (!subject) continue;
    yield {
      rules: rulesOf(reader, binding.roleRef, undefined),
      reason: () =>
        `RBAC: allowed by ClusterRoleBinding "${binding.metadata.name}" of ClusterRole "${binding.roleRef.name}" to ${subject}`,
    };
  }
  if (namespace === '') return;
  for (const binding of reader.list<RoleBinding>(group, 'rolebindings', namespace)) {
    const subject = subjectFor(binding.subjects, user, namespace);
    if (!subject) continue;
    yield {
      rules: rulesOf(reader, binding.roleRef, namespace),
      reason: () =>
        `RBAC: allowed by RoleBinding "${binding.metadata.name}/${namespace}" of ${binding.roleRef.kind} "${binding.roleRef.name}" to ${subject}`,
    };
  }
}

function rulesOf(
  reader: Reader,
  ref: { kind: string; name: string },
  namespace: string | undefined,
): readonly PolicyRule[] {
  const role =
    ref.kind === 'Role'
      ? reader.get<Role>(group, 'roles', namespace, ref.name)
      : reader.get<ClusterRole>(group, 'clusterroles', undefined, ref.name);
  return role?.rules ?? [];
}

/** The subject that is the user, as upstream names it in the reason; undefined when none is. */
function subjectFor(
  subjects: readonly Subject[] | undefined,
  user: UserInfo,
  namespace: string,
): string | undefined {
  for (const subject of subjects ?? []) {
    if (subject.kind === 'User' && subject.name === user.username) return `User "${subject.name}"`;
    if (subject.kind === 'Group' && user.groups?.includes(subject.name)) return `Group "${subject.name}"`;
    if (subject.kind === 'ServiceAccount') {
      const home = subject.namespace || namespace;
      if (user.username === `system:serviceaccount:${home}:${subject.name}`)
        return `ServiceAccount "${subject.name}/${home}"`;
    }
  }
  return undefined;
}

/** Whether one rule covers a request. */
export function ruleAllows(rule: PolicyRule, attributes: Attributes): boolean {
  if (!covers(rule.verbs, attributes.verb)) return false;
  if (!attributes.isResourceRequest) {
    return (rule.nonResourceURLs ?? []).some(
      (path) =>
        path === '*' ||
        path === attributes.path ||
        (path.endsWith('*') && attributes.path.startsWith(path.slice(0, -1))),
    );
  }
  if (!covers(rule.apiGroups ?? [], attributes.group)) return false;
  const full =
    attributes.subresource === '' ? attributes.resource : `${attributes.resource}/${attributes.subresource}`;
  const resourceCovered = (rule.resources ?? []).some(
    (resource) =>
      resource === '*' ||
      resource === full ||
      (attributes.subresource !== '' && resource === `*/${attributes.subresource}`),
  );
  if (!resourceCovered) return false;
  const names = rule.resourceNames ?? [];
  return names.length === 0 || names.includes(attributes.name);
}

function covers(allowed: readonly string[], asked: string): boolean {
  return allowed.includes('*') || allowed.includes(asked);
}
