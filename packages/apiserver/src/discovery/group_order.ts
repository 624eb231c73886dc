// The order of groups and versions in discovery: clients take the first that has what they look for.

// As upstream's aggregator sorts the built-in groups, by priority.
const builtIn = [
  'apiregistration.k8s.io',
  'apps',
  'events.k8s.io',
  'authentication.k8s.io',
  'authorization.k8s.io',
  'autoscaling',
  'batch',
  'certificates.k8s.io',
  'networking.k8s.io',
  'policy',
  'rbac.authorization.k8s.io',
  'storage.k8s.io',
  'admissionregistration.k8s.io',
  'apiextensions.k8s.io',
  'scheduling.k8s.io',
  'coordination.k8s.io',
  'node.k8s.io',
  'discovery.k8s.io',
  'resource.k8s.io',
  'flowcontrol.apiserver.k8s.io',
  'internal.apiserver.k8s.io',
  'storagemigration.k8s.io',
];
const rank = new Map(builtIn.map((group, i) => [group, i]));

/** Built-in groups in their order, then others by name. */
export function compareGroups(a: string, b: string): number {
  const byRank = (rank.get(a) ?? builtIn.length) - (rank.get(b) ?? builtIn.length);
  return byRank || (a < b ? -1 : a > b ? 1 : 0);
}

/** Newest stable first: v2, v1, v2beta1, v1beta2, v1alpha1, then anything else by name (KEP "version priority"). */
export function compareVersions(a: string, b: string): number {
  const left = parse(a);
  const right = parse(b);
  if (!left || !right) return left ? -1 : right ? 1 : a < b ? -1 : a > b ? 1 : 0;
  return right.stage - left.stage || right.major - left.major || right.minor - left.minor;
}

const stages: Readonly<Record<string, number>> = { alpha: 0, beta: 1 };

function parse(version: string): { stage: number; major: number; minor: number } | undefined {
  const match = /^v(\d+)(?:(alpha|beta)(\d+))?$/.exec(version);
  if (!match) return undefined;
  return {
    stage: match[2] ? stages[match[2]]! : 2,
    major: Number(match[1]),
    minor: Number(match[3] ?? 0),
  };
}
