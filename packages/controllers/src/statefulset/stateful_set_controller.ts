import { type ControllerRevision, labelSelectorMatcher, type Pod, type StatefulSet } from '@kubets/api';
import { refs } from '@kubets/client';
import type { Controller, ControllerContext } from '../runtime/controller.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { byController, byNamespace, orphanOf } from '../runtime/indexes.ts';
import { OwnWrites } from '../runtime/own_writes.ts';
import { claimObjects } from '../runtime/owner.ts';
import { nextAvailability } from '../runtime/pod_state.ts';
import { syncRevision, templateOf, truncateRevisions } from '../runtime/revisions.ts';
import { isNamespaceTerminating } from '../runtime/run_controller.ts';
import { watchSelf } from '../runtime/watch.ts';
import { watchOwned } from '../runtime/watch_owned.ts';
import { ordinalOf, podOf, revisionLabel } from './identity.ts';
import { type PodStep, planStatefulPods } from './plan_stateful_pods.ts';
import { StatefulPods } from './stateful_pods.ts';
import { planStatefulStatus } from './stateful_status.ts';

export function statefulSetRollout(context: ControllerContext): Controller {
  const { client, caches, clock, recorder } = context;
  const sets = caches.of(refs.statefulSets);
  const podsOf = caches.lookup(refs.pods, byController);
  const revisionsOf = caches.lookup(refs.controllerRevisions, byController);
  const inNamespace = caches.lookup(refs.statefulSets, byNamespace);
  const statefulPods = new StatefulPods({ client, recorder, claims: caches.of(refs.persistentVolumeClaims) });
  const ownWrites = new OwnWrites();

  return {
    name: 'statefulset',
    watches: [
      watchSelf(sets),
      watchOwned({
        owned: caches.of(refs.pods),
        owners: sets,
        wantedBy: (pod) =>
          inNamespace(pod.metadata.namespace!).filter(
            (set) => ordinalOf(pod, set) !== undefined && selectorOf(set).matches(pod.metadata.labels),
          ),
      }),
      watchOwned({ owned: caches.of(refs.controllerRevisions), owners: sets }),
    ],
    async reconcile(key) {
      const set = sets.get(key);
      if (!set) return ownWrites.forget(key);
      if (!ownWrites.seen(key, set)) return;
      const revisions = await claim(set, refs.controllerRevisions, revisionsOf);
      const members = (
        await claim(set, refs.pods, podsOf, (pod) => ordinalOf(pod, set) !== undefined)
      ).filter((pod) => ordinalOf(pod, set) !== undefined);
      // What belongs to a set that is being deleted is the garbage collector's: nothing is made anew.
      return set.metadata.deletionTimestamp
        ? report(key, set, members)
        : rollOut(key, set, revisions, members);
    },
  };

  async function report(key: string, set: StatefulSet, pods: Pod[]) {
    const { currentRevision = '', updateRevision = '', collisionCount = 0 } = set.status ?? {};
    const revisions = { currentRevision, updateRevision, collisionCount };
    await writeStatus(key, set, planStatefulStatus({ set, pods, ...revisions, now: clock.now() }));
  }

  async function rollOut(key: string, set: StatefulSet, revisions: ControllerRevision[], pods: Pod[]) {
    const synced = await syncRevision({
      client,
      owner: set,
      ownerRef: refs.statefulSets,
      revisions,
      collisionCount: set.status?.collisionCount ?? 0,
    });
    if ('collisionCount' in synced) {
      await writeStatus(key, set, { ...set.status, replicas: set.status?.replicas ?? 0, ...synced });
      return;
    }
    const update = synced.revision;
    const current = revisions.find(({ metadata }) => metadata.name === set.status?.currentRevision) ?? update;
    const now = clock.now();
    const status = planStatefulStatus({
      set,
      pods,
      currentRevision: current.metadata.name,
      updateRevision: update.metadata.name,
      collisionCount: set.status?.collisionCount ?? 0,
      now,
    });
    let failure: unknown;
    try {
      await carryOut(
        set,
        planStatefulPods({ set, pods, updateRevision: update.metadata.name, now }),
        current,
        update,
      );
    } catch (error) {
      failure = error;
    }
    await writeStatus(key, set, status);
    const used = new Set([current, update].map(({ metadata }) => metadata.name));
    for (const pod of pods) used.add(pod.metadata.labels?.[revisionLabel] ?? '');
    await truncateRevisions({
      client,
      revisions,
      isLive: ({ metadata }) => used.has(metadata.name),
      limit: set.spec.revisionHistoryLimit ?? 10,
    });
    if (failure && !isNamespaceTerminating(failure)) throw failure;
    const againAfterMs = nextAvailability(pods, set.spec.minReadySeconds, now);
    if (againAfterMs !== undefined) return { againAfterMs };
  }

  /** In order, and not past a failure: later pods may need earlier ones. */
  async function carryOut(
    set: StatefulSet,
    steps: readonly PodStep[],
    current: ControllerRevision,
    update: ControllerRevision,
  ) {
    for (const step of steps) {
      if (step.do === 'delete') await statefulPods.delete(set, step.pod);
      else if (step.do === 'check') await statefulPods.check(set, step.pod, step.ordinal);
      else {
        const revision = step.revision === 'current' ? current : update;
        const template = revision === update ? set.spec.template : templateOf(revision);
        await statefulPods.create(
          set,
          podOf(set, template, step.ordinal, revision.metadata.name),
          step.ordinal,
        );
      }
    }
  }

  async function writeStatus(key: string, set: StatefulSet, status: StatefulSet['status']) {
    if (semanticEqual(set.status, status)) return;
    ownWrites.note(key, await client.updateStatus(refs.statefulSets, { ...set, status }));
  }

  function claim<T extends Pod | ControllerRevision>(
    set: StatefulSet,
    ref: Parameters<typeof claimObjects<T>>[0]['ref'],
    lookup: (value: string) => readonly T[],
    fits: (object: T) => boolean = () => true,
  ): Promise<T[]> {
    return claimObjects({
      client,
      owner: set,
      ownerRef: refs.statefulSets,
      selector: selectorOf(set),
      ref,
      candidates: [...lookup(set.metadata.uid), ...lookup(orphanOf(set.metadata.namespace!)).filter(fits)],
    });
  }
}

function selectorOf(set: StatefulSet) {
  return labelSelectorMatcher(set.spec.selector);
}
