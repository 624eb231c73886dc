// Keeps the number of pods at what is asked for. One for ReplicaSets, one for ReplicationControllers: they differ
// in their selector and in one field of the status.
import type { KubeObject, LabelMatcher, Pod, PodTemplateSpec, ReplicaSetStatus } from '@kubets/api';
import { type ResourceRef, refs } from '@kubets/client';
import type { Controller, ControllerContext } from '../runtime/controller.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { Expectations } from '../runtime/expectations.ts';
import { byController, byNamespace, orphanOf } from '../runtime/indexes.ts';
import { claimObjects, decideClaim } from '../runtime/owner.ts';
import { PodActions } from '../runtime/pod_actions.ts';
import { podFromTemplate } from '../runtime/pod_from_template.ts';
import { isPodActive, isPodFinished, isPodTerminating, nextAvailability } from '../runtime/pod_state.ts';
import { isNamespaceTerminating } from '../runtime/run_controller.ts';
import { slowStart } from '../runtime/slow_start.ts';
import { watchSelf } from '../runtime/watch.ts';
import { watchOwned } from '../runtime/watch_owned.ts';
import { planReplicas } from './plan_replicas.ts';
import { planReplicaStatus } from './replica_status.ts';

export interface ReplicaOwner extends KubeObject {
  spec: { replicas?: number; minReadySeconds?: number; template?: PodTemplateSpec };
  status?: ReplicaSetStatus;
}

export interface ReplicaKind<T extends ReplicaOwner> {
  name: string;
  ref: ResourceRef<T>;
  selector(owner: T): LabelMatcher;
  /** Whether the status counts pods on their way out (KEP-3973). */
  countsTerminating: boolean;
}

export function replicaController<T extends ReplicaOwner>(
  kind: ReplicaKind<T>,
  context: ControllerContext,
): Controller {
  const { client, caches, clock, recorder } = context;
  const owners = caches.of(kind.ref);
  const pods = caches.of(refs.pods);
  const podsOf = caches.lookup(refs.pods, byController);
  const inNamespace = caches.lookup(kind.ref, byNamespace);
  const siblingsOf = caches.lookup(kind.ref, byController);
  const expectations = new Expectations(clock);
  const actions = new PodActions({ client, recorder });

  return {
    name: kind.name,
    watches: [
      watchSelf(owners),
      watchOwned({
        owned: pods,
        owners,
        wantedBy: (pod) => wanting(pod, inNamespace(pod.metadata.namespace!), kind),
        observe: (key, pod, old) => observePod(expectations, key, pod, old),
      }),
    ],
    reconcile,
  };

  async function reconcile(key: string) {
    const owner = owners.get(key);
    if (!owner) return expectations.forget(key);
    const mayCount = expectations.met(key);
    const selector = kind.selector(owner);
    const own = podsOf(owner.metadata.uid);
    const active = await claimObjects({
      client,
      owner,
      ownerRef: kind.ref,
      selector,
      ref: refs.pods,
      candidates: [...own, ...podsOf(orphanOf(owner.metadata.namespace!))].filter(isPodActive),
    });
    const failure =
      mayCount && !owner.metadata.deletionTimestamp ? await bringToCount(key, owner, active) : undefined;
    const now = clock.now();
    const next = planReplicaStatus({
      owner,
      active,
      terminating: kind.countsTerminating
        ? own.filter((pod) => isPodTerminating(pod) && decideClaim(owner, selector, pod) === 'keep').length
        : undefined,
      failure,
      now,
    });
    if (!semanticEqual(owner.status, next)) await client.updateStatus(kind.ref, { ...owner, status: next });
    if (failure) throw failure.error;
    const againAfterMs = nextAvailability(active, owner.spec.minReadySeconds, now);
    if (againAfterMs !== undefined) return { againAfterMs };
  }

  /** Returns what went wrong, for the status. */
  async function bringToCount(key: string, owner: T, active: readonly Pod[]) {
    const plan = planReplicas({
      replicas: owner.spec.replicas ?? 1,
      active,
      related: () => relatedPods(owner),
      now: clock.now(),
    });
    if (plan.create > 0) {
      expectations.expectCreates(key, plan.create);
      const template = owner.spec.template ?? {};
      const result = await slowStart(plan.create, async () => {
        await actions.create(podFromTemplate(template, owner, kind.ref), owner);
      });
      expectations.createSeen(key, plan.create - result.done);
      if (!result.error || isNamespaceTerminating(result.error)) return undefined;
      return { reason: 'FailedCreate', error: result.error };
    }
    if (plan.delete.length === 0) return undefined;
    expectations.expectDeletes(
      key,
      plan.delete.map((pod) => pod.metadata.uid),
    );
    const results = await Promise.allSettled(
      plan.delete.map(async (pod) => {
        let deleted = false;
        try {
          deleted = await actions.delete(pod, owner);
        } finally {
          if (!deleted) expectations.deleteSeen(key, pod.metadata.uid);
        }
      }),
    );
    const failed = results.find((result) => result.status === 'rejected');
    return failed && { reason: 'FailedDelete', error: failed.reason };
  }

  /** Pods of all sets of the same controller: what else runs on the nodes of the pods to choose from. */
  function relatedPods(owner: T): readonly Pod[] {
    const controller = owner.metadata.ownerReferences?.find((reference) => reference.controller);
    const siblings = controller ? siblingsOf(controller.uid) : [owner];
    return siblings.flatMap((sibling) => podsOf(sibling.metadata.uid));
  }
}

function observePod(expectations: Expectations, key: string, pod: Pod | undefined, old: Pod | undefined) {
  if (pod && !old && !pod.metadata.deletionTimestamp) expectations.createSeen(key);
  if (!pod || pod.metadata.deletionTimestamp) expectations.deleteSeen(key, (pod ?? old)!.metadata.uid);
}

function* wanting<T extends ReplicaOwner>(pod: Pod, owners: Iterable<T>, kind: ReplicaKind<T>) {
  if (isPodFinished(pod)) return;
  for (const owner of owners) {
    const selector = kind.selector(owner);
    if (!selector.empty && selector.matches(pod.metadata.labels)) yield owner;
  }
}
