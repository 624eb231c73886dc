// Pods that wait for a node: ready, resting after a failure, or set aside until something changes.
import type { Clock, Ms } from '@kubets/base';
import type { ClusterEvent, SchedulerPlugin } from '../plugins/plugin.ts';
import type { PodInfo } from '../state/pod_info.ts';
import { PriorityHeap } from './priority_heap.ts';

export interface QueuedPod {
  pod: PodInfo;
  attempts: number;
  /** When it joined the queue, the last time. */
  since: Ms;
  /** Among equals the first come. */
  order: number;
  /** The plugins that have rejected it: their events may help. Empty: any event may. */
  rejectedBy: ReadonlySet<string>;
  /** Why it must not be tried at all. */
  gate: string | undefined;
}

export interface QueueOptions {
  clock: Clock;
  plugins: readonly SchedulerPlugin[];
  /** Default 1 s, doubled with each attempt up to 10 s. */
  backoffInitialMs?: Ms;
  backoffMaxMs?: Ms;
  /** Pods that nothing has woken for this long are tried again. Default 5 minutes. */
  unschedulableMaxMs?: Ms;
}

export class SchedulingQueue {
  readonly #options: Required<QueueOptions>;
  readonly #active: PriorityHeap<QueuedPod>;
  /** Woken by an event, or failed by error; each until its rest is over. */
  readonly #woken: PriorityHeap<Resting>;
  readonly #failed: PriorityHeap<Resting>;
  readonly #aside = new Map<string, QueuedPod>();
  /** Taken by `pop` and not yet given back. */
  readonly #inCycle = new Map<string, QueuedPod>();
  readonly #byName: ReadonlyMap<string, SchedulerPlugin>;
  #order = 0;
  #wake = () => {};
  #restTimer: { at: Ms; cancel: () => void } | undefined;
  #flushTimer: (() => void) | undefined;

  constructor(options: QueueOptions) {
    this.#options = { backoffInitialMs: 1000, backoffMaxMs: 10_000, unschedulableMaxMs: 300_000, ...options };
    this.#active = new PriorityHeap({ keyOf: ({ pod }) => pod.key, before: comesBefore });
    this.#woken = restingHeap();
    this.#failed = restingHeap();
    this.#byName = new Map(options.plugins.map((plugin) => [plugin.name, plugin]));
  }

  /** Pods that are ready now. */
  get length(): number {
    return this.#active.length;
  }

