// Which FlowSchema a request belongs to, and which flow within it.
import type { UserInfo } from '@kubets/api';
import type { RequestInfo } from '../request_info.ts';

export interface FlowSchema {
  metadata: { name: string; uid?: string; resourceVersion?: string };
  spec: {
    priorityLevelConfiguration: { name: string };
    matchingPrecedence?: number;
    distinguisherMethod?: { type: string };
    rules?: readonly Rule[];
  };
}

interface Rule {
  subjects: readonly Subject[];
  resourceRules?: readonly ResourceRule[];
  nonResourceRules?: readonly { verbs: readonly string[]; nonResourceURLs: readonly string[] }[];
}

interface Subject {
  kind: string;
  user?: { name: string };
  group?: { name: string };
  serviceAccount?: { namespace: string; name: string };
}

interface ResourceRule {
  verbs: readonly string[];
  apiGroups: readonly string[];
  resources: readonly string[];
  clusterScope?: boolean;
  namespaces?: readonly string[];
}

/** The first that matches, of schemas in the order of `byPrecedence`. */
export function classify(
  schemas: readonly FlowSchema[],
  user: UserInfo,
  info: RequestInfo,
): FlowSchema | undefined {
  return schemas.find(({ spec }) => spec.rules?.some((rule) => matchesRule(rule, user, info)));
}

/** Lower numbers first; among equals the name decides. */
export function byPrecedence(a: FlowSchema, b: FlowSchema): number {
  const difference = precedenceOf(a) - precedenceOf(b);
  return difference || (a.metadata.name < b.metadata.name ? -1 : 1);
}

function precedenceOf({ spec }: FlowSchema): number {
  return spec.matchingPrecedence ?? 1000;
}

/** Requests of one flow wait behind each other; flows take turns. */
export function flowOf({ spec }: FlowSchema, user: UserInfo, info: RequestInfo): string {
  if (spec.distinguisherMethod?.type === 'ByUser') return user.username ?? '';
  return spec.distinguisherMethod?.type === 'ByNamespace' ? info.namespace : '';
}

function matchesRule(rule: Rule, user: UserInfo, info: RequestInfo): boolean {
  if (!rule.subjects.some((subject) => matchesSubject(subject, user))) return false;
  if (info.isResource) return rule.resourceRules?.some((each) => matchesResource(each, info)) ?? false;
  return (
    rule.nonResourceRules?.some(
      ({ verbs, nonResourceURLs }) =>
        hasOrAll(verbs, info.verb) && nonResourceURLs.some((url) => matchesUrl(url, info.path)),
    ) ?? false
  );
}

function matchesSubject(subject: Subject, { username = '', groups = [] }: UserInfo): boolean {
  switch (subject.kind) {
    case 'User':
      return subject.user?.name === '*' || subject.user?.name === username;
    case 'Group':
      return subject.group?.name === '*' || groups.includes(subject.group?.name ?? '');
    case 'ServiceAccount': {
      const { namespace, name } = subject.serviceAccount ?? { namespace: '', name: '' };
      const prefix = `system:serviceaccount:${namespace}:`;
      return name === '*' ? username.startsWith(prefix) : username === prefix + name;
    }
    default:
      return false;
  }
}

function matchesResource(rule: ResourceRule, info: RequestInfo): boolean {
  const resource = info.subresource ? `${info.resource}/${info.subresource}` : info.resource;
  return (
    hasOrAll(rule.verbs, info.verb) &&
    hasOrAll(rule.apiGroups, info.group) &&
    hasOrAll(rule.resources, resource) &&
    (info.namespace ? hasOrAll(rule.namespaces ?? [], info.namespace) : rule.clusterScope === true)
  );
}

function matchesUrl(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('/*') && path.startsWith(pattern.slice(0, -1));
}

function hasOrAll(list: readonly string[], value: string): boolean {
  return list.includes('*') || list.includes(value);
}
