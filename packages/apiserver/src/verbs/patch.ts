import {
  applyConfiguration,
  applyJsonPatch,
  applyMergePatch,
  applyStrategicPatch,
  badRequest,
  decodeJson,
  decodeUtf8,
  type FieldError,
  findDuplicateFields,
  forbiddenField,
  invalid,
  type KubeObject,
  parseYaml,
  pruneUnknownFields,
  required,
  unsupportedMediaType,
} from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import type { Subresource } from '@kubets/resources';
import type { Call, Endpoint } from '../call.ts';
import { mediaTypeOf, reportStrictness } from '../decode/body.ts';
import { copyJson } from '../decode/copy_json.ts';
import { type WriteOptions, writeOptions } from '../decode/write_options.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { storedAnswer } from './answer.ts';
import { changeObject } from './change.ts';
import { checkNamespace } from './create.ts';

export const patchMediaTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const;

type PatchForm = keyof typeof patchMediaTypes;

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
    const { patch, problems } = readPatch(call, form);
    const change = (old: KubeObject | undefined): KubeObject => {
      const view = old && asVersion(target, old);
      const next =
        form === 'apply'
          ? applied(server, target, call, options, subresource, force, patch, view)
          : patched(target, form, patch, view!);
      checkIdentity(target, call, next);
      const { object, unknown } = pruneUnknownFields(next, target.type);
      reportStrictness(target, [...problems, ...unknown], options.fieldValidation, call);
      checkNamespace(target, object, target.namespaced ? call.info.namespace : '');
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

function patchForm(call: Call): PatchForm {
  const mediaType = mediaTypeOf(call.request.headers['content-type']);
  for (const form of Object.keys(patchMediaTypes) as PatchForm[])
    if (patchMediaTypes[form] === mediaType) return form;
  throw unsupportedMediaType(
    `the body of the request was in an unknown format - accepted media types include: ${Object.values(patchMediaTypes).join(', ')}`,
  );
}

function patchForce(call: Call, form: PatchForm, options: WriteOptions): boolean {
  const errors: FieldError[] = [];
  const force = call.request.query.get('force');
  if (form === 'apply') {
    if (!options.fieldManager) errors.push(required('fieldManager', 'is required for apply patch'));
  } else if (force !== null) errors.push(forbiddenField('force', 'may not be specified for non-apply patch'));
  if (errors.length) throw invalid({ group: 'meta.k8s.io', kind: 'PatchOptions' }, '', errors);
  return force === 'true' || force === '1';
}

function readPatch(call: Call, form: PatchForm): { patch: any; problems: readonly string[] } {
  const { body } = call.request;
  if (body === undefined) throw badRequest('the patch is empty');
  if (!(body instanceof Uint8Array)) return { patch: copyPatch(body), problems: [] };
  if (form === 'apply') {
    const text = decodeUtf8(body);
    // kubectl sends JSON, which is YAML too.
    const problems = text.trimStart().startsWith('{') ? findDuplicateFields(body) : [];
    return { patch: parseYaml(text), problems };
  }
  const problems = form === 'json' ? [] : findDuplicateFields(body);
  return { patch: decodeJson(body), problems };
}

// In a patch null means something, so this copy keeps it.
function copyPatch(patch: object): any {
  return JSON.parse(JSON.stringify(patch));
}

function asVersion(target: Target, old: KubeObject): object {
  return target.conversion ? target.conversion.fromStored(structuredClone(old)) : old;
}

function patched(target: Target, form: PatchForm, patch: any, old: object): any {
  if (form === 'json') return applyJsonPatch(old, patch);
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch))
    throw badRequest('the patch must be an object');
  if (form === 'merge') return applyMergePatch(old, patch);
  return applyStrategicPatch(old, patch, target.type);
}

function applied(
  server: ServerContext,
  target: Target,
  call: Call,
  options: WriteOptions,
  subresource: Subresource<any> | undefined,
  force: boolean,
  patch: any,
  live: object | undefined,
): any {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch))
    throw badRequest('error decoding YAML: the applied configuration must be an object');
  if (patch.apiVersion !== target.apiVersion || patch.kind !== target.kind)
    throw badRequest(
      `incorrect type specified: the applied configuration is a ${patch.apiVersion}, Kind=${patch.kind}, the resource is ${target.apiVersion}, Kind=${target.kind}`,
    );
  if (patch.metadata?.managedFields?.length) throw badRequest('metadata.managedFields must be nil');
  const configuration = {
    ...patch,
    metadata: { ...patch.metadata, name: patch.metadata?.name ?? call.info.name },
  };
  return applyConfiguration({
    live,
    applied: configuration,
    manager: options.fieldManager,
    force,
    type: target.type,
    subresource: subresource?.name ?? '',
    apiVersion: target.apiVersion,
    time: rfc3339(server.clock.now()),
  });
}

function checkIdentity(target: Target, call: Call, next: any): void {
  const meta = next?.metadata;
  if (typeof meta !== 'object' || meta === null) throw badRequest('the patch removes metadata');
  if (meta.name !== undefined && meta.name !== call.info.name)
    throw badRequest(
      `the name of the object (${meta.name}) does not match the name on the URL (${call.info.name})`,
    );
  meta.name ??= call.info.name;
  next.apiVersion ??= target.apiVersion;
  next.kind ??= target.kind;
  if (next.apiVersion !== target.apiVersion || next.kind !== target.kind)
    throw badRequest(
      `the API version in the data (${next.apiVersion}) does not match the expected API version (${target.apiVersion})`,
    );
}
