// Every change of an object that exists: updates, patches and the subresources that write go through here.
import { conflict, goQuote, invalid, isAlreadyExists, type KubeObject, notFound } from '@kubets/api';
import type { Subresource } from '@kubets/resources';
import { encodeValue } from '../cache/stored_entry.ts';
import type { Call } from '../call.ts';
import { withoutEmpties } from '../decode/without_empties.ts';
import type { WriteOptions } from '../decode/write_options.ts';
import { attributesOf, forbiddenError, isAllowed } from '../filters/authorization.ts';
import type { Stored } from '../request.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { admissionRequest, admit, validateAdmission } from './admit.ts';
import { commitDelete, commitObject, uncommitted } from './commit.ts';
import { createObject, dedupeOwners, hookName } from './create.ts';
import { isNewest, revisionOf, unexplained, waitForFreshness } from './get.ts';
import { isUnchanged, sameJson } from './same_object.ts';
import { trackWrite } from './track_fields.ts';
import type { Claim } from './write_hooks.ts';

export interface ChangeRequest {
  target: Target;
  call: Call;
  options: WriteOptions;
  subresource: Subresource<any> | undefined;
  /** `Apply`: the change has already set the managed fields. */
  operation: 'Update' | 'Apply';
  createIfAbsent: boolean;
  /** The caller has asked admission about what the client sent (bindings, evictions). */
  withoutAdmission?: boolean;
  /**
   * The next state in the stored version, private to the caller, from the current one (undefined: to be
   * created). Its resourceVersion says what it was made from; none means whatever is there.
   */
  change(old: KubeObject | undefined): KubeObject | Promise<KubeObject>;
}

export interface ChangeResult {
  stored: Stored;
  created: boolean;
}

const modified =
  'the object has been modified; please apply your changes to the latest version and try again';
/** Lost races after which a caller is told to try again. */
const maxAttempts = 10;

export async function changeObject(server: ServerContext, request: ChangeRequest): Promise<ChangeResult> {
  const { target, call } = request;
  await waitForFreshness(server, '0');
  const { history } = target;
  const key = history.key(call.info.namespace, call.info.name);
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    let current = history.get(key);
    if (!current) {
      // Another server may have created it a moment ago.
      await server.cache.fresh();
      current = history.get(key);
    }
    if (!current) {
      if (!request.createIfAbsent) throw notFound(target.groupResource, call.info.name);
      const stored = await createFrom(server, request);
      if (stored) return { stored, created: true };
      continue;
    }
    let plan: Plan | 'cache is behind';
    try {
      plan = await planChange(server, request, current);
    } catch (error) {
      if (await isNewest(server, target, current)) throw error;
      continue;
    }
    if (plan === 'cache is behind') continue;
    if (plan.stored && !(await isNewest(server, target, current))) continue;
    const stored = plan.stored ?? (await carryOut(server, request, current, plan));
    if (stored) return { stored, created: false };
  }
  throw conflict(target.groupResource, call.info.name, modified);
}

async function createFrom(server: ServerContext, request: ChangeRequest): Promise<Stored | undefined> {
  const { target, call, options } = request;
  // The path was authorized as an update or patch: making something new takes more.
  const attributes = { ...attributesOf(call.user, call.info), verb: 'create' };
  const { allowed, reason } = await isAllowed(server.authorizers, attributes);
  if (!allowed) throw forbiddenError(attributes, reason);
  const object = await request.change(undefined);
  try {
    const asGiven: any = target.conversion ? target.conversion.fromStored(object) : object;
    delete asGiven.metadata.resourceVersion;
    return await createObject(server, target, call, asGiven, options, request.operation === 'Apply');
  } catch (error) {
    // Someone else has made it meanwhile: it is an update after all.
    if (isAlreadyExists(error)) return undefined;
    throw error;
  }
}

