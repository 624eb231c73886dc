// The conditions of a pod that the kubelet owns; those of others are passed through.
import type { Container, ContainerStatus, Pod, PodCondition, PodStatus } from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import { isSidecar, mayRestartAll, restartAllTrigger } from '../restart_policy.ts';
import { judgeSandbox } from '../sandbox_changed.ts';
import type { StatusInput } from './pod_status.ts';

type Verdict = Pick<PodCondition, 'status' | 'reason' | 'message'>;

const ownTypes = new Set([
  'PodReadyToStartContainers',
  'Initialized',
  'Ready',
  'ContainersReady',
  'PodScheduled',
  'PodResizePending',
  'PodResizeInProgress',
  'AllContainersRestarting',
]);

export function isKubeletCondition(type: string): boolean {
  return ownTypes.has(type);
}

export function podConditions(input: StatusInput, status: PodStatus): PodCondition[] {
  const { pod, previous, observed } = input;
  const conditions = (pod.status?.conditions ?? []).filter(({ type }) => !ownTypes.has(type));
  const disruption =
    input.failure?.condition ?? previous.conditions?.find(({ type }) => type === 'DisruptionTarget');
  if (disruption && !conditions.some(({ type }) => type === disruption.type)) conditions.push(disruption);

  const before = new Map(previous.conditions?.map((condition) => [condition.type, condition]));
  const add = (type: string, verdict: Verdict) => {
    const old = before.get(type);
    conditions.push({
      type,
      ...verdict,
      observedGeneration: pod.metadata.generation,
      lastTransitionTime:
        old?.status === verdict.status && old.lastTransitionTime
          ? old.lastTransitionTime
          : rfc3339(input.now),
    });
  };
  for (const { type, status, reason, message } of input.resizeConditions ?? [])
    add(type, { status, reason, message });
  add('PodReadyToStartContainers', judgeSandbox(pod, observed).usable ? yes : no());
  const all = [...(status.initContainerStatuses ?? []), ...(status.containerStatuses ?? [])];
  const containersReady = judgeContainersReady(pod, all, status.phase);
  add('Initialized', judgeInitialized(pod, all, status.phase));
  add('Ready', containersReady.status === 'True' ? judgeGates(pod, conditions) : containersReady);
  add('ContainersReady', containersReady);
  add('PodScheduled', yes);
  if (mayRestartAll(pod)) add('AllContainersRestarting', judgeRestartAll(input, status.phase));
  return conditions;
}

function judgeRestartAll({ pod, observed }: StatusInput, phase?: string): Verdict {
  if (phase === 'Succeeded') return no('PodCompleted');
  if (phase === 'Failed') return no('PodFailed');
  return restartAllTrigger(pod, observed)
    ? {
        status: 'True',
        reason: 'RestartAllContainersStarted',
        message: 'container exited with restart policy rule',
      }
    : no();
}

const yes: Verdict = { status: 'True' };

function no(reason?: string, message?: string): Verdict {
  return { status: 'False', ...(reason && { reason }), ...(message && { message }) };
}

function judgeContainersReady(pod: Pod, statuses: readonly ContainerStatus[], phase?: string): Verdict {
  const needed = [...(pod.spec.initContainers ?? []).filter(isSidecar), ...pod.spec.containers];
  const { unknown, failing } = sort(needed, statuses, (_, status) => status.ready);
  if (phase === 'Succeeded' && unknown.length === 0) return no('PodCompleted');
  if (phase === 'Failed') return no('PodFailed');
  const message = describe(unknown, failing, 'unready');
  return message ? no('ContainersNotReady', message) : yes;
}

function judgeGates(pod: Pod, conditions: readonly PodCondition[]): Verdict {
  const messages: string[] = [];
  for (const { conditionType } of pod.spec.readinessGates ?? []) {
    const condition = conditions.find(({ type }) => type === conditionType);
    if (!condition)
      messages.push(`corresponding condition of pod readiness gate "${conditionType}" does not exist.`);
    else if (condition.status !== 'True')
      messages.push(
        `the status of pod readiness gate "${conditionType}" is not "True", but ${condition.status}`,
      );
  }
  return messages.length > 0 ? no('ReadinessGatesNotReady', messages.join(', ')) : yes;
}

function judgeInitialized(pod: Pod, statuses: readonly ContainerStatus[], phase?: string): Verdict {
  const { unknown, failing } = sort(pod.spec.initContainers ?? [], statuses, (container, status) =>
    isSidecar(container) ? (status.started ?? false) : status.ready,
  );
  if (phase === 'Succeeded' && unknown.length === 0) return { status: 'True', reason: 'PodCompleted' };
  // Restarting sidecars don't take back that the pod was initialized.
  const regular = new Set(pod.spec.containers.map(({ name }) => name));
  const started = statuses.some(
    ({ name, state }) => regular.has(name) && (state?.running || state?.terminated),
  );
  const message = started ? '' : describe(unknown, failing, 'incomplete');
  return message ? no('ContainersNotInitialized', message) : yes;
}

function sort(
  containers: readonly Container[],
  statuses: readonly ContainerStatus[],
  good: (container: Container, status: ContainerStatus) => boolean,
) {
  const unknown: string[] = [];
  const failing: string[] = [];
  for (const container of containers) {
    const status = statuses.find(({ name }) => name === container.name);
    if (!status) unknown.push(container.name);
    else if (!good(container, status)) failing.push(container.name);
  }
  return { unknown, failing };
}

function describe(unknown: readonly string[], failing: readonly string[], adjective: string): string {
  const parts: string[] = [];
  if (unknown.length > 0) parts.push(`containers with unknown status: [${unknown.join(' ')}]`);
  if (failing.length > 0) parts.push(`containers with ${adjective} status: [${failing.join(' ')}]`);
  return parts.join(', ');
}
