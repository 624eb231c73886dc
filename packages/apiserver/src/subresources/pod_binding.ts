import { badRequest, conflict, invalid, required } from '@kubets/api';
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

const bindingKind = { group: '', version: 'v1', kind: 'Binding', type: 'core.v1.Binding' };

/** POST of a Binding, to `pods/<name>/binding` or (old) to `bindings`: the scheduler's word for a pod's node. */
export function bindingEndpoint(server: ServerContext, pods: Target): Endpoint {
  return async (call) => {
    const options = writeOptions(call, 'CreateOptions');
    const binding = decodeBody(call, bindingKind, options.fieldValidation);
    const name = call.info.name || binding.metadata.name;
    if (binding.metadata.name && binding.metadata.name !== name)
      throw badRequest('name in URL does not match name in Binding object');
    if (binding.target?.kind && binding.target.kind !== 'Node')
      throw invalid({ group: '', kind: 'Binding' }, name, [
        {
          field: 'target.kind',
          reason: 'FieldValueNotSupported',
          message: `Unsupported value: "${binding.target.kind}": supported values: "Node", "<empty>"`,
        },
      ]);
    if (!binding.target?.name)
      throw invalid({ group: '', kind: 'Binding' }, name, [required('target.name', '')]);
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
      operation: 'Update',
      createIfAbsent: false,
      change: (pod) => assign(copyJson(pod), binding, rfc3339(server.clock.now())),
    });
    return success();
  };
}

function assign(pod: any, binding: any, now: string): any {
  const { name } = pod.metadata;
  const refuse = (why: string) => conflict({ group: '', resource: 'pods/binding' }, name, why);
  const { uid, resourceVersion } = binding.metadata;
  if (uid && uid !== pod.metadata.uid)
    throw refuse(`Precondition failed: UID in precondition: ${uid}, UID in object meta: ${pod.metadata.uid}`);
  if (resourceVersion && resourceVersion !== pod.metadata.resourceVersion)
    throw refuse(
      `Precondition failed: ResourceVersion in precondition: ${resourceVersion}, ResourceVersion in object meta: ${pod.metadata.resourceVersion}`,
    );
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
