import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicPatch,
  badRequest,
  conflict,
  DecodeProblem,
  type FieldError,
  forbiddenField,
  invalid,
  invalidValue,
  type KubeObject,
  readObject,
  required,
} from '@kubets/api';
import type { Subresource } from '@kubets/resources';
import type { Call, Endpoint } from '../call.ts';
import { copyJson } from '../decode/copy_json.ts';
import { keepEmpties } from '../decode/without_empties.ts';
import { type WriteOptions, writeOptions } from '../decode/write_options.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { storedAnswer } from './answer.ts';
import { changeObject } from './change.ts';
import { checkNamespace } from './create.ts';
import { checkPatchedName, decodePatched, ofMaps } from './decode_patched.ts';
import { unexplained } from './get.ts';
import { type PatchForm, patchForm, type ReadPatch, readPatch } from './read_patch.ts';
import { applyWrite, asStored } from './track_fields.ts';

/** PATCH of a resource, or of a subresource that has the resource's own kind. */
export function patchEndpoint(
  server: ServerContext,
  target: Target,
  subresource?: Subresource<any>,
): Endpoint {
  return async (call) => {
    const form = patchForm(call);
    const options = writeOptions(call, 'PatchOptions');
    const force = patchForce(call, form, options);
    const read = readPatch(call, form, options.fieldValidation);
    const change = (old: KubeObject | undefined): KubeObject => {
      const view = old && asVersion(target, old);
      const object =
        form === 'apply'
          ? applied(server, { target, call, options, subresource }, force, read, view)
          : patched(target, form, read, view!, options, call);
      checkUid(target, call, object, old);
      checkNamespace(target, object, target.namespaced ? call.info.namespace : '');
      checkPatchedName(object.metadata.name, call.info.name);
      const own = copyJson(object) as KubeObject;
      return target.conversion ? target.conversion.toStored(own) : own;
    };
    const { stored, created } = await changeObject(server, {
      target,
      call,
      options,
      subresource,
      operation: form === 'apply' ? 'Apply' : 'Update',
      createIfAbsent: form === 'apply' && !subresource && target.resource.verbs.includes('create'),
      change,
    });
    return storedAnswer(target, stored, created ? 201 : 200);
  };
}

/** @throws ApiError 422 for options that the form of the patch needs or doesn't know */
export function patchForce(call: Call, form: PatchForm, options: WriteOptions): boolean {
  const errors: FieldError[] = [];
  const force = call.request.query.get('force');
  if (form === 'apply') {
    if (!options.fieldManager) errors.push(required('fieldManager', 'is required for apply patch'));
  } else if (force !== null) errors.push(forbiddenField('force', 'may not be specified for non-apply patch'));
  if (errors.length) throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', errors);
  // As upstream reads a boolean of a query.
  return force !== null && force !== '0' && force.toLowerCase() !== 'false';
}

/** `old` with the patch in it, as its form works; nothing is checked. */
export function applyPatch(form: Exclude<PatchForm, 'apply'>, patch: any, old: object, type: string): any {
  if (form === 'json') return applyJsonPatch(old, patch);
  return form === 'merge' ? applyMergePatch(old, patch) : applyStrategicPatch(old, patch, type);
}

function asVersion(target: Target, old: KubeObject): object {
  const object = target.conversion ? target.conversion.fromStored(structuredClone(old)) : old;
  return asStored(target.type, object);
}

/** `old` patched and read again. */
export function patched(
  target: Target,
  form: Exclude<PatchForm, 'apply'>,
  read: ReadPatch,
  old: object,
  options: WriteOptions,
  call: Call,
): any {
  const next = applyPatch(form, read.patch, old, target.type);
  const object = decodePatched({
    expected: target,
    form,
    read,
    next,
    old,
    validation: options.fieldValidation,
    call,
  });
  return object.metadata ? object : { ...object, metadata: {} };
}

/** `live` with the configuration merged in. */
export function applied(
  server: ServerContext,
  write: Parameters<typeof applyWrite>[1],
  force: boolean,
  { patch, problems }: ReadPatch,
  live: object | undefined,
): any {
  const { target, call, options } = write;
  const next = applyWrite(server, write, live, patch, force);
  if (problems.length && options.fieldValidation === 'Strict')
    throw badRequest(
      `error strict decoding YAML: error converting YAML to JSON: yaml: unmarshal errors:\n${problems.map((text) => `  ${text}`).join('\n')}`,
    );
  if (options.fieldValidation === 'Warn') call.warnings.push(...problems);
  const { object, empties } = readApplied(target, next, patch);
  if (empties) call.empties = true;
  return object.metadata ? object : { ...object, metadata: {} };
}

// Upstream makes its struct of the merged maps after everything else: what does not fit is its own failure.
function readApplied(target: Target, next: any, patch: any) {
  try {
    return readObject<any>(next, target.type, 'maps', keepEmpties);
  } catch (error) {
    if (!(error instanceof DecodeProblem)) throw error;
    const { namespace = '', name = '' } = patch.metadata ?? {};
    const kind = `${target.group}/${target.version}, Kind=${target.kind}`;
    throw unexplained(
      `failed to convert new object (${namespace}/${name}; ${kind}) to proper version: unable to convert unstructured object to ${kind}: ${ofMaps(error.message)}`,
    );
  }
}

// An update with another uid is in conflict with what is there; a patch would change what can't change.
function checkUid(target: Target, call: Call, next: any, old: KubeObject | undefined): void {
  const { uid } = next.metadata;
  if (!uid || uid === old?.metadata.uid) return;
  if (!old)
    throw conflict(
      target.groupResource,
      call.info.name,
      `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`,
    );
  const error = invalidValue('metadata.uid', uid, 'field is immutable');
  // Upstream checks metadata with the kind, and once more.
  throw invalid(target.groupKind, call.info.name, [error, error]);
}
