import { conflict, type KubeObject, notFound } from '@kubets/api';
import { encodeValue, restamp } from '../cache/stored_entry.ts';
import type { Call, Endpoint } from '../call.ts';
import { copyJson } from '../decode/copy_json.ts';
import type { ApiResult, Stored } from '../request.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { admissionRequest, admit, validateAdmission } from './admit.ts';
import { objectAnswer, storedAnswer } from './answer.ts';
import { commitDelete, commitObject, uncommitted } from './commit.ts';
import { hookName } from './create.ts';
import { type DeleteRequest, deleteRequest } from './delete_options.ts';
import { isNewest, waitForFreshness } from './get.ts';
import { type DeletePlan, planDelete } from './plan_delete.ts';
import { isUnchanged } from './same_object.ts';

// These answer a delete with the object; all others with a Status (upstream: ReturnDeletedObject).
const returnsObject = new Set([
  '/namespaces',
  '/persistentvolumeclaims',
  '/persistentvolumes',
  '/pods',
  '/podtemplates',
  '/resourcequotas',
  '/serviceaccounts',
  '/services',
  'resource.k8s.io/deviceclasses',
  'resource.k8s.io/devicetaintrules',
  'resource.k8s.io/resourceclaims',
  'resource.k8s.io/resourceclaimtemplates',
  'resource.k8s.io/resourceslices',
  'storage.k8s.io/csidrivers',
  'storage.k8s.io/csinodes',
  'storage.k8s.io/storageclasses',
  'storage.k8s.io/volumeattachments',
  'storage.k8s.io/volumeattributesclasses',
]);

/** Lost races after which a caller is told to try again. */
const maxAttempts = 10;

export interface DeleteOutcome {
  /** What the object is now, or was last. */
  stored: Stored;
  removed: boolean;
}

export function deleteEndpoint(server: ServerContext, target: Target): Endpoint {
  return async (call) => {
    const request = deleteRequest(call);
    const outcome = await deleteObject(server, target, call, call.info.name, request);
    return deleteAnswer(target, outcome, request);
  };
}

/** @throws ApiError 404, 409 */
export async function deleteObject(
  server: ServerContext,
  target: Target,
  call: Call,
  name: string,
  request: DeleteRequest,
): Promise<DeleteOutcome> {
  await waitForFreshness(server, '0');
  const { history } = target;
  const key = history.key(call.info.namespace, name);
  let tolerated: Stored | undefined;
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    let current = history.get(key);
    if (!current) {
      await server.cache.fresh();
      current = history.get(key);
    }
    if (!current) {
      // It was marked by this very request and someone else removed it first: that is what was asked for.
      if (tolerated) return { stored: tolerated, removed: true };
      throw notFound(target.groupResource, name);
    }
    let plan: DeletePlan;
    try {
      await admitDelete(server, target, call, current.object, name, request);
      plan = planDelete(target.resource, current.object, request, server.clock.now());
    } catch (error) {
      if (await isNewest(server, target, current)) throw error;
      continue;
    }
    const outcome = await deleteOnce(server, target, current, plan, request);
    if (outcome === 'lost the race') continue;
    if ('outcome' in outcome) return outcome.outcome;
    tolerated = outcome.marked;
  }
  throw conflict(
    target.groupResource,
    name,
    'the object has been modified; please apply your changes to the latest version and try again',
  );
}

type Step = 'lost the race' | { outcome: DeleteOutcome } | { marked: Stored };

async function deleteOnce(
  server: ServerContext,
  target: Target,
  current: Stored,
  plan: DeletePlan,
  request: DeleteRequest,
): Promise<Step> {
  const unwritten = async (outcome: DeleteOutcome): Promise<Step> =>
    (await isNewest(server, target, current)) ? { outcome } : 'lost the race';
  if (plan.action === 'wait') return unwritten({ stored: current, removed: false });
  if (plan.action === 'remove') {
    if (request.dryRun) return unwritten({ stored: current, removed: true });
    const removed = await remove(server, target, current);
    return removed ? { outcome: { stored: removed, removed: true } } : 'lost the race';
  }
  const marked = await mark(server, target, current, plan.object, request.dryRun);
  if (!marked) return 'lost the race';
  if (request.dryRun || (!plan.remove && marked === current)) {
    return unwritten({ stored: marked, removed: plan.remove });
  }
  if (!plan.remove) return { outcome: { stored: marked, removed: false } };
  const removed = await remove(server, target, marked);
  // Changed between the two writes: look again, now that it is marked with no grace.
  return removed ? { outcome: { stored: removed, removed: true } } : { marked };
}

async function mark(
  server: ServerContext,
  target: Target,
  current: Stored,
  object: KubeObject,
  dryRun: boolean,
): Promise<Stored | undefined> {
  const value = encodeValue(target.history.head, object);
  if (isUnchanged(target.history.head, current, object, value)) return current;
  if (dryRun) return uncommitted(target, current.key, object, current.revision);
  return commitObject(server, target, current.key, current.revision, object, value);
}

async function remove(server: ServerContext, target: Target, current: Stored): Promise<Stored | undefined> {
  const revision = await commitDelete(server, current);
  if (revision === undefined) return undefined;
  await server.writeHooks[hookName(target)]?.afterDelete?.(current.object);
  return restamp(target.history.head, current, revision);
}

async function admitDelete(
  server: ServerContext,
  target: Target,
  call: Call,
  object: KubeObject,
  name: string,
  request: DeleteRequest,
): Promise<void> {
  const admission = admissionRequest(target, call, {
    operation: 'DELETE',
    object: undefined,
    old: object,
    name,
    dryRun: request.dryRun,
    options: copyJson(request.options),
  });
  await admit(server.admission, admission);
  await validateAdmission(server.admission, admission);
}

function deleteAnswer(target: Target, outcome: DeleteOutcome, request: DeleteRequest): ApiResult {
  const { stored, removed } = outcome;
  const { group, resource } = target.groupResource;
  const status = !removed && request.orphanDependents === false ? 202 : 200;
  if (!removed || returnsObject.has(hookName(target))) return storedAnswer(target, stored, status);
  const { name, uid } = stored.object.metadata;
  return objectAnswer(
    {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Success',
      details: { name, ...(group && { group }), kind: resource, uid },
    },
    status,
  );
}
