// Finds a node for each pod that has none.
import { isNotFound, type Node, type Pod } from '@kubets/api';
import {
  aborted,
  type Clock,
  type Component,
  errorMessage,
  type Logger,
  type Random,
  settleMicrotasks,
} from '@kubets/base';
import { type Client, type EventRecorder, type Informers, refs } from '@kubets/client';
import { bindPod } from './bind_pod.ts';
import { defaultConfig, type SchedulerConfig } from './config.ts';
import { explain, noNodes, rejectingPlugins } from './cycle/explain.ts';
import { NominatedPods } from './cycle/nominated_pods.ts';
import { PlanCache } from './cycle/plan_cache.ts';
import type { PodPlan } from './cycle/pod_plan.ts';
import { type Diagnosis, schedule } from './cycle/schedule.ts';
import { schedulerPlugins } from './plugins/index.ts';
import type { SchedulerPlugin } from './plugins/plugin.ts';
import { findVictims } from './preemption/find_victims.ts';
import { preempt } from './preemption/preempt.ts';
import { type QueuedPod, SchedulingQueue } from './queue/scheduling_queue.ts';
import { failureReporter } from './report_failure.ts';
import { clusterObjects, objectInformers } from './state/cluster_objects.ts';
import { ClusterState } from './state/cluster_state.ts';
import type { PodInfo } from './state/pod_info.ts';
import { onNodeChange } from './watch_nodes.ts';
import { watchObjects } from './watch_objects.ts';
import { onPodChange } from './watch_pods.ts';

export interface SchedulerOptions {
  client: Client;
  informers: Informers;
  clock: Clock;
  random: Random;
  log: Logger;
  recorder: EventRecorder;
  config?: Partial<SchedulerConfig>;
}

/** Pods decided on before others get their turn on the event loop. */
const batchMax = 50;

export function createScheduler(options: SchedulerOptions): Component {
  const scheduler = new Scheduler(options);
  return { name: 'scheduler', run: (signal) => scheduler.run(signal) };
}

interface Profile {
  plugins: readonly SchedulerPlugin[];
  plans: PlanCache;
}

class Scheduler {
  readonly #options: SchedulerOptions;
  readonly #config: SchedulerConfig;
  readonly #state = new ClusterState();
  readonly #nominated = new NominatedPods();
  readonly #queue: SchedulingQueue;
  readonly #profiles: ReadonlyMap<string, Profile>;
  readonly #informers;
  readonly #objects;
  readonly #reportFailure;
  #start = 0;
  #bindings = 0;
  #bindingDone = () => {};

