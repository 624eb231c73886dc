// Eviction: a delete that asks the pod's disruption budget first (KEP "PodDisruptionBudget").
import {
  ApiError,
  badRequest,
  forbidden,
  isConflict,
  labelSelectorMatcher,
  type PodDisruptionBudget,
} from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import type { Call, Endpoint } from '../call.ts';
import { decodeBody } from '../decode/body.ts';
import { copyJson } from '../decode/copy_json.ts';
import { type WriteOptions, writeOptions } from '../decode/write_options.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { admissionRequest, admit, validateAdmission } from '../verbs/admit.ts';
import { changeObject } from '../verbs/change.ts';
import { checkNamespace } from '../verbs/create.ts';
import { deleteObject } from '../verbs/delete.ts';
import type { DeleteRequest } from '../verbs/delete_options.ts';
import { currentStored, waitForFreshness } from '../verbs/get.ts';
import { checkPreconditions } from '../verbs/plan_delete.ts';
import { setCondition, success } from './pod_binding.ts';

const evictionKind = {
  group: 'policy',
  version: 'v1',
  kind: 'Eviction',
  type: 'policy.v1.Eviction',
  alsoVersions: ['policy/v1beta1'],
};
/** Evictions that a budget may have under way (upstream: MaxDisruptedPodSize). */
const maxDisruptedPods = 2_000;

export function evictionEndpoint(
  server: ServerContext,
  pods: Target,
  budgets: () => Target | undefined,
): Endpoint {
  return async (call) => {
    const options = writeOptions(call, 'CreateOptions');
    const eviction = decodeBody(call, evictionKind, options.fieldValidation);
    const { name } = call.info;
    if (eviction.metadata.name !== name)
      throw badRequest('name in URL does not match name in Eviction object');
    checkNamespace(pods, eviction, call.info.namespace);
    const request = deleteRequestOf(eviction.deleteOptions ?? {}, options);
    const admission = admissionRequest(pods, call, {
      operation: 'CREATE',
      object: eviction,
      old: undefined,
      name,
      subresource: 'eviction',
      kind: 'Eviction',
      dryRun: request.dryRun,
    });
    await admit(server.admission, admission);
    await validateAdmission(server.admission, admission);
    await waitForFreshness(server, null);
    await evict(server, pods, budgets(), call, options, request);
    return success();
  };
}

function deleteRequestOf(given: any, options: WriteOptions): DeleteRequest {
  return {
    dryRun: options.dryRun || given.dryRun?.includes('All') === true,
    gracePeriodSeconds: given.gracePeriodSeconds,
    propagation: given.propagationPolicy,
    orphanDependents: given.orphanDependents,
    uid: given.preconditions?.uid,
    resourceVersion: given.preconditions?.resourceVersion,
    options: { kind: 'DeleteOptions', apiVersion: 'policy/v1', ...given },
  };
}

async function evict(
  server: ServerContext,
  pods: Target,
  budgets: Target | undefined,
  call: Call,
  options: WriteOptions,
  request: DeleteRequest,
): Promise<void> {
  const pod: any = currentStored(pods, call.info.namespace, call.info.name).object;
  let guard: PodDisruptionBudget | undefined;
  let unhealthyPasses = false;
  if (budgets && !isPastDisruption(pod)) {
    const matching = budgetsOf(budgets, pod);
    if (matching.length > 1)
      throw new ApiError({
        code: 500,
        reason: 'InternalError',
        message:
          'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.',
      });
    guard = matching[0];
    unhealthyPasses = guard !== undefined && passesUnhealthy(pod, guard);
    if (guard && !unhealthyPasses) await decrement(server, budgets, call, options, guard, request.dryRun);
  }
  // What was decided of an unhealthy pod holds only while it is the pod that was looked at.
  const pinned =
    unhealthyPasses && request.resourceVersion === undefined
      ? { ...request, resourceVersion: pod.metadata.resourceVersion }
      : request;
  try {
    await markAndDelete(server, pods, call, options, pinned);
  } catch (error) {
    if (isConflict(error) && pinned !== request) throw tooMany(guard!.metadata.name, undefined, 10);
    throw error;
  }
}

