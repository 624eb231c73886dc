import { type DaemonSet, labelSelectorMatcher, type Node, objectKey, type Pod } from '@kubets/api';
import { Backoff, type Ms } from '@kubets/base';
import { refs } from '@kubets/client';
import type { Controller, ControllerContext } from '../runtime/controller.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { Expectations } from '../runtime/expectations.ts';
import { groupBy } from '../runtime/group_by.ts';
import { byController, byNamespace, orphanOf, podsByNode } from '../runtime/indexes.ts';
import { OwnWrites } from '../runtime/own_writes.ts';
import { claimObjects } from '../runtime/owner.ts';
import { PodActions } from '../runtime/pod_actions.ts';
import { isPodFinished, nextAvailability } from '../runtime/pod_state.ts';
import { olderRevisionFirst, syncRevision, truncateRevisions } from '../runtime/revisions.ts';
import { isNamespaceTerminating } from '../runtime/run_controller.ts';
import { slowStart } from '../runtime/slow_start.ts';
import { watch, watchSelf } from '../runtime/watch.ts';
import { watchOwned } from '../runtime/watch_owned.ts';
import { daemonPod, fitOf, hashLabel, targetNode } from './daemon_pod.ts';
import { planDaemonStatus } from './daemon_status.ts';
import {
  type DaemonPlan,
  type DaemonPlanInput,
  planPlacement,
  planRollingUpdate,
} from './plan_daemon_pods.ts';

/** Pods made or deleted in one go. */
const burst = 250;

