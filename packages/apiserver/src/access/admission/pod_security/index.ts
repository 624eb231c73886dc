// Pods keep to the Pod Security Standard that their namespace asks for (KEP-2579); workloads are warned of theirs.
import { forbidden, internalError, invalid, joinFieldErrors, type Namespace, type Pod } from '@kubets/api';
import type { Clock } from '@kubets/base';
import type { AdmissionPlugin, AdmissionRequest, Reader } from '../../../access.ts';
import { describeFindings, evaluatePod } from './checks.ts';
import type { CheckedPod, Finding } from './finding.ts';
import { violationsOfNamespace } from './pods_of_namespace.ts';
import {
  compareLevels,
  formatLevelVersion,
  isFullyPrivileged,
  isSameLevelVersion,
  type LevelVersion,
  type PolicyOfLabels,
  policyOfLabels,
} from './policy.ts';

export function podSecurity(reader: Reader, clock: Clock): AdmissionPlugin {
  return {
    name: 'PodSecurity',
    handles: ({ operation, group, resource, subresource }) =>
      (operation === 'CREATE' || operation === 'UPDATE') &&
      (resource === 'pods' && group === ''
        ? !ignoredSubresources.has(subresource)
        : subresource === '' && templates.has(`${group}/${resource}`)),
    validate(request) {
      if (request.resource === 'namespaces') return checkNamespace(reader, clock, request);
      const template = templates.get(`${request.group}/${request.resource}`)!;
      const isPod = request.resource === 'pods';
      const namespace = reader.get<Namespace>('', 'namespaces', undefined, request.namespace);
      if (!namespace) {
        if (isPod) throw internalError(`failed to lookup namespace "${request.namespace}"`);
        return;
      }
      const { policy, errors } = policyOfLabels(namespace.metadata.labels);
      if (errors.length === 0 && isFullyPrivileged(policy)) {
        if (isPod) request.annotate?.(enforcePolicy, 'privileged:latest');
        return;
      }
      if (isPod && request.operation === 'UPDATE' && !changesImages(request.object, request.old)) return;
      const pod = template(request.object);
      if (pod) judge(request, { policy, errors }, pod, isPod);
    },
  };
}

const enforcePolicy = 'pod-security.kubernetes.io/enforce-policy';

/** Where the pod is, in each kind that makes pods; undefined where it has none. */
const templates = new Map<string, (object: any) => CheckedPod | undefined>([
  ['/pods', (pod) => pod],
  ['/namespaces', () => undefined],
  ['/podtemplates', ({ template }) => template],
  ['batch/cronjobs', ({ spec }) => spec.jobTemplate.spec.template],
  ...[
    '/replicationcontrollers',
    'apps/replicasets',
    'apps/deployments',
    'apps/statefulsets',
    'apps/daemonsets',
    'batch/jobs',
  ].map((id): [string, (object: any) => CheckedPod | undefined] => [id, ({ spec }) => spec.template]),
]);

const ignoredSubresources = new Set([
  'exec',
  'attach',
  'binding',
  'eviction',
  'log',
  'portforward',
  'proxy',
  'status',
]);

function judge(
  request: AdmissionRequest,
  { policy, errors }: PolicyOfLabels,
  pod: CheckedPod,
  isEnforced: boolean,
): void {
  const seen: { level: LevelVersion; findings: Finding[] }[] = [];
  const evaluate = (level: LevelVersion) => {
    const before = seen.find((each) => isSameLevelVersion(each.level, level));
    if (before) return before.findings;
    const findings = evaluatePod(level, { metadata: pod.metadata, spec: pod.spec ?? { containers: [] } });
    seen.push({ level, findings });
    return findings;
  };
  const violates = (level: LevelVersion, findings: Finding[]) =>
    `PodSecurity "${formatLevelVersion(level)}": ${describeFindings(findings)}`;
  if (errors.length)
    request.annotate?.(
      'pod-security.kubernetes.io/error',
      `Failed to parse policy: ${joinFieldErrors([...errors])}`,
    );
  const audited = evaluate(policy.audit);
  if (audited.length)
    request.annotate?.(
      'pod-security.kubernetes.io/audit-violations',
      `would violate ${violates(policy.audit, audited)}`,
    );
  if (isEnforced) {
    request.annotate?.(enforcePolicy, formatLevelVersion(policy.enforce));
    const findings = evaluate(policy.enforce);
    if (findings.length)
      throw forbidden(request, request.name, `violates ${violates(policy.enforce, findings)}`);
  }
  const warned = evaluate(policy.warn);
  if (warned.length) request.warn(`would violate ${violates(policy.warn, warned)}`);
}

/** What else of a running pod changes says nothing of its security. */
function changesImages({ spec }: Pod, { spec: old }: Pod): boolean {
  for (const field of ['containers', 'initContainers'] as const) {
    const containers = spec[field] ?? [];
    const before = old[field] ?? [];
    if (containers.length !== before.length) return true;
    if (containers.some(({ image }, i) => image !== before[i]!.image)) return true;
  }
  return (spec.ephemeralContainers ?? []).some(({ name, image }) => {
    const before = old.ephemeralContainers?.find((each) => each.name === name);
    return !before || image !== before.image;
  });
}

function checkNamespace(reader: Reader, clock: Clock, request: AdmissionRequest): void {
  const { policy, errors } = policyOfLabels(request.object.metadata.labels);
  const refused = () => invalid({ group: '', kind: 'Namespace' }, request.name, [...errors]);
  if (request.operation === 'CREATE') {
    if (errors.length) throw refused();
    return;
  }
  const before = policyOfLabels(request.old.metadata.labels);
  // Labels that were wrong already stand in nobody's way.
  if (errors.length && JSON.stringify(errors) !== JSON.stringify(before.errors)) throw refused();
  const { enforce } = policy;
  const old = before.policy.enforce;
  if (enforce.level === 'privileged' || isSameLevelVersion(enforce, old)) return;
  if (enforce.version === old.version && compareLevels(enforce.level, old.level) <= 0) return;
  const pods = reader.list<Pod>('', 'pods', request.object.metadata.name);
  for (const warning of violationsOfNamespace(request.object.metadata.name, pods, enforce, clock))
    request.warn(warning);
}