  constructor(options: SchedulerOptions) {
    this.#options = options;
    this.#config = { ...defaultConfig, ...options.config };
    const { client, clock, informers } = options;
    const objects = objectInformers(informers);
    this.#informers = {
      ...objects,
      nodes: informers.for<Node>(refs.nodes),
      pods: informers.for<Pod>(refs.pods),
    };
    this.#objects = clusterObjects(objects);
    const plugins = schedulerPlugins({ client, clock, informers: objects, objects: this.#objects });
    this.#profiles = new Map(
      this.#config.profiles.map((profile) => {
        const chosen = plugins
          .filter(({ name }) => !profile.disabled?.includes(name))
          .map((plugin) => ({ ...plugin, weight: profile.weights?.[plugin.name] ?? plugin.weight ?? 1 }));
        const context = { snapshot: this.#state, objects: this.#objects, plugins: chosen };
        return [profile.schedulerName, { plugins: chosen, plans: new PlanCache(context) }];
      }),
    );
    const { backoffInitialMs, backoffMaxMs } = this.#config;
    this.#queue = new SchedulingQueue({ clock, plugins, backoffInitialMs, backoffMaxMs });
    this.#reportFailure = failureReporter(options);
  }

  async run(signal: AbortSignal): Promise<void> {
    const informers = Object.values(this.#informers);
    await Promise.race([Promise.all(informers.map((informer) => informer.synced())), aborted(signal)]);
    if (signal.aborted) return;
    this.#watch();
    const onAbort = () => {
      this.#queue.stop();
      this.#bindingDone();
    };
    signal.addEventListener('abort', onAbort, { once: true });
    while (!signal.aborted) {
      await this.#queue.ready();
      for (let i = 0; i < batchMax && !signal.aborted; i++) {
        const queued = this.#queue.pop();
        if (!queued) break;
        this.#attempt(queued, signal);
      }
      await settleMicrotasks();
      while (this.#bindings >= this.#config.bindingsMax && !signal.aborted)
        await new Promise<void>((resolve) => {
          this.#bindingDone = resolve;
        });
    }
  }

  #watch(): void {
    const watch = {
      state: this.#state,
      queue: this.#queue,
      nominated: this.#nominated,
      schedulerNames: new Set(this.#profiles.keys()),
    };
    // Nodes first: pods that come before theirs are counted, but cost a second look.
    this.#informers.nodes.onChange((node, old) => onNodeChange(watch, node, old));
    this.#informers.pods.onChange((pod, old) => onPodChange(watch, pod, old));
    watchObjects(this.#informers, this.#queue);
  }

  #attempt(queued: QueuedPod, signal: AbortSignal): void {
    const { pod } = queued;
    const profile = this.#profiles.get(pod.pod.spec.schedulerName ?? 'default-scheduler')!;
    if (this.#state.nodes.length === 0) {
      this.#queue.reject(queued, new Set());
      this.#reportFailure(pod, { reason: 'Unschedulable', message: noNodes() });
      return;
    }
    const plan = profile.plans.planFor(pod);
    const result = schedule({
      pod,
      plan,
      snapshot: this.#state,
      nominated: this.#nominated,
      random: this.#options.random,
      start: this.#start,
      percentageOfNodesToScore: this.#config.percentageOfNodesToScore,
    });
    if (result.type === 'unschedulable') {
      this.#fail(queued, plan, result.diagnosis);
      return;
    }
    this.#start = (this.#start + result.evaluated) % this.#state.nodes.length;
    this.#nominated.delete(pod.uid);
    this.#bindings++;
    const { client, recorder } = this.#options;
    const context = {
      client,
      recorder,
      state: this.#state,
      queue: this.#queue,
      reportFailure: this.#reportFailure,
      signal,
    };
    void bindPod(queued, result.node, profile.plugins, context).finally(() => {
      this.#bindings--;
      this.#bindingDone();
    });
  }

  #fail(queued: QueuedPod, plan: PodPlan, diagnosis: Diagnosis): void {
    const { pod } = queued;
    const { random } = this.#options;
    const preemption = findVictims({
      pod,
      plan,
      diagnosis,
      snapshot: this.#state,
      nominated: this.#nominated,
      budgets: (namespace) => this.#objects.disruptionBudgets(namespace),
      random,
    });
    this.#queue.reject(queued, rejectingPlugins(diagnosis));
    if (preemption.type === 'none') {
      // Only a pod that may not wait for room any longer loses its nomination.
      const message = explain(diagnosis, preemption.message);
      const lost = pod.pod.status?.nominatedNodeName && !preemption.waits ? { nominatedNode: '' } : {};
      this.#reportFailure(pod, { reason: 'Unschedulable', message, ...lost });
      if ('nominatedNode' in lost) this.#nominated.delete(pod.uid);
      return;
    }
    const node = preemption.node.name;
    this.#takeOver(pod, node);
    this.#reportFailure(pod, { reason: 'Unschedulable', message: explain(diagnosis), nominatedNode: node });
    preempt(pod, preemption.victims, node, this.#options).catch((error) => {
      this.#options.log.warn('preemption failed', { pod: pod.key, node, error: errorMessage(error) });
      this.#nominated.delete(pod.uid);
      if (this.#queue.has(pod.key)) this.#queue.add(pod);
    });
  }

  /** Less important pods that room was to be made for on the node have to look elsewhere. */
  #takeOver(pod: PodInfo, node: string): void {
    for (const other of this.#nominated.at(node)) {
      if (other.priority >= pod.priority) continue;
      this.#nominated.delete(other.uid);
      const { name, namespace } = other.pod.metadata;
      this.#options.client
        .patch(
          refs.pods,
          name,
          namespace,
          'strategic',
          { status: { nominatedNodeName: null } },
          { subresource: 'status' },
        )
        .catch((error) => {
          if (!isNotFound(error))
            this.#options.log.warn('nomination not taken back', {
              pod: other.key,
              error: errorMessage(error),
            });
        });
      if (this.#queue.has(other.key)) this.#queue.add(other);
    }
    this.#nominated.set(pod, node);
  }
}