async function markAndDelete(
  server: ServerContext,
  pods: Target,
  call: Call,
  options: WriteOptions,
  request: DeleteRequest,
): Promise<void> {
  let { resourceVersion } = request;
  if (!request.dryRun) {
    const { stored } = await changeObject(server, {
      target: pods,
      call,
      options: { ...options, dryRun: false },
      subresource: {
        name: 'status',
        verbs: [],
        prepareUpdate: (next: any) => next,
        validateUpdate: () => [],
      },
      withoutAdmission: true,
      operation: 'Apply',
      createIfAbsent: false,
      change: (old) => {
        checkPreconditions(pods.resource, old!, { uid: request.uid, resourceVersion });
        const pod: any = copyJson(old);
        const condition = {
          type: 'DisruptionTarget',
          status: 'True',
          reason: 'EvictionByEvictionAPI',
          message: 'Eviction API: evicting',
        };
        setCondition((pod.status ??= {}), condition, rfc3339(server.clock.now()));
        return pod;
      },
    });
    if (resourceVersion) resourceVersion = String(stored.revision);
  }
  await deleteObject(server, pods, call, call.info.name, { ...request, resourceVersion });
}

// Such a pod is no disruption any more, or not yet.
function isPastDisruption({ metadata, status }: any): boolean {
  return Boolean(metadata.deletionTimestamp) || ['Succeeded', 'Failed', 'Pending'].includes(status?.phase);
}

function budgetsOf(budgets: Target, pod: any): PodDisruptionBudget[] {
  const all = budgets.history.objects(pod.metadata.namespace) as unknown as PodDisruptionBudget[];
  return all.filter(
    ({ spec }) => spec?.selector && labelSelectorMatcher(spec.selector).matches(pod.metadata.labels),
  );
}

function passesUnhealthy(pod: any, { spec, status }: PodDisruptionBudget): boolean {
  const ready = pod.status?.conditions?.some((each: any) => each.type === 'Ready' && each.status === 'True');
  if (ready) return false;
  if (spec?.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

async function decrement(
  server: ServerContext,
  budgets: Target,
  call: Call,
  options: WriteOptions,
  budget: PodDisruptionBudget,
  dryRun: boolean,
): Promise<void> {
  const one: Call = { ...call, info: { ...call.info, name: budget.metadata.name } };
  await changeObject(server, {
    target: budgets,
    call: one,
    options: { ...options, dryRun },
    subresource: { name: 'status', verbs: [], prepareUpdate: (next: any) => next, validateUpdate: () => [] },
    withoutAdmission: true,
    operation: 'Update',
    createIfAbsent: false,
    change: (old) => {
      const next: any = copyJson(old);
      checkBudget(next);
      next.status.disruptionsAllowed -= 1;
      next.status.disruptedPods = {
        ...next.status.disruptedPods,
        [call.info.name]: rfc3339(server.clock.now()),
      };
      return next;
    },
  });
}

function checkBudget({ metadata, status = {} }: any): void {
  const { name } = metadata;
  const { disruptionsAllowed = 0, disruptedPods = {}, currentHealthy = 0, desiredHealthy = 0 } = status;
  if ((status.observedGeneration ?? 0) < (metadata.generation ?? 0)) throw tooMany(name, undefined, 10);
  const target = { group: 'policy', resource: 'poddisruptionbudget' };
  if (disruptionsAllowed < 0) throw forbidden(target, name, 'pdb disruptions allowed is negative');
  if (Object.keys(disruptedPods).length > maxDisruptedPods)
    throw forbidden(
      target,
      name,
      'DisruptedPods map too big - too many evictions not confirmed by PDB controller',
    );
  if (disruptionsAllowed > 0) return;
  const condition = status.conditions?.find((each: any) => each.type === 'DisruptionAllowed');
  const refused = condition?.status === 'False' && condition.message;
  let why = `The disruption budget ${name} does not allow evicting pods currently`;
  if (refused && condition.reason === 'SyncFailed') why += ` because it failed sync: ${condition.message}`;
  else if (currentHealthy <= desiredHealthy)
    why = `The disruption budget ${name} needs ${desiredHealthy} healthy pods and has ${currentHealthy} currently`;
  else if (refused) why += ` (${condition.reason}): ${condition.message}`;
  throw tooMany(name, why, 0);
}

function tooMany(budget: string, why: string | undefined, retryAfterSeconds: number): ApiError {
  return new ApiError({
    code: 429,
    reason: 'TooManyRequests',
    message: "Cannot evict pod as it would violate the pod's disruption budget.",
    details: {
      ...(retryAfterSeconds && { retryAfterSeconds }),
      causes: [
        {
          reason: 'DisruptionBudget',
          message: why ?? `The disruption budget ${budget} is still being processed by the server.`,
        },
      ],
    },
  });
}
