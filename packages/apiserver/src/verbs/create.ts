import {
  badRequest,
  generateNameConflict,
  invalid,
  type KubeObject,
  notFound,
  statusError,
} from '@kubets/api';
import { nameSuffix, rfc3339 } from '@kubets/base';
import type { Call, Endpoint } from '../call.ts';
import { decodeBody } from '../decode/body.ts';
import { copyJson } from '../decode/copy_json.ts';
import { keepEmpties, withoutEmpties } from '../decode/without_empties.ts';
import { type WriteOptions, writeOptions } from '../decode/write_options.ts';
import type { Stored } from '../request.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { admissionRequest, admit, validateAdmission } from './admit.ts';
import { storedAnswer } from './answer.ts';
import { commitObject, exists, uncommitted } from './commit.ts';
import { trackWrite } from './track_fields.ts';

/** Names tried for `generateName` before giving up (KEP-4420). */
const maxNames = 8;
/** Longest prefix kept, so that prefix and suffix fit a DNS label (apiserver names.SimpleNameGenerator). */
const maxGeneratedPrefix = 63 - 5;

export function createEndpoint(server: ServerContext, target: Target): Endpoint {
  return async (call) => {
    const options = writeOptions(call, 'CreateOptions');
    const object = decodeBody(call, target, options.fieldValidation, keepEmpties);
    const stored = await createObject(server, target, call, object, options);
    return storedAnswer(target, stored, 201);
  };
}

/** Creates `object`, given in the version of `target` and given away. */
export async function createObject(
  server: ServerContext,
  target: Target,
  call: Call,
  given: any,
  options: WriteOptions,
  /** For an apply that creates: the managed fields are already in the object. */
  applied = false,
): Promise<Stored> {
  const { resource } = target;
  checkNamespace(target, given, call.info.namespace);
  const { resourceVersion } = given.metadata;
  fillSystemFields(server, given);
  let object: any = target.conversion ? target.conversion.toStored(given) : given;
  resource.defaults?.(object);
  if (!applied) object = trackWrite(server, { target, call, options }, undefined, object);
  dedupeOwners(object, call.warnings);
  const admission = admissionRequest(target, call, {
    operation: 'CREATE',
    object,
    old: undefined,
    name: object.metadata.name ?? '',
    dryRun: options.dryRun,
  });
  await admit(server.admission, admission);
  const generates = !admission.object.metadata.name && admission.object.metadata.generateName;
  for (let attempt = 1; ; attempt++) {
    // A retry starts again from the admitted object: only the name is new.
    const candidate = generates ? copyJson(admission.object) : admission.object;
    const stored = await createOnce(
      server,
      target,
      call,
      { ...admission, object: candidate },
      options,
      resourceVersion,
    );
    if (stored) return stored;
    const { namespace, name } = candidate.metadata;
    if (!generates) throw exists(target, namespace, name);
    if (attempt === maxNames) throw generateNameConflict(target.groupResource, name, 1);
  }
}

// Undefined: the name is taken.
async function createOnce(
  server: ServerContext,
  target: Target,
  call: Call,
  admission: ReturnType<typeof admissionRequest>,
  options: WriteOptions,
  /** As given: what the store refuses, and a dry run says back. */
  resourceVersion: string | undefined,
): Promise<Stored | undefined> {
  const { resource, history } = target;
  const { object } = admission;
  const meta = object.metadata;
  if (!meta.name && meta.generateName)
    meta.name = meta.generateName.slice(0, maxGeneratedPrefix) + nameSuffix(server.random);
  const hooks = server.writeHooks[hookName(target)];
  const claim = await hooks?.beforeCreate?.(object, options.dryRun);
  try {
    const { user, warn } = admission;
    resource.prepareCreate?.(object, { clock: server.clock, random: server.random, user, warn });
    const errors = (target.conversion?.validateCreate ?? resource.validateCreate)(object);
    // The kind is named by its stored version, through whichever the request came.
    if (errors.length) throw invalid(resource.id, meta.name ?? '', errors);
    for (const warning of resource.warnings?.(object) ?? []) admission.warn(warning);
    await validateAdmission(server.admission, { ...admission, name: meta.name });
    const key = history.key(meta.namespace, meta.name);
    const kept = withoutEmpties(call, object, resource.type);
    if (options.dryRun) {
      await claim?.undo();
      if (history.get(key)) return undefined;
      return uncommitted(target, key, kept, 0, resourceVersion);
    }
    // What is no number counts as none.
    if (/^\d+$/.test(resourceVersion ?? '') && Number(resourceVersion) > 0)
      throw statusError(500, '', 'resourceVersion should not be set on objects to be created');
    const stored = await commitObject(server, target, key, 'absent', kept);
    await (stored ? claim?.committed() : claim?.undo());
    return stored;
  } catch (error) {
    await claim?.undo();
    throw error;
  }
}

export function hookName(target: Target): string {
  const { group, resource } = target.resource.id;
  return `${group}/${resource}`;
}

/** @throws ApiError 400 when the body says another namespace than the path. */
export function checkNamespace(target: Target, object: any, namespace: string): void {
  const meta = object.metadata;
  if (!target.namespaced) {
    delete meta.namespace;
    return;
  }
  if (!namespace) throw notFound(target.groupResource, meta.name ?? '');
  if (!meta.namespace) meta.namespace = namespace;
  else if (meta.namespace !== namespace)
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
}

// Only the server says when an object came into being and which one it is.
function fillSystemFields(server: ServerContext, object: KubeObject): void {
  const { metadata } = object;
  for (const field of ['deletionTimestamp', 'deletionGracePeriodSeconds', 'selfLink', 'resourceVersion'])
    delete (metadata as object as Record<string, unknown>)[field];
  metadata.uid = server.random.uuid();
  metadata.creationTimestamp = rfc3339(server.clock.now());
}

/** Equal owner references are kept once (apiserver: dedupOwnerReferences). */
export function dedupeOwners(object: KubeObject, warnings: string[]): void {
  const owners = object.metadata.ownerReferences;
  if (!owners || owners.length < 2) return;
  const seen = new Set<string>();
  const repeated = new Set<string>();
  const kept = owners.filter((owner) => {
    const text = JSON.stringify(owner);
    if (!seen.has(text)) return seen.add(text);
    repeated.add(owner.uid);
    return false;
  });
  if (kept.length === owners.length) return;
  object.metadata.ownerReferences = kept;
  warnings.push(
    `.metadata.ownerReferences contains duplicate entries; API server dedups owner references in 1.20+, and may reject such requests as early as 1.24; please fix your requests; duplicate UID(s) observed: ${[...repeated].join(', ')}`,
  );
}
