import {
  type HorizontalPodAutoscaler,
  type HorizontalPodAutoscalerCondition,
  isConflict,
  type LabelMatcher,
  type MetricStatus,
  parseLabelSelector,
  parseQuantity,
  type Scale,
  splitApiVersion,
} from '@kubets/api';
import { errorMessage, rfc3339 } from '@kubets/base';
import { type ResourceRef, refs } from '@kubets/client';
import { withCondition } from '../runtime/condition.ts';
import type { Controller, ControllerContext } from '../runtime/controller.ts';
import { discover, resourceName } from '../runtime/discover.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { byNamespace } from '../runtime/indexes.ts';
import { watch } from '../runtime/watch.ts';
import { MetricsClient } from './metrics_client.ts';
import { MetricError, type Proposal, proposeReplicas } from './propose_replicas.ts';
import { applyScalingRules, type ScalingHistory } from './scaling_rules.ts';

interface Target {
  ref: ResourceRef;
  scale: Scale;
}

/** What one pass makes of an autoscaler. */
interface Pass {
  conditions: HorizontalPodAutoscalerCondition[];
  currentReplicas?: number;
  desiredReplicas?: number;
  metrics: MetricStatus[];
  rescaled: boolean;
}

export function podAutoscaler(context: ControllerContext): Controller {
  const { client, caches, clock, config, recorder } = context;
  const autoscalers = caches.of(refs.horizontalPodAutoscalers);
  const podsIn = caches.lookup(refs.pods, byNamespace);
  const metrics = new MetricsClient(client);
  const histories = new Map<string, ScalingHistory>();
  // A pass that failed sees its own write of the status as a change: only changes of the spec count.
  const concerns = (autoscaler: HorizontalPodAutoscaler, old: HorizontalPodAutoscaler | undefined) =>
    !old || !semanticEqual(autoscaler.spec, old.spec);

  return {
    name: 'podautoscaler',
    watches: [
      watch(autoscalers, (autoscaler, old) => {
        const { namespace, name } = (autoscaler ?? old)!.metadata;
        return !autoscaler || concerns(autoscaler, old) ? [`${namespace}/${name}`] : [];
      }),
    ],
    async reconcile(key) {
      const autoscaler = autoscalers.get(key);
      if (!autoscaler) {
        histories.delete(key);
        return;
      }
      const pass: Pass = { conditions: autoscaler.status?.conditions ?? [], metrics: [], rescaled: false };
      await autoscale(key, autoscaler, pass);
      await writeStatus(autoscaler, pass);
      return { againAfterMs: config.hpaSyncPeriodMs };
    },
  };

  async function autoscale(key: string, autoscaler: HorizontalPodAutoscaler, pass: Pass): Promise<void> {
    let target: Target;
    try {
      target = await findTarget(autoscaler);
    } catch (error) {
      const message = errorMessage(error);
      recorder.event(autoscaler, 'Warning', 'FailedGetScale', message);
      const text = `the HPA controller was unable to get the target's current scale: ${message}`;
      return set(pass, 'AbleToScale', 'False', 'FailedGetScale', text);
    }
    const text = "the HPA controller was able to get the target's current scale";
    set(pass, 'AbleToScale', 'True', 'SucceededGetScale', text);
    const current = target.scale.spec?.replicas ?? 0;
    const { maxReplicas, minReplicas = 1 } = autoscaler.spec;
    pass.currentReplicas = current;
    const history = historyOf(key, current);

    if (current === 0) {
      pass.desiredReplicas = 0;
      const message = 'scaling is disabled since the replica count of the target is zero';
      return set(pass, 'ScalingActive', 'False', 'ScalingDisabled', message);
    }
    if (current > maxReplicas) {
      const reason = 'Current number of replicas above Spec.MaxReplicas';
      return rescale(autoscaler, target, maxReplicas, reason, pass, history);
    }
    if (current < minReplicas) {
      const reason = 'Current number of replicas below Spec.MinReplicas';
      return rescale(autoscaler, target, minReplicas, reason, pass, history);
    }
    const best = await bestProposal(autoscaler, target, pass);
    if (!best) return;
    const reason =
      best.replicas > current
        ? `${best.metric} above target`
        : best.replicas < current
          ? 'All metrics below target'
          : '';
    const verdict = applyScalingRules({
      autoscaler,
      history,
      currentReplicas: current,
      recommended: best.replicas,
      minReplicas,
      downscaleStabilizationMs: config.hpaDownscaleStabilizationMs,
      now: clock.now(),
    });
    set(pass, 'AbleToScale', 'True', verdict.ableToScale.reason, verdict.ableToScale.message);
    const { status, reason: limitedReason, message } = verdict.scalingLimited;
    set(pass, 'ScalingLimited', status, limitedReason, message);
    if (verdict.replicas === current) pass.desiredReplicas = current;
    else await rescale(autoscaler, target, verdict.replicas, reason, pass, history);
  }

  /** The highest of the metrics' proposals; undefined, with a condition that says why, when they can't be trusted. */
  async function bestProposal(
    autoscaler: HorizontalPodAutoscaler,
    { scale }: Target,
    pass: Pass,
  ): Promise<Proposal | undefined> {
    const selector = selectorOf(autoscaler, scale, pass);
    if (!selector) return undefined;
    const pods = podsIn(autoscaler.metadata.namespace!).filter((pod) =>
      selector.matches(pod.metadata.labels),
    );
    const specs = autoscaler.spec.metrics ?? [];
    const currentReplicas = scale.spec?.replicas ?? 0;
    const failures: MetricError[] = [];
    let best: Proposal | undefined;
    for (const spec of specs) {
      try {
        const proposal = await proposeReplicas(spec, {
          autoscaler,
          metrics,
          selector,
          pods,
          currentReplicas,
          statusReplicas: scale.status?.replicas ?? 0,
          tolerances: tolerancesOf(autoscaler, config.hpaTolerance),
          now: clock.now(),
          cpuInitializationPeriodMs: config.hpaCpuInitializationPeriodMs,
          initialReadinessDelayMs: config.hpaInitialReadinessDelayMs,
          resourceOf: async (group, kind) => resourceName((await refOf(group, kind)) as ResourceRef),
        });
        pass.metrics.push(proposal.status);
        if (!best || proposal.replicas > best.replicas) best = proposal;
      } catch (error) {
        if (!(error instanceof MetricError)) throw error;
        recorder.event(autoscaler, 'Warning', error.reason, error.detail);
        failures.push(error);
      }
    }
    // With a metric missing the others may still call for more, but not for less.
    if (!best || (failures.length > 0 && best.replicas < currentReplicas)) {
      const first = failures[0];
      if (!first) return undefined;
      const message = `the HPA was unable to compute the replica count: ${first.detail}`;
      set(pass, 'ScalingActive', 'False', first.reason, message);
      const summary = `invalid metrics (${failures.length} invalid out of ${specs.length}), first error is: ${first.message}`;
      recorder.event(autoscaler, 'Warning', 'FailedComputeMetricsReplicas', summary);
      return undefined;
    }
    const message = `the HPA was able to successfully calculate a replica count from ${best.metric}`;
    set(pass, 'ScalingActive', 'True', 'ValidMetricFound', message);
    return best;
  }

  function selectorOf(
    autoscaler: HorizontalPodAutoscaler,
    scale: Scale,
    pass: Pass,
  ): LabelMatcher | undefined {
    const text = scale.status?.selector;
    if (!text) {
      recorder.event(autoscaler, 'Warning', 'SelectorRequired', 'selector is required');
      const message = "the HPA target's scale is missing a selector";
      set(pass, 'ScalingActive', 'False', 'InvalidSelector', message);
      return undefined;
    }
    try {
      return parseLabelSelector(text);
    } catch (error) {
      const message = `couldn't convert selector into a corresponding internal selector object: ${errorMessage(error)}`;
      recorder.event(autoscaler, 'Warning', 'InvalidSelector', message);
      set(pass, 'ScalingActive', 'False', 'InvalidSelector', message);
      return undefined;
    }
  }

  async function rescale(
    autoscaler: HorizontalPodAutoscaler,
    { ref, scale }: Target,
    replicas: number,
    reason: string,
    pass: Pass,
    history: ScalingHistory,
  ): Promise<void> {
    const { name } = autoscaler.spec.scaleTargetRef;
    const { namespace } = autoscaler.metadata;
    const before = scale.spec?.replicas ?? 0;
    try {
      await client.updateSubresource(ref, name, namespace, 'scale', {
        ...scale,
        spec: { ...scale.spec, replicas },
      });
    } catch (error) {
      if (isConflict(error)) throw error;
      const message = errorMessage(error);
      const event = `New size: ${replicas}; reason: ${reason}; error: ${message}`;
      recorder.event(autoscaler, 'Warning', 'FailedRescale', event);
      const text = `the HPA controller was unable to update the target scale: ${message}`;
      return set(pass, 'AbleToScale', 'False', 'FailedUpdateScale', text);
    }
    const text = `the HPA controller was able to update the target scale to ${replicas}`;
    set(pass, 'AbleToScale', 'True', 'SucceededRescale', text);
    recorder.event(autoscaler, 'Normal', 'SuccessfulRescale', `New size: ${replicas}; reason: ${reason}`);
    const change = { replicas: Math.abs(replicas - before), at: clock.now() };
    (replicas > before ? history.added : history.removed).push(change);
    pass.desiredReplicas = replicas;
    pass.rescaled = true;
  }

  async function findTarget(autoscaler: HorizontalPodAutoscaler): Promise<Target> {
    const { apiVersion = '', kind, name } = autoscaler.spec.scaleTargetRef;
    const ref = await refOf(splitApiVersion(apiVersion).group, kind);
    if (!ref)
      throw new Error(`no matches for kind "${kind}" in group "${splitApiVersion(apiVersion).group}"`);
    const scale = await client.getSubresource<Scale>(ref, name, autoscaler.metadata.namespace, 'scale');
    return { ref, scale };
  }

  async function refOf(group: string, kind: string): Promise<ResourceRef | undefined> {
    const known = [refs.deployments, refs.replicaSets, refs.statefulSets, refs.replicationControllers];
    const found = known.find((ref) => ref.group === group && ref.kind === kind);
    if (found) return found as ResourceRef;
    const { resources } = await discover(client);
    return resources.find(({ ref }) => ref.group === group && ref.kind === kind)?.ref;
  }

  async function writeStatus(autoscaler: HorizontalPodAutoscaler, pass: Pass): Promise<void> {
    const before = autoscaler.status;
    const status: HorizontalPodAutoscaler['status'] = {
      ...before,
      conditions: pass.conditions,
      desiredReplicas: pass.desiredReplicas ?? before?.desiredReplicas ?? 0,
      ...(pass.currentReplicas !== undefined && {
        currentReplicas: pass.currentReplicas,
        currentMetrics: pass.metrics,
      }),
      ...(pass.rescaled && { lastScaleTime: rfc3339(clock.now()) }),
    };
    if (pass.metrics.length === 0) delete status.currentMetrics;
    if (semanticEqual(before, status)) return;
    await client.updateStatus(refs.horizontalPodAutoscalers, { ...autoscaler, status });
  }

  function historyOf(key: string, current: number): ScalingHistory {
    let history = histories.get(key);
    if (!history) {
      // The size found at the start counts as recommended: a restart must not lead to a sudden shrinking.
      history = { recommendations: [{ replicas: current, at: clock.now() }], added: [], removed: [] };
      histories.set(key, history);
    }
    return history;
  }

  function set(pass: Pass, type: string, status: string, reason: string, message: string): void {
    const lastTransitionTime = rfc3339(clock.now());
    pass.conditions = withCondition(pass.conditions, { type, status, reason, message, lastTransitionTime });
  }
}

function tolerancesOf({ spec }: HorizontalPodAutoscaler, fallback: number) {
  const of = (rules: { tolerance?: string } | undefined) =>
    rules?.tolerance === undefined ? fallback : parseQuantity(rules.tolerance).milliValue() / 1000;
  return { up: of(spec.behavior?.scaleUp), down: of(spec.behavior?.scaleDown) };
}
