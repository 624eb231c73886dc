// Subresources that show a part of the object: status and the like in the object's own kind, scale in another.
import {
  badRequest,
  conflict,
  invalid,
  type KubeObject,
  managersOfScale,
  managersOfWorkload,
  typeOfKind,
} from '@kubets/api';
import type { Subresource } from '@kubets/resources';
import type { Call, Endpoint } from '../call.ts';
import { decodeBody } from '../decode/body.ts';
import { copyJson } from '../decode/copy_json.ts';
import { writeOptions } from '../decode/write_options.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { objectAnswer } from './answer.ts';
import { changeObject } from './change.ts';
import { checkPatchedName } from './decode_patched.ts';
import { getEndpoint, getStored } from './get.ts';
import { applied, patchEndpoint, patched, patchForce } from './patch.ts';
import { patchForm, readPatch } from './read_patch.ts';
import { type TrackedWrite, trackWrite } from './track_fields.ts';
import { updateEndpoint } from './update.ts';

export function partEndpoints(
  server: ServerContext,
  target: Target,
  subresource: Subresource<any>,
): Readonly<Record<string, Endpoint>> {
  const shown = subresource.withoutTable ? { ...target, columns: undefined } : target;
  const makers: Record<string, () => Endpoint> = subresource.read
    ? {
        get: () => readEndpoint(server, target, subresource),
        update: () => writeEndpoint(server, target, subresource),
        patch: () => patchPartEndpoint(server, target, subresource),
      }
    : {
        get: () => getEndpoint(server, shown),
        update: () => updateEndpoint(server, shown, subresource),
        patch: () => patchEndpoint(server, shown, subresource),
      };
  const endpoints: Record<string, Endpoint> = {};
  for (const verb of subresource.verbs) {
    const make = makers[verb];
    if (make) endpoints[verb] = make();
  }
  return endpoints;
}

function readEndpoint(server: ServerContext, target: Target, subresource: Subresource<any>): Endpoint {
  return async (call) => {
    const stored = await getStored(server, target, call);
    return objectAnswer(subresource.read!(stored.object), 200, subresource.columns);
  };
}

function writeEndpoint(server: ServerContext, target: Target, subresource: Subresource<any>): Endpoint {
  const part = partTarget(target, subresource);
  return async (call) => {
    const options = writeOptions(call, 'UpdateOptions');
    const given = decodeBody(call, part, options.fieldValidation);
    checkPatchedName(given.metadata.name, call.info.name);
    checkNamespace(call, given);
    const write = { target: part, call, options, subresource };
    return change(server, target, write, (old) => trackWrite(server, write, old, given));
  };
}

function patchPartEndpoint(server: ServerContext, target: Target, subresource: Subresource<any>): Endpoint {
  const part = partTarget(target, subresource);
  return async (call) => {
    const form = patchForm(call);
    const options = writeOptions(call, 'PatchOptions');
    const force = patchForce(call, form, options);
    const read = readPatch(call, form, options.fieldValidation);
    const write = { target: part, call, options, subresource };
    return change(server, target, write, (old) => {
      const next =
        form === 'apply'
          ? applied(server, write, force, read, old)
          : patched(part, form, read, old, options, call);
      checkNamespace(call, next);
      checkPatchedName(next.metadata?.name, call.info.name);
      return form === 'apply' ? next : trackWrite(server, write, old, next);
    });
  };
}

/**
 * The subresource's kind as the target of a write. What is tracked of it is the part's alone: the object has
 * other rules, and other versions.
 */
function partTarget(target: Target, { kind }: Subresource<any>): Target {
  const { group, version, kind: name } = kind!;
  const type = typeOfKind(group, version, name)!;
  return {
    ...target,
    resource: { ...target.resource, type, otherVersions: [], subresources: [] },
    group,
    version,
    apiVersion: `${group}/${version}`,
    kind: name,
    groupKind: { group, kind: name },
    type,
    conversion: undefined,
  };
}

/** `next` is made of the part with the managers that its fields have in the object. */
async function change(
  server: ServerContext,
  target: Target,
  write: TrackedWrite & { subresource: Subresource<any> },
  next: (part: any) => any,
) {
  const { call, options, subresource } = write;
  const { stored } = await changeObject(server, {
    target,
    call,
    options,
    subresource,
    operation: 'Apply',
    createIfAbsent: false,
    change(old) {
      const before: any = subresource.read!(old!);
      const own = old!.metadata.managedFields;
      const managedFields = managersOfScale(own, target.apiVersion);
      const part = next({ ...before, metadata: { ...before.metadata, managedFields } });
      const errors = subresource.validatePart?.(part) ?? [];
      if (errors.length) throw invalid(write.target.groupKind, call.info.name, errors);
      // An update's is checked with its revision, a patch's where it is made.
      if (call.info.verb === 'patch') checkUid(target, subresource, old!, part.metadata?.uid);
      const written = subresource.write!(copyJson(old), copyJson(part));
      const managers = managersOfWorkload(own, part.metadata?.managedFields, target.apiVersion);
      return {
        ...written,
        metadata: {
          ...written.metadata,
          managedFields: managers,
          uid: part.metadata?.uid || old!.metadata.uid,
          resourceVersion: part.metadata?.resourceVersion,
        },
      };
    },
  });
  return objectAnswer(subresource.read!(stored.object), 200, subresource.columns);
}

function checkUid(target: Target, subresource: Subresource<any>, old: KubeObject, uid: string | undefined) {
  const actual = old.metadata.uid;
  if (!uid || uid === actual) return;
  const { group, resource } = target.groupResource;
  throw conflict(
    { group, resource: `${resource}/${subresource.name}` },
    old.metadata.name,
    `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${actual}`,
  );
}

function checkNamespace(call: Call, given: any): void {
  const { namespace } = given.metadata ?? {};
  if (namespace && namespace !== call.info.namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}
