import { badRequest, conflict, type FieldError, joinFieldErrors, notSupported, required } from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import type { Call, Endpoint } from '../call.ts';
import { decodeBody } from '../decode/body.ts';
import { copyJson } from '../decode/copy_json.ts';
import { writeOptions } from '../decode/write_options.ts';
import type { ApiResult } from '../request.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { admissionRequest, admit, validateAdmission } from '../verbs/admit.ts';
import { objectAnswer } from '../verbs/answer.ts';
import { changeObject } from '../verbs/change.ts';
import { checkNamespace } from '../verbs/create.ts';
import { unexplained } from '../verbs/get.ts';

const bindingKind = { group: '', version: 'v1', kind: 'Binding', type: 'core.v1.Binding' };

/** POST of a Binding, to `pods/<name>/binding` or (old) to `bindings`: the scheduler's word for a pod's node. */
export function bindingEndpoint(server: ServerContext, pods: Target): Endpoint {
  return async (call) => {
    const options = writeOptions(call, 'CreateOptions');
    const binding = decodeBody(call, bindingKind, options.fieldValidation);
    const name = call.info.name || binding.metadata.name;
    if (binding.metadata.name !== name) throw badRequest('name in URL does not match name in Binding object');
    checkNamespace(pods, binding, call.info.namespace);
    const errors: FieldError[] = [];
    if (binding.target?.kind && binding.target.kind !== 'Node')
      errors.push(notSupported('target.kind', binding.target.kind, ['Node', '<empty>']));
    if (!binding.target?.name) errors.push(required('target.name'));
    // Upstream's storage gives the bare errors, which no code belongs to.
    if (errors.length) throw unexplained(joinFieldErrors(errors));
    const one: Call = { ...call, info: { ...call.info, name } };
    const admission = admissionRequest(pods, one, {
      operation: 'CREATE',
      object: binding,
      old: undefined,
      name,
      subresource: 'binding',
      kind: 'Binding',
      dryRun: options.dryRun,
    });
    await admit(server.admission, admission);
    await validateAdmission(server.admission, admission);
    const key = pods.history.key(call.info.namespace, name);
    await changeObject(server, {
      target: pods,
      call: one,
      options,
      subresource: {
        name: 'binding',
        verbs: ['create'],
        prepareUpdate: (next: any) => next,
        validateUpdate: () => [],
      },
      withoutAdmission: true,
      // As upstream, which stores it past the field manager: nobody owns these fields.
      operation: 'Apply',
      createIfAbsent: false,
      change: (pod) => assign(key, copyJson(pod), binding, rfc3339(server.clock.now())),
    });
    return success();
  };
}

function assign(key: string, pod: any, binding: any, now: string): any {
  const { name } = pod.metadata;
  const refuse = (why: string) => conflict({ group: '', resource: 'pods/binding' }, name, why);
  checkPreconditions(key, pod, binding.metadata);
  if (pod.metadata.deletionTimestamp)
    throw refuse(`pod ${name} is being deleted, cannot be assigned to a host`);
  if (pod.spec.nodeName) throw refuse(`pod ${name} is already assigned to node "${pod.spec.nodeName}"`);
  if (pod.spec.schedulingGates?.length) throw refuse(`pod ${name} has non-empty .spec.schedulingGates`);
  pod.spec.nodeName = binding.target.name;
  const status = (pod.status ??= {});
  delete status.nominatedNodeName;
  for (const field of ['annotations', 'labels'] as const)
    if (Object.keys(binding.metadata[field] ?? {}).length)
      pod.metadata[field] = { ...pod.metadata[field], ...binding.metadata[field] };
  setCondition(status, { type: 'PodScheduled', status: 'True' }, now);
  return pod;
}

// As the store says it: the binding is of a pod that has been looked at.
function checkPreconditions(key: string, pod: any, { uid, resourceVersion }: any): void {
  const check = (field: string, given: string | undefined, found: string) => {
    if (!given || given === found) return;
    throw conflict(
      { group: '', resource: 'pods' },
      pod.metadata.name,
      `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: ${field} in precondition: ${given}, ${field} in object meta: ${found}`,
    );
  };
  check('UID', uid, pod.metadata.uid);
  check('ResourceVersion', resourceVersion, pod.metadata.resourceVersion);
}

/** Replaces the condition of the type; its transition time is kept while its status is the same. */
export function setCondition(
  status: { conditions?: any[] },
  condition: { type: string; status: string; reason?: string; message?: string },
  now: string,
): void {
  const conditions = (status.conditions ??= []);
  const at = conditions.findIndex((each) => each.type === condition.type);
  const before = at < 0 ? undefined : conditions[at];
  const lastTransitionTime = before?.status === condition.status ? (before.lastTransitionTime ?? now) : now;
  const next = { ...condition, lastTransitionTime };
  if (at < 0) conditions.push(next);
  else conditions[at] = next;
}

export function success(): ApiResult {
  return objectAnswer({ kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Success', code: 201 }, 201);
}
