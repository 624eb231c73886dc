// Runs one pod of the node: looks, decides, acts, and again; one thing at a time.
import type { Pod, PodStatus } from '@kubets/api';
import { errorMessage, type Ms } from '@kubets/base';
import { killPod } from '../containers/pod_kill.ts';
import type { KubeletParts } from '../kubelet_parts.ts';
import { hostIPs } from '../node/node_config.ts';
import { observedFingerprint } from '../runtime/fingerprint.ts';
import type { PodStep, PodTask } from '../steps/pod_step.ts';
import { StepFailure } from '../steps/pod_step.ts';
import { deadlineFailure, deadlineOf } from './active_deadline.ts';
import { carryOut } from './carry_out.ts';
import { concernsNode } from './concerns_node.ts';
import { decide } from './decide.ts';
import { observe } from './observe_pod.ts';
import { type ObservedPod, runningContainers } from './observed.ts';
import { newPodMemory, noteResources, type PodMemory } from './pod_memory.ts';
import { createPodResize, type PodResizeOptions } from './pod_resize.ts';
import { removeRemains } from './remove_remains.ts';
import { type Failure, isTerminalPhase, podStatus } from './status/pod_status.ts';
import { rejectedStatus, terminatedStatus } from './status/terminated_status.ts';

export interface PodActor {
  readonly pod: Pod;
  /** A newer version of the object; undefined once the API server has no such pod any more. */
  update(pod: Pod | undefined): void;
  /** Something of the pod may have changed: a container, a probe, a file. */
  wake(): void;
  /** The runtime has something else of the pod than before; nothing new where the actor did it itself. */
  runtimeChanged(fingerprint?: string): void;
  /** Ends the pod as failed: an eviction. */
  fail(failure: Failure, graceSeconds?: number): void;
  /** Everything of the pod is gone from the node and from the API server. */
  readonly done: Promise<void>;
  readonly memory: PodMemory;
  /** It takes up what the node has; not one that was turned away, has ended, or is gone from the API server. */
  readonly holdsResources: boolean;
  /** A resize that waits for other pods to leave. */
  readonly resizeDeferred: boolean;
  /** Stops looking after the pod without touching it: the kubelet ends. */
  stop(): void;
}

export interface PodActorOptions {
  parts: KubeletParts;
  steps: readonly PodStep[];
  pod: Pod;
  /** Set for a pod that the node can't take: it never runs. */
  rejected?: Failure;
  judgeResize: PodResizeOptions['judge'];
}

type Stage = 'running' | 'terminating' | 'tearingDown' | 'finished';

/** Looked at again at least this often (upstream's sync frequency). */
const resyncMs = 60_000;
const retryMs = 10_000;
/** After the first of several failures in a row; doubled up to `retryMs`. */
const firstRetryMs = 500;
/** Rounds of looking and acting without a rest, and the rest after them. */
const maxRounds = 50;
const pauseMs = 1_000;