async function checkRevision(
  server: ServerContext,
  { target, options }: ChangeRequest,
  current: Stored,
  next: KubeObject,
): Promise<'ok' | 'cache is behind'> {
  const { uid, resourceVersion } = next.metadata;
  const { name } = current.object.metadata;
  // A dry run ends before upstream puts its prefix to the key.
  const shownKey = options.dryRun ? current.key.replace(/^\/registry/, '') : current.key;
  if (uid && uid !== current.object.metadata.uid)
    throw conflict(
      target.groupResource,
      name,
      `StorageError: invalid object, Code: 4, Key: ${shownKey}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: ${uid}, UID in object meta: ${current.object.metadata.uid}`,
    );
  if (resourceVersion) revisionOf(resourceVersion, () => unparsable(resourceVersion));
  if (!resourceVersion || resourceVersion === '0') {
    if (target.resource.allowUnconditionalUpdate !== false) return 'ok';
    // Upstream names the resource here, not the kind.
    throw invalid({ ...target.groupKind, kind: target.groupResource.resource }, name, [
      {
        field: 'metadata.resourceVersion',
        reason: 'FieldValueInvalid',
        message: 'Invalid value: 0: must be specified for an update',
      },
    ]);
  }
  if (resourceVersion === String(current.revision)) return 'ok';
  const wanted = Number(resourceVersion);
  if (wanted > current.revision && wanted > server.cache.revision) {
    // The caller has read from a server that is ahead of this one.
    await server.cache.waitFor(wanted).catch(() => {});
    if (server.cache.revision >= wanted) return 'cache is behind';
  }
  throw conflict(target.groupResource, name, modified);
}

// The parser's own error: no code belongs to it.
function unparsable(resourceVersion: string): Error {
  return unexplained(`strconv.ParseUint: parsing ${goQuote(resourceVersion)}: invalid syntax`);
}

interface Plan {
  /** The answer where nothing is to be written. */
  stored?: Stored;
  next: KubeObject;
  value: Uint8Array;
  claim: Claim | undefined;
}

/** Everything before the commit. @throws ApiError: what `current` doesn't allow */
async function planChange(
  server: ServerContext,
  request: ChangeRequest,
  current: Stored,
): Promise<Plan | 'cache is behind'> {
  const { target, call, options, subresource } = request;
  const { resource, history } = target;
  const old = current.object;
  let next: any = await request.change(old);
  if ((await checkRevision(server, request, current, next)) === 'cache is behind') return 'cache is behind';
  // An update without a revision is one of whatever is there now.
  next.metadata.resourceVersion = String(current.revision);
  resource.defaults?.(next);
  keepSystemFields(next, old);
  keepField(next, old, 'generation');
  if (request.operation === 'Update') next = trackWrite(server, request, old, next);
  dedupeOwners(next, call.warnings);
  const admission = admissionRequest(target, call, {
    operation: 'UPDATE',
    object: next,
    old,
    name: call.info.name,
    subresource: subresource?.name,
    dryRun: options.dryRun,
  });
  const plugins = request.withoutAdmission ? [] : server.admission;
  await admit(plugins, admission);
  next = prepare(server, resource, subresource, admission.object, old);
  keepSystemFields(next, old);
  const hooks = subresource ? undefined : server.writeHooks[hookName(target)];
  const claim = await hooks?.beforeUpdate?.(next, old, options.dryRun);
  try {
    const validate =
      subresource?.validateUpdate ?? target.conversion?.validateUpdate ?? resource.validateUpdate;
    const errors = validate(next, old);
    if (errors.length) throw invalid(resource.id, old.metadata.name, errors);
    if (!subresource) for (const warning of resource.warnings?.(next, old) ?? []) call.warnings.push(warning);
    await validateAdmission(plugins, { ...admission, object: next });
    next = withoutEmpties(call, next, resource.type);
    keepUntouchedTimes(next, old);
    const value = encodeValue(history.head, next);
    const stale = server.isStale?.(current.key, current.revision) === true;
    const stored =
      !stale && isUnchanged(history.head, current, next, value)
        ? current
        : options.dryRun
          ? uncommitted(target, current.key, next, current.revision)
          : undefined;
    if (stored) await claim?.undo();
    return { stored, next, value, claim };
  } catch (error) {
    await claim?.undo();
    throw error;
  }
}