  /** All that wait, by state. */
  get counts(): { active: number; backoff: number; unschedulable: number } {
    const backoff = this.#woken.length + this.#failed.length;
    return { active: this.#active.length, backoff, unschedulable: this.#aside.size };
  }

  /** A pod that is new, or has changed in what may matter. */
  add(pod: PodInfo): void {
    const known = this.#take(pod.key);
    this.#enter({
      pod,
      attempts: known?.pod.uid === pod.uid ? known.attempts : 0,
      since: this.#options.clock.now(),
      order: known?.order ?? this.#order++,
      rejectedBy: new Set(),
      gate: undefined,
    });
  }

  /** The same pod with changes that are of no matter to scheduling; it keeps its place. */
  refresh(pod: PodInfo): void {
    const known = this.#find(pod.key) ?? this.#inCycle.get(pod.key);
    if (known) known.pod = pod;
  }

  has(podKey: string): boolean {
    return this.#find(podKey) !== undefined || this.#inCycle.has(podKey);
  }

  delete(podKey: string): void {
    this.#take(podKey);
    this.#inCycle.delete(podKey);
  }

  /**
   * The most important pod that is ready; with none, one that an event has woken before its rest was over
   * (KEP-5142). Give it back with `reject` or `retry`, or end with `done`.
   */
  pop(): QueuedPod | undefined {
    const queued = this.#active.pop() ?? this.#woken.pop()?.queued;
    if (!queued) return undefined;
    queued.attempts++;
    this.#inCycle.set(queued.pod.key, queued);
    return queued;
  }

  done(podKey: string): void {
    this.#inCycle.delete(podKey);
  }

  /** It fits nowhere: set aside until an event of one of the plugins. */
  reject(queued: QueuedPod, rejectedBy: ReadonlySet<string>): void {
    if (!this.#returns(queued)) return;
    queued.rejectedBy = rejectedBy;
    queued.since = this.#options.clock.now();
    this.#aside.set(queued.pod.key, queued);
    this.#flushLater();
  }

  /** Something went wrong that is no fault of the cluster's: once more after a rest. */
  retry(queued: QueuedPod): void {
    if (!this.#returns(queued)) return;
    queued.since = this.#options.clock.now();
    this.#rest(queued, this.#failed);
  }

  /** Brings back the pods that `event` may help. */
  onEvent(event: ClusterEvent): void {
    for (const queued of this.#aside.values()) {
      if (queued.gate !== undefined || !this.#mayHelp(event, queued)) continue;
      this.#aside.delete(queued.pod.key);
      this.#rest(queued, this.#woken);
      this.#wake();
    }
  }

  /** Resolves when there is a pod to pop, or `stop` was called. */
  ready(): Promise<void> {
    if (this.#active.length + this.#woken.length > 0) return Promise.resolve();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  stop(): void {
    this.#restTimer?.cancel();
    this.#flushTimer?.();
    this.#wake();
  }

  /** False when the pod has been deleted meanwhile, or has come again. */
  #returns(queued: QueuedPod): boolean {
    return this.#inCycle.get(queued.pod.key) === queued && this.#inCycle.delete(queued.pod.key);
  }

  #enter(queued: QueuedPod): void {
    for (const plugin of this.#options.plugins) {
      queued.gate = plugin.gate?.(queued.pod);
      if (queued.gate === undefined) continue;
      this.#aside.set(queued.pod.key, queued);
      return;
    }
    this.#active.push(queued);
    this.#wake();
  }

  #mayHelp(event: ClusterEvent, { pod, rejectedBy }: QueuedPod): boolean {
    if (rejectedBy.size === 0) return true;
    for (const name of rejectedBy) if (this.#byName.get(name)?.wakesOn?.(event, pod)) return true;
    return false;
  }

  /** Ready once the rest, counted from when it joined, is over. */
  #rest(queued: QueuedPod, heap: PriorityHeap<Resting>): void {
    const { clock, backoffInitialMs, backoffMaxMs } = this.#options;
    const restMs = Math.min(backoffMaxMs, backoffInitialMs * 2 ** Math.min(queued.attempts - 1, 30));
    // Whole windows: within one, the more important pod comes first.
    const until = Math.ceil((queued.since + restMs) / restWindowMs) * restWindowMs;
    if (until <= clock.now()) {
      this.#enter(queued);
      return;
    }
    heap.push({ queued, until });
    this.#setRestTimer();
  }

  #setRestTimer(): void {
    const { clock } = this.#options;
    const heaps = [this.#woken, this.#failed];
    const at = Math.min(...heaps.map((heap) => heap.peek()?.until ?? Number.POSITIVE_INFINITY));
    if (at === this.#restTimer?.at) return;
    this.#restTimer?.cancel();
    this.#restTimer = undefined;
    if (at === Number.POSITIVE_INFINITY) return;
    const cancel = clock.after(at - clock.now(), () => {
      this.#restTimer = undefined;
      for (const heap of heaps)
        for (let next = heap.peek(); next && next.until <= clock.now(); next = heap.peek()) {
          heap.pop();
          this.#enter(next.queued);
        }
      this.#setRestTimer();
    });
    this.#restTimer = { at, cancel };
  }

  /** In case an event was missed that would have helped. */
  #flushLater(): void {
    const { clock, unschedulableMaxMs } = this.#options;
    this.#flushTimer ??= clock.after(unschedulableMaxMs / 10, () => {
      this.#flushTimer = undefined;
      let left = false;
      for (const queued of this.#aside.values()) {
        if (queued.gate !== undefined) continue;
        if (clock.now() - queued.since < unschedulableMaxMs) {
          left = true;
          continue;
        }
        this.#aside.delete(queued.pod.key);
        this.#enter(queued);
      }
      if (left) this.#flushLater();
    });
  }

  #take(podKey: string): QueuedPod | undefined {
    const aside = this.#aside.get(podKey);
    this.#aside.delete(podKey);
    return (
      aside ??
      this.#active.remove(podKey) ??
      this.#woken.remove(podKey)?.queued ??
      this.#failed.remove(podKey)?.queued
    );
  }

  #find(podKey: string): QueuedPod | undefined {
    return (
      this.#active.get(podKey) ??
      this.#aside.get(podKey) ??
      this.#woken.get(podKey)?.queued ??
      this.#failed.get(podKey)?.queued
    );
  }
}

const restWindowMs: Ms = 1000;

interface Resting {
  queued: QueuedPod;
  until: Ms;
}

function restingHeap(): PriorityHeap<Resting> {
  return new PriorityHeap({
    keyOf: ({ queued }) => queued.pod.key,
    before: (a, b) => a.until < b.until || (a.until === b.until && comesBefore(a.queued, b.queued)),
  });
}

function comesBefore(a: QueuedPod, b: QueuedPod): boolean {
  if (a.pod.priority !== b.pod.priority) return a.pod.priority > b.pod.priority;
  return a.since < b.since || (a.since === b.since && a.order < b.order);
}
