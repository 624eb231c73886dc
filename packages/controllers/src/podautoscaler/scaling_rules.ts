// What becomes of a recommendation: it waits for others to agree (stabilization), and may go only so far at once
// (KEP-853, spec.behavior). Without a behavior the older fixed rules hold.
import type { HorizontalPodAutoscaler, HPAScalingRules } from '@kubets/api';
import type { Ms } from '@kubets/base';

export interface ScalingHistory {
  recommendations: { replicas: number; at: Ms }[];
  /** Replicas added and removed by this controller. */
  added: { replicas: number; at: Ms }[];
  removed: { replicas: number; at: Ms }[];
}

export interface Verdict {
  replicas: number;
  ableToScale: { reason: string; message: string };
  scalingLimited: { status: 'True' | 'False'; reason: string; message: string };
}

export const defaultScaleUp: Required<
  Pick<HPAScalingRules, 'stabilizationWindowSeconds' | 'selectPolicy' | 'policies'>
> = {
  stabilizationWindowSeconds: 0,
  selectPolicy: 'Max',
  policies: [
    { type: 'Pods', value: 4, periodSeconds: 15 },
    { type: 'Percent', value: 100, periodSeconds: 15 },
  ],
};

const defaultScaleDownPolicies = [{ type: 'Percent', value: 100, periodSeconds: 15 }];

/** Samples older than the longest window that is allowed (an hour) say nothing any more. */
const historyMs: Ms = 3_600_000;

/** Also writes the recommendation into the history. */
export function applyScalingRules(options: {
  autoscaler: HorizontalPodAutoscaler;
  history: ScalingHistory;
  currentReplicas: number;
  recommended: number;
  minReplicas: number;
  downscaleStabilizationMs: Ms;
  now: Ms;
}): Verdict {
  const { autoscaler, history, recommended, now } = options;
  const { behavior, maxReplicas } = autoscaler.spec;
  history.recommendations = recent(history.recommendations, now);
  history.added = recent(history.added, now);
  history.removed = recent(history.removed, now);
  const up = { ...defaultScaleUp, ...behavior?.scaleUp };
  const down = {
    stabilizationWindowSeconds: options.downscaleStabilizationMs / 1000,
    selectPolicy: 'Max',
    policies: defaultScaleDownPolicies,
    ...behavior?.scaleDown,
  };
  const stabilized = stabilize(options, {
    upMs: behavior ? up.stabilizationWindowSeconds * 1000 : 0,
    downMs: behavior ? down.stabilizationWindowSeconds * 1000 : options.downscaleStabilizationMs,
  });
  history.recommendations.push({ replicas: recommended, at: now });

  const limits = behavior
    ? {
        up: Math.max(options.currentReplicas, rateLimit(options, up, 'up')),
        down: Math.min(options.currentReplicas, rateLimit(options, down, 'down')),
      }
    : { up: Math.max(2 * options.currentReplicas, 4), down: 0 };
  const scalingLimited = limit(stabilized, options, maxReplicas, limits);
  const { replicas, ...condition } = scalingLimited;
  return { replicas, ableToScale: ableToScale(stabilized, options), scalingLimited: condition };
}

/** Scaling up follows the lowest, scaling down the highest of the recommendations within the window. */
function stabilize(
  { history, currentReplicas, recommended, now }: Parameters<typeof applyScalingRules>[0],
  { upMs, downMs }: { upMs: Ms; downMs: Ms },
): number {
  let lowest = recommended;
  let highest = recommended;
  for (const { replicas, at } of history.recommendations) {
    if (at > now - upMs) lowest = Math.min(lowest, replicas);
    if (at > now - downMs) highest = Math.max(highest, replicas);
  }
  return Math.min(highest, Math.max(lowest, currentReplicas));
}

function ableToScale(
  stabilized: number,
  { recommended, currentReplicas }: { recommended: number; currentReplicas: number },
) {
  if (stabilized === recommended) {
    return { reason: 'ReadyForNewScale', message: 'recommended size matches current size' };
  }
  return recommended >= currentReplicas
    ? {
        reason: 'ScaleUpStabilized',
        message:
          'recent recommendations were lower than current one, applying the lowest recent recommendation',
      }
    : {
        reason: 'ScaleDownStabilized',
        message:
          'recent recommendations were higher than current one, applying the highest recent recommendation',
      };
}

function limit(
  desired: number,
  { currentReplicas, minReplicas }: { currentReplicas: number; minReplicas: number },
  maxReplicas: number,
  limits: { up: number; down: number },
): Verdict['scalingLimited'] & { replicas: number } {
  const max = Math.min(maxReplicas, limits.up);
  const min = desired < currentReplicas ? Math.max(minReplicas, limits.down) : minReplicas;
  const limited = (replicas: number, reason: string, message: string) =>
    ({ replicas, status: 'True', reason, message }) as const;
  if (desired > max) {
    return limits.up < maxReplicas
      ? limited(
          max,
          'ScaleUpLimit',
          'the desired replica count is increasing faster than the maximum scale rate',
        )
      : limited(max, 'TooManyReplicas', 'the desired replica count is more than the maximum replica count');
  }
  if (desired < min) {
    return limits.down > minReplicas && desired < currentReplicas
      ? limited(
          min,
          'ScaleDownLimit',
          'the desired replica count is decreasing faster than the maximum scale rate',
        )
      : limited(min, 'TooFewReplicas', 'the desired replica count is less than the minimum replica count');
  }
  const message = 'the desired count is within the acceptable range';
  return { replicas: desired, status: 'False', reason: 'DesiredWithinRange', message };
}

/** How far the policies let the replicas go, counted from what there was at the start of each policy's period. */
function rateLimit(
  { history, currentReplicas, now }: { history: ScalingHistory; currentReplicas: number; now: Ms },
  { selectPolicy = 'Max', policies = [] }: HPAScalingRules,
  direction: 'up' | 'down',
): number {
  if (selectPolicy === 'Disabled') return currentReplicas;
  const proposals = policies.map(({ type, value, periodSeconds }) => {
    const since = now - periodSeconds * 1000;
    const start = currentReplicas - sumSince(history.added, since) + sumSince(history.removed, since);
    if (type === 'Pods') return direction === 'up' ? start + value : start - value;
    return direction === 'up' ? Math.ceil(start * (1 + value / 100)) : Math.trunc(start * (1 - value / 100));
  });
  // `Max` is the largest change: the highest number going up, the lowest going down.
  const pickHighest = (selectPolicy === 'Max') === (direction === 'up');
  return pickHighest ? Math.max(...proposals) : Math.min(...proposals);
}

function sumSince(changes: ScalingHistory['added'], since: Ms): number {
  return changes.reduce((sum, { replicas, at }) => (at > since ? sum + replicas : sum), 0);
}

function recent<T extends { at: Ms }>(samples: T[], now: Ms): T[] {
  return samples.filter(({ at }) => at > now - historyMs);
}