export function daemonSetRollout(context: ControllerContext): Controller {
  const { client, caches, clock, recorder } = context;
  const sets = caches.of(refs.daemonSets);
  const nodes = caches.of(refs.nodes);
  const podsOf = caches.lookup(refs.pods, byController);
  const podsOn = caches.lookup(refs.pods, podsByNode);
  const revisionsOf = caches.lookup(refs.controllerRevisions, byController);
  const inNamespace = caches.lookup(refs.daemonSets, byNamespace);
  const expectations = new Expectations(clock);
  const ownWrites = new OwnWrites();
  const actions = new PodActions({ client, recorder });
  const failedPods = new FailedPodBackoff(clock);

  return {
    name: 'daemonset',
    watches: [
      watchSelf(sets),
      watchOwned({
        owned: caches.of(refs.pods),
        owners: sets,
        wantedBy: (pod) =>
          inNamespace(pod.metadata.namespace!).filter((set) => selectorOf(set).matches(pod.metadata.labels)),
        observe(key, pod, old) {
          if (pod && !old && !pod.metadata.deletionTimestamp) expectations.createSeen(key);
          if (!pod || pod.metadata.deletionTimestamp)
            expectations.deleteSeen(key, (pod ?? old)!.metadata.uid);
        },
      }),
      watchOwned({ owned: caches.of(refs.controllerRevisions), owners: sets }),
      watch(nodes, (node, old) => setsConcernedBy(node, old)),
    ],
    reconcile,
  };

  async function reconcile(key: string) {
    const set = sets.get(key);
    if (!set) {
      expectations.forget(key);
      ownWrites.forget(key);
      failedPods.forget(key);
      return;
    }
    // What a set that is being deleted leaves behind is the garbage collector's.
    if (set.metadata.deletionTimestamp || !ownWrites.seen(key, set)) return;
    if (semanticEqual(set.spec.selector, {})) {
      const message = 'This daemon set is selecting all pods. A non-empty selector is required.';
      return recorder.event(set, 'Warning', 'SelectingAll', message);
    }
    const revisions = await claim(set, refs.controllerRevisions, revisionsOf);
    const synced = await syncRevision({
      client,
      owner: set,
      ownerRef: refs.daemonSets,
      revisions,
      collisionCount: set.status?.collisionCount,
      labels: (hash) => ({ [hashLabel]: hash }),
    });
    if ('collisionCount' in synced) {
      const status = { ...planDaemonStatus(await input(set, ''), { observed: false }), ...synced };
      return writeStatus(key, set, status);
    }
    const { revision } = synced;
    const hash = revision.metadata.labels?.[hashLabel] ?? revision.metadata.name;
    const mayAct = expectations.met(key);
    const now = await input(set, hash);
    let failure: unknown;
    let againAfterMs: Ms | undefined;
    if (mayAct) {
      const placement = planPlacement(now);
      const held = holdBack(key, set, placement);
      againAfterMs = held.againAfterMs;
      failure = await carryOut(key, set, held.plan, hash);
      // What placement has done is not in the picture that it was decided on: the update waits for the next one.
      const placed = held.plan.create.length + held.plan.remove.length > 0;
      if (!failure && !placed) failure = await carryOut(key, set, planRollingUpdate(now), hash);
      if (!failure) {
        const used = new Set(
          now.nodes.flatMap(({ pods }) => pods.map((pod) => pod.metadata.labels?.[hashLabel])),
        );
        await truncateRevisions({
          client,
          revisions: [...revisions].sort(olderRevisionFirst),
          isLive: (other) =>
            other.metadata.name === revision.metadata.name || used.has(other.metadata.labels?.[hashLabel]),
          limit: set.spec.revisionHistoryLimit ?? 10,
        });
      }
    }
    await writeStatus(key, set, planDaemonStatus(now, { observed: mayAct && !failure }));
    if (failure) throw failure;
    const all = now.nodes.flatMap(({ pods }) => [...pods]);
    const available = nextAvailability(all, set.spec.minReadySeconds, now.now);
    const again = [againAfterMs, available].filter((ms) => ms !== undefined);
    if (again.length > 0) return { againAfterMs: Math.min(...again) };
  }

  async function input(set: DaemonSet, hash: string): Promise<DaemonPlanInput> {
    const pods = (await claim(set, refs.pods, podsOf)).filter(
      (pod) => !(isPodFinished(pod) && pod.metadata.deletionTimestamp),
    );
    const byNode = groupBy(pods, (pod) => targetNode(pod) ?? '');
    byNode.delete('');
    const known = Array.from(nodes.list(), (node) => {
      const { name } = node.metadata;
      const own = byNode.get(name) ?? [];
      byNode.delete(name);
      return { node: name, fit: fitOf(set, node), pods: own };
    });
    // Never scheduled and never to be: the node they were made for has gone.
    const stranded = Array.from(byNode, ([node, own]) => ({
      node,
      fit: { run: false, stay: false },
      gone: true as const,
      pods: own.filter((pod) => !pod.spec.nodeName),
    }));
    const all = [...known, ...stranded.filter((each) => each.pods.length > 0)];
    return { set, nodes: all, hash, now: clock.now() };
  }

  /** Failed pods are not deleted at once again and again: the kubelet that refuses them would be fought with. */
  function holdBack(key: string, set: DaemonSet, plan: DaemonPlan): { plan: DaemonPlan; againAfterMs?: Ms } {
    let againAfterMs: Ms | undefined;
    const remove = plan.remove.filter(({ pod, why }) => {
      if (why !== 'failed') return true;
      const wait = failedPods.wait(key, targetNode(pod) ?? '');
      if (wait > 0) againAfterMs = Math.min(wait, againAfterMs ?? wait);
      return wait === 0;
    });
    for (const { pod, why } of remove) {
      const name = `${pod.metadata.namespace}/${pod.metadata.name} on node ${targetNode(pod)}`;
      if (why === 'failed') {
        const message = `Found failed daemon pod ${name}, will try to kill it`;
        recorder.event(set, 'Warning', 'FailedDaemonPod', message);
      } else if (why === 'succeeded') {
        const message = `Found succeeded daemon pod ${name}, will try to delete it`;
        recorder.event(set, 'Normal', 'SucceededDaemonPod', message);
      }
    }
    return { plan: { ...plan, remove }, againAfterMs };
  }

  /** Returns what went wrong, so that the status is written all the same. */
  async function carryOut(key: string, set: DaemonSet, plan: DaemonPlan, hash: string): Promise<unknown> {
    const create = plan.create.slice(0, burst);
    const remove = plan.remove.slice(0, burst).map(({ pod }) => pod);
    if (create.length > 0) expectations.expectCreates(key, create.length);
    if (remove.length > 0)
      expectations.expectDeletes(
        key,
        remove.map((pod) => pod.metadata.uid),
      );
    const created = await slowStart(create.length, async (i) => {
      await actions.create(daemonPod(set, create[i]!, hash), set);
    });
    if (created.done < create.length) expectations.createSeen(key, create.length - created.done);
    const removed = await Promise.allSettled(
      remove.map(async (pod) => {
        let deleted = false;
        try {
          deleted = await actions.delete(pod, set);
        } finally {
          if (!deleted) expectations.deleteSeen(key, pod.metadata.uid);
        }
      }),
    );
    const failure = created.error ?? removed.find((result) => result.status === 'rejected')?.reason;
    return isNamespaceTerminating(failure) ? undefined : failure;
  }

  async function writeStatus(key: string, set: DaemonSet, status: DaemonSet['status']) {
    if (semanticEqual(set.status, status)) return;
    ownWrites.note(key, await client.updateStatus(refs.daemonSets, { ...set, status }));
  }

  /** Only sets for which the node now counts differently. */
  function setsConcernedBy(node: Node | undefined, old: Node | undefined): string[] {
    if (node && old) {
      const same =
        semanticEqual(node.metadata.labels, old.metadata.labels) &&
        semanticEqual(node.spec?.taints, old.spec?.taints);
      if (same) return [];
    }
    const { name } = (node ?? old)!.metadata;
    const present = new Set(
      podsOn(name).flatMap((pod) => pod.metadata.ownerReferences?.map(({ uid }) => uid) ?? []),
    );
    const keys: string[] = [];
    for (const set of sets.list()) {
      const before = old && fitOf(set, old);
      const after = node && fitOf(set, node);
      const changed = before?.run !== after?.run || before?.stay !== after?.stay;
      if (changed || (present.has(set.metadata.uid) && !after?.run)) keys.push(objectKey(set));
    }
    return keys;
  }

  function claim<T extends Pod | Awaited<ReturnType<typeof revisionsOf>>[number]>(
    set: DaemonSet,
    ref: Parameters<typeof claimObjects<T>>[0]['ref'],
    lookup: (value: string) => readonly T[],
  ): Promise<T[]> {
    return claimObjects({
      client,
      owner: set,
      ownerRef: refs.daemonSets,
      selector: selectorOf(set),
      ref,
      candidates: [...lookup(set.metadata.uid), ...lookup(orphanOf(set.metadata.namespace!))],
    });
  }
}

/** For each set and node: 1 s after a failed pod was deleted, then twice as long, up to 15 minutes. */
class FailedPodBackoff {
  readonly #clock: ControllerContext['clock'];
  readonly #bySet = new Map<string, { backoff: Backoff; until: Map<string, Ms> }>();

  constructor(clock: ControllerContext['clock']) {
    this.#clock = clock;
  }

  /** 0: delete it now; the next one has to wait. */
  wait(set: string, node: string): Ms {
    let entry = this.#bySet.get(set);
    if (!entry) {
      entry = { backoff: new Backoff({ initialMs: 1_000, maxMs: 900_000 }), until: new Map() };
      this.#bySet.set(set, entry);
    }
    const now = this.#clock.now();
    const left = (entry.until.get(node) ?? 0) - now;
    if (left > 0) return left;
    entry.until.set(node, now + entry.backoff.next(node));
    return 0;
  }

  forget(set: string): void {
    this.#bySet.delete(set);
  }
}

function selectorOf(set: DaemonSet) {
  return labelSelectorMatcher(set.spec.selector);
}