// Undefined: someone else was faster.
async function carryOut(
  server: ServerContext,
  { target }: ChangeRequest,
  current: Stored,
  { next, value, claim }: Plan,
): Promise<Stored | undefined> {
  try {
    const stored = isFinished(target.resource, next, current.object)
      ? await finish(server, target, current, next)
      : await commitObject(server, target, current.key, current.revision, next, value);
    await (stored ? claim?.committed() : claim?.undo());
    return stored;
  } catch (error) {
    await claim?.undo();
    throw error;
  }
}

function prepare(
  server: ServerContext,
  resource: Target['resource'],
  subresource: Subresource<any> | undefined,
  next: any,
  old: any,
): any {
  if (!subresource) {
    resource.prepareUpdate?.(next, old, server);
    return next;
  }
  if (subresource.prepareUpdate) return subresource.prepareUpdate(next, old, server);
  // A subresource without rules of its own changes the part that it is named after.
  return { ...copyOf(old), metadata: next.metadata, [subresource.name]: next[subresource.name] };
}

function copyOf(object: object): object {
  return structuredClone(object);
}

// What no update can change or, once there, take away (apiserver rest.BeforeUpdate). A deletion that only a client
// speaks of stays, to be refused. The generation is the strategy's to raise.
function keepSystemFields(next: KubeObject, old: KubeObject): void {
  for (const field of ['name', 'namespace', 'uid', 'creationTimestamp'] as const) keepField(next, old, field);
  const { deletionTimestamp, deletionGracePeriodSeconds } = old.metadata;
  if (deletionTimestamp) next.metadata.deletionTimestamp = deletionTimestamp;
  if (deletionGracePeriodSeconds !== undefined)
    next.metadata.deletionGracePeriodSeconds ??= deletionGracePeriodSeconds;
}

function keepField(next: KubeObject, old: KubeObject, field: keyof KubeObject['metadata']): void {
  if (old.metadata[field] === undefined) delete next.metadata[field];
  else (next.metadata as object as Record<string, unknown>)[field] = old.metadata[field];
}

// An update that changes nothing but the time of its own note in managedFields is no change (KEP-555).
function keepUntouchedTimes(next: KubeObject, old: KubeObject): void {
  const { managedFields } = next.metadata;
  const before = old.metadata.managedFields;
  if (!managedFields || !before || managedFields.length !== before.length) return;
  const same = (a: object, b: object) => sameJson({ ...a, time: '' }, { ...b, time: '' });
  if (!managedFields.every((entry, i) => same(entry, before[i]!))) return;
  const { managedFields: _a, resourceVersion: _b, ...metaNext } = next.metadata;
  const { managedFields: _c, resourceVersion: _d, ...metaOld } = old.metadata;
  if (!sameJson({ ...next, metadata: metaNext }, { ...old, metadata: metaOld })) return;
  next.metadata.managedFields = before;
}

// The last finalizer of an object that waits to be deleted is gone: the update is the delete.
function isFinished(resource: Target['resource'], next: any, old: KubeObject): boolean {
  const { deletionTimestamp, deletionGracePeriodSeconds } = old.metadata;
  if (!deletionTimestamp || (deletionGracePeriodSeconds ?? 0) > 0) return false;
  if (resource.id.resource === 'namespaces' && next.spec?.finalizers?.length) return false;
  return !next.metadata.finalizers?.length;
}

async function finish(
  server: ServerContext,
  target: Target,
  current: Stored,
  next: KubeObject,
): Promise<Stored | undefined> {
  const revision = await commitDelete(server, current);
  if (revision === undefined) return undefined;
  await server.writeHooks[hookName(target)]?.afterDelete?.(current.object);
  return uncommitted(target, current.key, next, revision);
}
