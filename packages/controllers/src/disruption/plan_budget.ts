// What a PodDisruptionBudget's status says: how many of its pods may be evicted now.
import type { Condition, Pod, PodDisruptionBudget, PodDisruptionBudgetStatus } from '@kubets/api';
import { type Ms, rfc3339 } from '@kubets/base';
import { findCondition, withCondition } from '../runtime/condition.ts';
import { omitZero } from '../runtime/equal.ts';
import { intOrPercent } from '../runtime/int_or_percent.ts';
import { isPodReady } from '../runtime/pod_state.ts';

/** An eviction that was granted but has not led to a deletion within this time is forgotten. */
const deletionTimeoutMs: Ms = 120_000;

export interface BudgetPlan {
  status: PodDisruptionBudgetStatus;
  /** When a granted eviction is to be forgotten. */
  againAfterMs?: Ms;
  /** Pods whose granted eviction did not happen. */
  notDeleted: readonly Pod[];
}

/** True when the budget is relative to the sizes of the pods' controllers. */
export function needsScale({ spec }: PodDisruptionBudget): boolean {
  return spec?.maxUnavailable !== undefined || typeof spec?.minAvailable === 'string';
}

export function planBudget(options: {
  budget: PodDisruptionBudget;
  pods: readonly Pod[];
  /** Sum of the sizes of the pods' controllers; only looked at when `needsScale`. */
  scale: number;
  now: Ms;
}): BudgetPlan {
  const { budget, pods, scale, now } = options;
  const { minAvailable, maxUnavailable } = budget.spec ?? {};
  let expectedPods = pods.length;
  let desiredHealthy = 0;
  if (maxUnavailable !== undefined) {
    expectedPods = scale;
    desiredHealthy = Math.max(0, scale - intOrPercent(maxUnavailable, scale, 'up'));
  } else if (typeof minAvailable === 'string') {
    expectedPods = scale;
    desiredHealthy = intOrPercent(minAvailable, scale, 'up');
  } else desiredHealthy = minAvailable ?? 0;

  const { disruptedPods, notDeleted, againAfterMs } = grantedEvictions(budget, pods, now);
  const currentHealthy = pods.filter(
    (pod) => !pod.metadata.deletionTimestamp && !(pod.metadata.name in disruptedPods) && isPodReady(pod),
  ).length;
  const disruptionsAllowed = expectedPods > 0 ? Math.max(0, currentHealthy - desiredHealthy) : 0;
  const observedGeneration = budget.metadata.generation ?? 0;
  return {
    status: {
      currentHealthy,
      desiredHealthy,
      disruptionsAllowed,
      expectedPods,
      ...omitZero({ observedGeneration }),
      ...(Object.keys(disruptedPods).length > 0 && { disruptedPods }),
      conditions: disruptionAllowed(budget, now, {
        status: disruptionsAllowed > 0 ? 'True' : 'False',
        reason: disruptionsAllowed > 0 ? 'SufficientPods' : 'InsufficientPods',
        message: '',
        observedGeneration,
      }),
    },
    againAfterMs,
    notDeleted,
  };
}

/** When the status can't be found out nothing may be evicted. */
export function failedBudget(
  budget: PodDisruptionBudget,
  message: string,
  now: Ms,
): PodDisruptionBudgetStatus {
  const { status } = budget;
  return {
    currentHealthy: status?.currentHealthy ?? 0,
    desiredHealthy: status?.desiredHealthy ?? 0,
    expectedPods: status?.expectedPods ?? 0,
    ...status,
    disruptionsAllowed: 0,
    conditions: disruptionAllowed(budget, now, {
      status: 'False',
      reason: 'SyncFailed',
      message,
      observedGeneration: status?.observedGeneration ?? 0,
    }),
  };
}

function disruptionAllowed(
  budget: PodDisruptionBudget,
  now: Ms,
  next: Pick<Condition, 'status' | 'reason' | 'message' | 'observedGeneration'>,
): Condition[] {
  const type = 'DisruptionAllowed';
  const conditions = budget.status?.conditions;
  const current = findCondition(conditions, type);
  // Also for a new generation, whose number the condition carries.
  if (current && current.observedGeneration !== next.observedGeneration && current.status === next.status) {
    return conditions!.map((condition) => (condition === current ? { ...current, ...next } : condition));
  }
  return withCondition(conditions, { type, lastTransitionTime: rfc3339(now), ...next });
}

function grantedEvictions(budget: PodDisruptionBudget, pods: readonly Pod[], now: Ms) {
  const granted = budget.status?.disruptedPods ?? {};
  const disruptedPods: Record<string, string> = {};
  const notDeleted: Pod[] = [];
  let againAfterMs: Ms | undefined;
  for (const pod of pods) {
    const at = granted[pod.metadata.name];
    if (at === undefined || pod.metadata.deletionTimestamp) continue;
    const left = Date.parse(at) + deletionTimeoutMs - now;
    if (left < 0) notDeleted.push(pod);
    else {
      disruptedPods[pod.metadata.name] = at;
      againAfterMs = Math.min(left + 1, againAfterMs ?? Number.POSITIVE_INFINITY);
    }
  }
  return { disruptedPods, notDeleted, againAfterMs };
}
