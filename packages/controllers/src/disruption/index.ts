import {
  isConflict,
  isNotFound,
  labelSelectorMatcher,
  objectKey,
  type Pod,
  type PodDisruptionBudget,
} from '@kubets/api';
import { errorMessage, type Ms } from '@kubets/base';
import { refs } from '@kubets/client';
import type { Controller, ControllerContext, ControllerDefinition } from '../runtime/controller.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { byNamespace } from '../runtime/indexes.ts';
import { isPodFinished, podCondition } from '../runtime/pod_state.ts';
import { watch, watchSelf } from '../runtime/watch.ts';
import { ControllerScales } from './controller_scale.ts';
import { failedBudget, needsScale, planBudget } from './plan_budget.ts';

/** A pod that was marked for a disruption that did not come is unmarked after this time. */
const staleDisruptionMs: Ms = 120_000;

export const disruptionController: ControllerDefinition = {
  name: 'disruption-controller',
  component: 'controllermanager',
  create: (context) => [budgets(context), staleDisruptions(context)],
};

function budgets(context: ControllerContext): Controller {
  const { client, caches, clock, recorder } = context;
  const pdbs = caches.of(refs.podDisruptionBudgets);
  const pdbsIn = caches.lookup(refs.podDisruptionBudgets, byNamespace);
  const podsIn = caches.lookup(refs.pods, byNamespace);
  const scales = new ControllerScales(context);
  const sized = [refs.replicaSets, refs.deployments, refs.statefulSets, refs.replicationControllers] as const;

  return {
    name: 'disruption',
    watches: [
      watchSelf(pdbs),
      watch(caches.of(refs.pods), (pod, old) => {
        if (pod && old && !concernsBudgets(pod, old)) return [];
        const any = (pod ?? old)!;
        return pdbsIn(any.metadata.namespace!)
          .filter((pdb) => (pod && matches(pdb, pod)) || (old && matches(pdb, old)))
          .map(objectKey);
      }),
      ...sized.map((ref) =>
        watch<any>(caches.of<any>(ref), (object, old) => {
          if (!object || !old || object.spec?.replicas === old.spec?.replicas) return [];
          return pdbsIn(object.metadata.namespace).filter(needsScale).map(objectKey);
        }),
      ),
    ],
    async reconcile(key) {
      const pdb = pdbs.get(key);
      if (!pdb) return;
      try {
        return await sync(pdb);
      } catch (error) {
        if (isConflict(error) || isNotFound(error)) throw error;
        await writeStatus(pdb, failedBudget(pdb, errorMessage(error), clock.now()));
        throw error;
      }
    },
  };

  async function sync(pdb: PodDisruptionBudget) {
    const pods = podsIn(pdb.metadata.namespace!).filter((pod) => matches(pdb, pod));
    if (pods.length === 0) recorder.event(pdb, 'Normal', 'NoPods', 'No matching pods found');
    const scale = needsScale(pdb) ? await scaleOf(pdb, pods) : 0;
    const plan = planBudget({ budget: pdb, pods, scale, now: clock.now() });
    for (const pod of plan.notDeleted) {
      const name = `${pdb.metadata.namespace}/${pdb.metadata.name}`;
      const message = `Pod was expected by PDB ${name} to be deleted but it wasn't`;
      recorder.event(pod, 'Warning', 'NotDeleted', message);
    }
    await writeStatus(pdb, plan.status);
    if (plan.againAfterMs !== undefined) return { againAfterMs: plan.againAfterMs };
  }

  async function scaleOf(pdb: PodDisruptionBudget, pods: readonly Pod[]): Promise<number> {
    try {
      const { scale, unmanaged } = await scales.sum(pods);
      if (unmanaged.length > 0) {
        const selector = labelSelectorMatcher(pdb.spec?.selector).toString();
        const message =
          `Pods selected by this PodDisruptionBudget (selector: ${selector}) were found to be unmanaged. As a result, ` +
          'the status of the PDB cannot be calculated correctly, which may result in undefined behavior. To account ' +
          'for these pods please set ".spec.minAvailable" field of the PDB to an integer value.';
        recorder.event(pdb, 'Warning', 'UnmanagedPods', message);
      }
      return scale;
    } catch (error) {
      const message = `Failed to calculate the number of expected pods: ${errorMessage(error)}`;
      recorder.event(pdb, 'Warning', 'CalculateExpectedPodCountFailed', message);
      throw error;
    }
  }

  async function writeStatus(pdb: PodDisruptionBudget, status: PodDisruptionBudget['status']) {
    if (semanticEqual(pdb.status, status)) return;
    await client.updateStatus(refs.podDisruptionBudgets, { ...pdb, status });
  }
}

function staleDisruptions({ client, caches, clock }: ControllerContext): Controller {
  const pods = caches.of(refs.pods);
  return {
    name: 'disruption-stale',
    watches: [watch(pods, (pod) => (pod && markedSince(pod) !== undefined ? [objectKey(pod)] : []))],
    async reconcile(key) {
      const pod = pods.get(key);
      const since = pod && markedSince(pod);
      if (since === undefined) return;
      const left = since + staleDisruptionMs - clock.now();
      if (left > 0) return { againAfterMs: left };
      const { name, namespace, uid } = pod!.metadata;
      const condition = { type: 'DisruptionTarget', status: 'False', reason: null, message: null };
      const patch = { metadata: { uid }, status: { conditions: [condition] } };
      await client.patch(refs.pods, name, namespace, 'strategic', patch, { subresource: 'status' });
    },
  };
}

/** Undefined unless the pod is marked; marks of the kubelet stay. */
function markedSince(pod: Pod): Ms | undefined {
  const condition = podCondition(pod, 'DisruptionTarget');
  if (condition?.status !== 'True' || condition.reason === 'TerminationByKubelet') return undefined;
  if (pod.metadata.deletionTimestamp || isPodFinished(pod)) return undefined;
  return Date.parse(condition.lastTransitionTime ?? '') || 0;
}

function concernsBudgets(pod: Pod, old: Pod): boolean {
  const ready = (of: Pod) => podCondition(of, 'Ready')?.status;
  return (
    ready(pod) !== ready(old) ||
    pod.metadata.deletionTimestamp !== old.metadata.deletionTimestamp ||
    !semanticEqual(pod.metadata.labels, old.metadata.labels) ||
    !semanticEqual(pod.metadata.ownerReferences, old.metadata.ownerReferences)
  );
}

/** In policy/v1 an empty selector is every pod of the namespace, and none is no pod. */
function matches(pdb: PodDisruptionBudget, pod: Pod): boolean {
  return (
    pdb.spec?.selector !== undefined && labelSelectorMatcher(pdb.spec.selector).matches(pod.metadata.labels)
  );
}