export function createPodActor(options: PodActorOptions): PodActor {
  const { parts, steps, pod: first, rejected } = options;
  const { clock, random, log: parentLog, recorder, runtime, writer, prober } = parts;
  const uid = first.metadata.uid;
  const log = parentLog.with({ pod: `${first.metadata.namespace}/${first.metadata.name}`, uid });
  const memory = newPodMemory();
  const resize = createPodResize({ parts, pod: first, memory, judge: options.judgeResize });
  let latest = first;
  const task: PodTask = { pod: resize.effective(first), volumes: memory.volumes, pullSecrets: [], wake };
  let stage: Stage = rejected ? 'finished' : 'running';
  let failure = rejected;
  let graceSeconds: number | undefined;
  let removed = false;
  let dirty = true;
  /** Without success in between. */
  let failures = 0;
  let stopped = false;
  let cancelTimer = () => {};
  let notify = () => {};
  /** Aborts what a pod that is to end need not wait for. */
  const ending = new AbortController();
  let hurry = new AbortController();

  function wake(): void {
    dirty = true;
    notify();
  }

  function update(pod: Pod | undefined): void {
    const before = latest;
    if (pod) {
      if (shorterGrace(task.pod, pod)) hurryUp(pod.metadata.deletionGracePeriodSeconds!);
      latest = pod;
      task.pod = resize.effective(pod);
      writer.seen(pod);
      prober.update(pod);
    } else removed = true;
    if (removed || pod?.metadata.deletionTimestamp) ending.abort(new Error('the pod is to end'));
    if (!pod || concernsNode(before, pod)) wake();
  }

  /** A deletion that leaves less time than the one under way: what runs is told once more. */
  function hurryUp(seconds: number): void {
    hurry.abort();
    hurry = new AbortController();
    if (stage !== 'terminating') return;
    for (const { id } of runningContainers(memory.observed))
      runtime.stopContainer(id, Math.max(seconds, 2)).catch((error) => {
        log.warn('container not stopped', { container: id, reason: errorMessage(error) });
      });
  }

  function status(observed: ObservedPod, terminal: boolean): PodStatus {
    const { pod } = task;
    return podStatus({
      pod,
      previous: writer.latest(uid) ?? pod.status ?? {},
      observed,
      waiting: memory.waiting,
      probes: prober.view(uid),
      failure,
      terminal,
      hostIPs: hostIPs(parts.node),
      runtimeName: parts.runtimeName,
      actual: memory.actual,
      resizeConditions: resize.conditions(pod),
      now: clock.now(),
    });
  }

  /** What has ended is told as ended only when nothing of it can be running any more. */
  function write(next: PodStatus, mayRun: boolean): void {
    if (removed) return;
    const known = writer.latest(uid) ?? task.pod.status ?? {};
    const early = mayRun && isTerminalPhase(next.phase) && !isTerminalPhase(known.phase);
    writer.set(
      task.pod,
      early ? { ...next, phase: known.phase, reason: known.reason, message: known.message } : next,
    );
  }

  async function look(): Promise<ObservedPod> {
    memory.observed = await observe(parts, uid, memory);
    noteResources(memory);
    return memory.observed;
  }

  /** Returns after how long to look again, or `now`. */
  async function run(): Promise<Ms | 'now'> {
    const observed = await look();
    resize.ask(latest);
    task.pod = resize.effective(latest);
    const { pod } = task;
    failure ??= deadlineFailure(pod, writer.latest(uid) ?? pod.status, clock.now());
    if (ending.signal.aborted || failure) return enter('terminating');
    const next = status(observed, false);
    if (isTerminalPhase(next.phase)) return enter('terminating');
    write(next, true);
    prober.observe(uid, next);

    const problem = parts.runtimeProblem(pod.spec);
    if (problem) throw new StepFailure('NetworkNotReady', `network is not ready: ${problem}`);
    for (const step of steps) await step.setUp(task, ending.signal);
    ending.signal.throwIfAborted();

    const now = clock.now();
    const decision = decide({
      pod: task.pod,
      observed,
      probes: prober.view(uid),
      backOffs: memory.backOffs,
      actual: memory.actual,
      now,
    });
    const outcome = await carryOut({ parts, task, memory, observed, decision, signal: ending.signal });
    const after = status(outcome.acted ? await look() : observed, false);
    write(after, true);
    prober.observe(uid, after);
    if (outcome.acted && !outcome.failed) return 'now';
    const deadline = deadlineOf(pod, after);
    const retry = outcome.failed ? retryMs * (1 + random.next() / 2) : resyncMs;
    const due = [outcome.retryAt, deadline].filter((at) => at !== undefined).map((at) => at - now);
    return Math.max(0, Math.min(retry, ...due));
  }

  async function terminate(): Promise<Ms | 'now'> {
    const { pod } = task;
    const observed = await look();
    write(status(observed, false), true);
    prober.stopLivenessAndStartup(uid);
    const podIP = writer.latest(uid)?.podIP ?? '';
    try {
      await meanwhile(
        killPod({ parts, pod, podIP, graceSeconds, hurry: hurry.signal }, observed),
        async () => {
          const next = status(await look(), false);
          write(next, true);
          prober.observe(uid, next);
        },
      );
    } catch (error) {
      throw new StepFailure('FailedKillPod', `error killing pod: ${errorMessage(error)}`);
    }
    prober.remove(uid);
    const ended = await look();
    if (runningContainers(ended).length > 0)
      throw new StepFailure('FailedKillPod', 'error killing pod: containers still run');
    write(status(ended, true), false);
    return enter('tearingDown');
  }

  async function tearDown(): Promise<Ms | 'now'> {
    for (const step of [...steps].reverse()) await step.tearDown(task);
    parts.puller.forget(uid);
    const last = status(memory.observed, true);
    if (!removed) writer.set(task.pod, terminatedStatus(task.pod, last));
    return enter('finished');
  }

  /** A pod that has ended stays, with its logs, until the API server has forgotten it. */
  async function finished(): Promise<Ms | 'now'> {
    if (rejected) writer.set(task.pod, rejectedStatus(task.pod, rejected));
    writer.finish(task.pod);
    if (!removed) return resyncMs;
    await removeRemains(parts, task.pod, memory);
    writer.forget(uid);
    stopped = true;
    return resyncMs;
  }

  /** Waits for `work`, and looks again whenever something of the pod changes meanwhile: its readiness, say. */
  async function meanwhile(work: Promise<void>, again: () => Promise<void>): Promise<void> {
    let over = false;
    const end = () => {
      over = true;
      notify();
    };
    const done = work.finally(end);
    // A rejection is for whoever awaits `done` below.
    done.catch(() => {});
    while (!over) {
      dirty = false;
      await sleep(resyncMs);
      if (stopped) throw new Error('the kubelet ends');
      if (!over) await again();
    }
    await done;
  }

  function enter(next: Stage): 'now' {
    stage = next;
    return 'now';
  }

  const stages: Record<Stage, () => Promise<Ms | 'now'>> = {
    running: run,
    terminating: terminate,
    tearingDown: tearDown,
    finished,
  };

  async function loop(): Promise<void> {
    let rounds = 0;
    while (!stopped) {
      dirty = false;
      const wait = await stages[stage]().then(succeeded, failed);
      // A runtime that does not do as it is told must not keep the loop spinning.
      if (wait === 'now' && ++rounds < maxRounds) continue;
      rounds = 0;
      if (!stopped) await sleep(wait === 'now' ? pauseMs : wait);
    }
  }

  function succeeded(wait: Ms | 'now'): Ms | 'now' {
    failures = 0;
    return wait;
  }

  function failed(error: unknown): Ms | 'now' {
    if (ending.signal.aborted && stage === 'running') return enter('terminating');
    if (error instanceof StepFailure) recorder.event(task.pod, 'Warning', error.reason, error.message);
    log.warn('pod not synced', { stage, reason: errorMessage(error) });
    const delay = Math.min(retryMs, firstRetryMs * 2 ** Math.min(failures++, 10));
    return delay * (1 + random.next() / 2);
  }

  /** Until the time has passed or someone wakes the actor. */
  function sleep(ms: Ms): Promise<void> {
    return new Promise((resolve) => {
      notify = () => {
        cancelTimer();
        notify = () => {};
        resolve();
      };
      cancelTimer = clock.after(ms, () => notify());
      if (dirty || stopped) notify();
    });
  }

  return {
    get pod() {
      return task.pod;
    },
    memory,
    get holdsResources() {
      return !rejected && !removed && stage !== 'finished';
    },
    get resizeDeferred() {
      return resize.deferred;
    },
    update,
    wake,
    runtimeChanged(fingerprint) {
      if (fingerprint !== observedFingerprint(memory.observed)) wake();
    },
    fail(why, seconds) {
      failure ??= why;
      graceSeconds = seconds;
      ending.abort(new Error(why.message));
      wake();
    },
    done: loop(),
    stop() {
      stopped = true;
      ending.abort(new Error('the kubelet ends'));
      notify();
    },
  };
}

function shorterGrace(before: Pod, after: Pod): boolean {
  const old = before.metadata.deletionGracePeriodSeconds;
  const next = after.metadata.deletionGracePeriodSeconds;
  return old !== undefined && next !== undefined && next < old;
}
