// All pods of the node: one actor for each, and an end to what belongs to none.
import type { Node, Pod } from '@kubets/api';
import { aborted, type Component, errorMessage } from '@kubets/base';
import { podNameLabel, podNamespaceLabel, podUidLabel } from '../container/labels.ts';
import type { KubeletParts } from '../kubelet_parts.ts';
import type { PodStep } from '../steps/pod_step.ts';
import { refusal } from './admit.ts';
import { removeOrphanData } from './orphan_data.ts';
import { createPodActor, type PodActor } from './pod_actor.ts';
import type { PodSource } from './pod_source.ts';
import { type Granted, judgeResize as judgeWish, type ResizeVerdict } from './resize.ts';
import { type Failure, isTerminalPhase } from './status/pod_status.ts';

export interface PodActors extends Component {
  /** By pod uid. */
  readonly actors: ReadonlyMap<string, PodActor>;
  wake(podUid: string): void;
  runtimeChanged(podUid: string, fingerprint?: string): void;
  /** What the runtime has, by the labels of sandboxes and containers: ends what no pod stands for. */
  found(items: Iterable<{ labels?: Record<string, string> }>): void;
}

export interface PodActorsOptions {
  parts: KubeletParts;
  steps: readonly PodStep[];
  source: PodSource;
  /** The Node object as last seen. */
  known?(): Node | undefined;
  /** Sees the Node object anew. */
  refresh?(): Promise<void>;
}

/** What is under way when the kubelet ends gets this long. */
const stopMs = 3_000;

export function createPodActors(options: PodActorsOptions): PodActors {
  const { parts, steps, source } = options;
  const { log, recorder } = parts;
  const actors = new Map<string, PodActor>();
  /** Pods that are turned away unless the node has changed; by uid. */
  const doubtful = new Map<string, Pod>();
  let synced = false;
  /** What the runtime had before the pods were known. */
  let foundEarly: { labels?: Record<string, string> }[] = [];
  let stopping = false;

  function add(pod: Pod): void {
    const { refresh } = options;
    if (!refresh || !judge(pod)) {
      admit(pod);
      return;
    }
    const { uid } = pod.metadata;
    doubtful.set(uid, pod);
    // The scheduler may have heard of a label or a resource of this node before its kubelet has.
    void refresh()
      .catch((error) => log.warn('node not read', { reason: errorMessage(error) }))
      .then(() => {
        const latest = doubtful.get(uid);
        if (!doubtful.delete(uid) || stopping) return;
        admit(latest!);
      });
  }

  function admit(pod: Pod): void {
    const rejected = judge(pod);
    if (rejected)
      recorder.event(pod, 'Warning', rejected.reason, rejected.message.replace('Pod was rejected: ', ''));
    run(createPodActor({ parts, steps, pod, rejected, judgeResize }));
  }

  function run(actor: PodActor): void {
    const { uid } = actor.pod.metadata;
    actors.set(uid, actor);
    actor.done.then(
      () => left(uid),
      (error) => {
        left(uid);
        log.error('pod actor failed', { uid, reason: errorMessage(error) });
      },
    );
  }

  function judgeResize(pod: Pod, granted: Granted): ResizeVerdict {
    return judgeWish({ pod, granted, node: parts.node, others: others(), known: options.known?.() });
  }

  function others(): Pod[] {
    return [...actors.values()].filter((actor) => actor.holdsResources).map((actor) => actor.pod);
  }

  function left(uid: string): void {
    actors.delete(uid);
    wakeDeferred();
  }

  /** What a pod leaves behind may be what another waits for. */
  function wakeDeferred(): void {
    for (const actor of actors.values()) if (actor.resizeDeferred) actor.wake();
  }

  function judge(pod: Pod): Failure | undefined {
    // One that was let in stays in, also when the kubelet has restarted.
    if (pod.status?.startTime || pod.metadata.deletionTimestamp) return undefined;
    return refusal({ pod, node: parts.node, others: others(), known: options.known?.() });
  }

  function endOrphans(items: Iterable<{ labels?: Record<string, string> }>): void {
    for (const { labels } of items) {
      const uid = labels?.[podUidLabel];
      if (!uid || stopping || actors.has(uid) || doubtful.has(uid)) continue;
      log.info('pod without an object found', { uid, pod: labels[podNameLabel] });
      run(createPodActor({ parts, steps, pod: orphan(labels), judgeResize }));
      actors.get(uid)!.update(undefined);
    }
  }

  function change(pod: Pod | undefined, old: Pod | undefined): void {
    if (stopping) return;
    // A name may come back as another pod.
    if (old && old.metadata.uid !== pod?.metadata.uid) {
      doubtful.delete(old.metadata.uid);
      actors.get(old.metadata.uid)?.update(undefined);
      wakeDeferred();
    }
    if (!pod) return;
    if (doubtful.has(pod.metadata.uid)) {
      doubtful.set(pod.metadata.uid, pod);
      return;
    }
    const actor = actors.get(pod.metadata.uid);
    if (actor) actor.update(pod);
    else add(pod);
  }

  return {
    name: 'pods',
    actors,
    wake: (uid) => actors.get(uid)?.wake(),
    runtimeChanged: (uid, fingerprint) => actors.get(uid)?.runtimeChanged(fingerprint),
    found(items) {
      if (synced) endOrphans(items);
      else foundEarly = [...items];
    },
    async run(signal) {
      const early: Pod[] = [];
      source.onChange((pod, old) => {
        if (synced) change(pod, old);
        else if (pod) early.push(pod);
      });
      // An informer that is stopped rejects; then the signal has aborted too.
      await Promise.race([source.synced().catch(() => aborted(signal)), aborted(signal)]);
      synced = true;
      // Those that run have first claim on the node, then the older ones.
      const newest = new Map(early.map((pod) => [`${pod.metadata.namespace}/${pod.metadata.name}`, pod]));
      for (const pod of [...newest.values()].sort(byClaim)) change(pod, undefined);
      endOrphans(foundEarly);
      foundEarly = [];
      await removeOrphanData(parts, (uid) => actors.has(uid)).catch((error) => {
        log.warn('data of unknown pods not removed', { reason: errorMessage(error) });
      });
      await aborted(signal);
      stopping = true;
      for (const actor of actors.values()) actor.stop();
      const all = Promise.all([...actors.values()].map((actor) => actor.done.catch(() => {})));
      // A container that takes its time to end does so without this kubelet; the next one hears of it.
      const enough = new AbortController();
      await Promise.race([all, parts.clock.sleep(stopMs, enough.signal).catch(() => {})]);
      enough.abort();
    },
  };
}

function byClaim(a: Pod, b: Pod): number {
  const ended = Number(isTerminalPhase(a.status?.phase)) - Number(isTerminalPhase(b.status?.phase));
  const started = Number(!!b.status?.startTime) - Number(!!a.status?.startTime);
  return ended || started || (a.metadata.creationTimestamp < b.metadata.creationTimestamp ? -1 : 1);
}

/** As much of a pod as the runtime's labels tell, to end it by. */
function orphan(labels: Record<string, string>): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: labels[podNameLabel] ?? '',
      namespace: labels[podNamespaceLabel] ?? '',
      uid: labels[podUidLabel]!,
      resourceVersion: '0',
      creationTimestamp: '',
      deletionGracePeriodSeconds: 2,
    },
    spec: { containers: [], restartPolicy: 'Never' },
    status: { phase: 'Running', qosClass: 'BestEffort' },
  };
}
