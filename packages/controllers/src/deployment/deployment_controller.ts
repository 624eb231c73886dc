import {
  controllerOf,
  type Deployment,
  isAlreadyExists,
  isNotFound,
  labelSelectorMatcher,
  type Pod,
  type ReplicaSet,
} from '@kubets/api';
import { errorMessage } from '@kubets/base';
import { refs } from '@kubets/client';
import type { Controller, ControllerContext } from '../runtime/controller.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { byController, byNamespace, orphanOf } from '../runtime/indexes.ts';
import { claimObjects } from '../runtime/owner.ts';
import { isPodFinished } from '../runtime/pod_state.ts';
import { isNamespaceTerminating } from '../runtime/run_controller.ts';
import { watch, watchSelf } from '../runtime/watch.ts';
import { ownerKey, watchOwned } from '../runtime/watch_owned.ts';
import { withProgress } from './deployment_status.ts';
import type { NewReplicaSet } from './new_replica_set.ts';
import { planRollout, type ReplicaSetChange, type RolloutPlan } from './plan_rollout.ts';
import { sizeOf } from './sizes.ts';
import { templatesEqual } from './template_equal.ts';

const revision = 'deployment.kubernetes.io/revision';

export function deploymentRollout(context: ControllerContext): Controller {
  const { client, caches, clock, recorder } = context;
  const deployments = caches.of(refs.deployments);
  const sets = caches.of(refs.replicaSets);
  const pods = caches.of(refs.pods);
  const setsOf = caches.lookup(refs.replicaSets, byController);
  const podsOf = caches.lookup(refs.pods, byController);
  const inNamespace = caches.lookup(refs.deployments, byNamespace);

  return {
    name: 'deployment',
    watches: [
      watchSelf(deployments),
      watchOwned({
        owned: sets,
        owners: deployments,
        wantedBy: (set) =>
          inNamespace(set.metadata.namespace!).filter((deployment) =>
            selectorOf(deployment).matches(set.metadata.labels),
          ),
      }),
      // Recreate waits for the last old pod.
      watch(pods, (pod, old) => (pod && !isPodFinished(pod) ? [] : recreateKeys((pod ?? old)!))),
    ],
    reconcile,
  };

  async function reconcile(key: string) {
    const deployment = deployments.get(key);
    if (!deployment) return;
    if (semanticEqual(deployment.spec.selector, {})) return refuseSelectingAll(deployment);
    const replicaSets = await claimObjects({
      client,
      owner: deployment,
      ownerRef: refs.deployments,
      selector: selectorOf(deployment),
      ref: refs.replicaSets,
      candidates: [...setsOf(deployment.metadata.uid), ...setsOf(orphanOf(deployment.metadata.namespace!))],
    });
    const plan = planRollout({
      deployment,
      replicaSets,
      oldPodsRunning: (newSet) =>
        replicaSets.some(
          (set) => set !== newSet && podsOf(set.metadata.uid).some((pod) => !isPodFinished(pod)),
        ),
      now: clock.now(),
    });
    await carryOut(deployment, plan);
    if (plan.againAfterMs !== undefined) return { againAfterMs: plan.againAfterMs };
  }

  async function carryOut(deployment: Deployment, plan: RolloutPlan) {
    if (plan.create && !(await createSet(deployment, plan.create))) return;
    for (const change of plan.changes) await changeSet(deployment, change);
    for (const set of plan.remove) await removeSet(set);
    await writeStatus(deployment, plan.status, plan.revision);
  }

  /** False when the name is taken by another template: the next try has another name. */
  async function createSet(deployment: Deployment, set: NewReplicaSet): Promise<boolean> {
    try {
      await client.create(refs.replicaSets, set);
    } catch (error) {
      if (isAlreadyExists(error)) return resolveCollision(deployment, set);
      if (!isNamespaceTerminating(error)) await reportFailedCreate(deployment, set, error);
      throw error;
    }
    if (set.spec.replicas! > 0) scaled(deployment, set.metadata.name, 0, set.spec.replicas!);
    return true;
  }

  async function resolveCollision(deployment: Deployment, set: NewReplicaSet): Promise<boolean> {
    const existing = await client.get(refs.replicaSets, set.metadata.name, set.metadata.namespace);
    const ours = controllerOf(existing)?.uid === deployment.metadata.uid;
    if (ours && templatesEqual(existing.spec.template, deployment.spec.template)) return true;
    const collisionCount = (deployment.status?.collisionCount ?? 0) + 1;
    await client.updateStatus(refs.deployments, {
      ...deployment,
      status: { ...deployment.status, collisionCount },
    });
    return false;
  }

  async function reportFailedCreate(deployment: Deployment, set: NewReplicaSet, error: unknown) {
    const message = `Failed to create new replica set "${set.metadata.name}": ${errorMessage(error)}`;
    recorder.event(deployment, 'Warning', 'ReplicaSetCreateError', message);
    const status = withProgress(deployment, deployment.status ?? {}, {
      status: 'False',
      reason: 'ReplicaSetCreateError',
      message,
      now: clock.now(),
    });
    await writeStatus(deployment, status, undefined);
  }

  async function changeSet(
    deployment: Deployment,
    { set, replicas, annotations, minReadySeconds }: ReplicaSetChange,
  ) {
    await client.update(refs.replicaSets, {
      ...set,
      metadata: { ...set.metadata, annotations },
      spec: { ...set.spec, replicas, minReadySeconds },
    });
    if (replicas !== sizeOf(set)) scaled(deployment, set.metadata.name, sizeOf(set), replicas);
  }

  async function removeSet(set: ReplicaSet) {
    const { name, namespace, uid } = set.metadata;
    await client.delete(refs.replicaSets, name, namespace, { uid }).catch((error) => {
      if (!isNotFound(error)) throw error;
    });
  }

  async function writeStatus(
    deployment: Deployment,
    status: Deployment['status'],
    nextRevision: string | undefined,
  ) {
    const annotations = deployment.metadata.annotations;
    const sameRevision = nextRevision === undefined || annotations?.[revision] === nextRevision;
    if (sameRevision && semanticEqual(deployment.status, status)) return;
    // The revision goes with the status: a write of the deployment itself would raise its generation.
    const metadata = sameRevision
      ? deployment.metadata
      : { ...deployment.metadata, annotations: { ...annotations, [revision]: nextRevision } };
    await client.updateStatus(refs.deployments, { ...deployment, metadata, status });
  }

  async function refuseSelectingAll(deployment: Deployment) {
    recorder.event(
      deployment,
      'Warning',
      'SelectingAll',
      'This deployment is selecting all pods. A non-empty selector is required.',
    );
    const observedGeneration = deployment.metadata.generation;
    if (deployment.status?.observedGeneration !== observedGeneration)
      await client.updateStatus(refs.deployments, {
        ...deployment,
        status: { ...deployment.status, observedGeneration },
      });
  }

  function scaled(deployment: Deployment, name: string, from: number, to: number) {
    const message = `Scaled ${from < to ? 'up' : 'down'} replica set ${name} from ${from} to ${to}`;
    recorder.event(deployment, 'Normal', 'ScalingReplicaSet', message);
  }

  function recreateKeys(pod: Pod): string[] {
    const setKey = ownerKey(pod, sets);
    const key = setKey && ownerKey(sets.get(setKey)!, deployments);
    return key && deployments.get(key)!.spec.strategy?.type === 'Recreate' ? [key] : [];
  }
}

function selectorOf(deployment: Deployment) {
  return labelSelectorMatcher(deployment.spec.selector);
}
