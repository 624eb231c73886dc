// Server-side apply (KEP-555): merges what an applier wants into an object, and keeps book of who owns what.

import { deepEqual } from '../deep_equal.ts';
import type { ApiError } from '../errors/api_error.ts';
import { statusError } from '../errors/api_error.ts';
import { badRequest } from '../errors/make_error.ts';
import { resolveType, sameInAllVersions, type VersionedValue, type Versions } from './apply_versions.ts';
import { type ApplyConflict, conflictError } from './conflict.ts';
import { hasPath, isEmptySet, recursiveDifference } from './field_set.ts';
import { lastAppliedSet, withLastApplied } from './last_applied.ts';
import { type ManagerInfo, type Managers, managerId, readManagers } from './managers.ts';
import { mergeValues } from './merge_values.ts';
import { OwnedFields } from './owned_fields.ts';
import { pruneMerged } from './prune_merged.ts';
import {
  emptyOf,
  ignoredFields,
  type ManagerContext,
  ownable,
  trackUpdate,
  withManagedFields,
  withoutManagedFields,
} from './track_managed_fields.ts';
import { reconcileManagers, updateManagers } from './update_managers.ts';
import { joinProblems, validateValue } from './validate_value.ts';
import { ItemProblem } from './value_form.ts';
import { valueToSet } from './value_to_set.ts';

export interface ApplyRequest extends ManagerContext {
  /** Of the objects of the path; absent: what the live object says. */
  kind?: string;
  /** Undefined for an object that the apply creates. */
  live: object | undefined;
  /** The configuration as the applier sent it, not completed in any way. */
  applied: object;
  /** Takes fields that others own instead of refusing. */
  force?: boolean;
}

/**
 * The object with the configuration merged in and managedFields brought up to date: fields that the manager
 * applied before and leaves out now are gone, unless others own them. Equal to `live` when nothing changes.
 * Defaults and the completion of structs are the caller's. Throws ApiError 409 for conflicts, 400 and 500 (as
 * upstream) for a configuration that isn't one. Arguments are not changed.
 */
export function applyConfiguration<T = any>(request: ApplyRequest): T {
  const applied = request.applied as Fields;
  const live = (request.live ?? emptyOf(request)) as Fields;
  checkRequest(request, live, applied);
  let managers: Managers;
  try {
    managers = readManagers(live['metadata']?.managedFields);
  } catch (error) {
    throw failure(`failed to decode managed fields: ${(error as Error).message}`);
  }
  try {
    const result = applyForManager(request, live, applied, managers);
    const annotated = request.manager === 'kubectl' ? withLastApplied(result, applied) : result;
    return annotated as T;
  } catch (error) {
    if (error instanceof ItemProblem) {
      throw failure(`failed to create typed live object (${describe(request, live)}): ${error.message}`);
    }
    throw error;
  }
}

type Fields = Record<string, any>;

function applyForManager(request: ApplyRequest, live: Fields, applied: Fields, managers: Managers): Fields {
  const outcome = merge(request, live, applied, new Map(managers), request.force ?? false);
  if (!outcome.conflicts.length) return outcome.result!;
  // Whoever comes from client-side apply need not force what its annotation says it applied before.
  const allowed = request.manager === 'kubectl' ? lastAppliedSet(live, request) : undefined;
  if (!allowed) throw conflictError(outcome.conflicts);
  const rest = outcome.conflicts.filter(({ path }) => !hasPath(allowed, path));
  if (rest.length) throw conflictError(rest);
  return merge(request, live, applied, new Map(managers), true).result!;
}

function merge(
  request: ApplyRequest,
  live: Fields,
  applied: Fields,
  managers: Managers,
  force: boolean,
): { result?: Fields; conflicts: ApplyConflict[] } {
  const { apiVersion, subresource = '', time } = request;
  const type = resolveType(request.type);
  const versions: Versions = request.versions ?? sameInAllVersions(type);
  const ignored = ignoredFields(request);
  const plainLive = withoutManagedFields(live);
  // What was there before anybody applied belongs to somebody, too: it must not be lost without a conflict.
  if (!managers.size) trackUpdate(managers, undefined, plainLive, request, 'before-first-apply');
  const before: VersionedValue = { value: plainLive, type, apiVersion };
  reconcileManagers(managers, before, versions);

  const info: ManagerInfo = {
    manager: request.manager || 'unknown',
    operation: 'Apply',
    apiVersion,
    subresource,
  };
  const id = managerId(info);
  const last = managers.get(id);
  // With what nobody owns, too: pruning must not take the name away that the configuration has.
  const configured = recursiveDifference(valueToSet(type, applied), ignored);
  managers.set(id, { ...info, owned: OwnedFields.ofSet(configured), time: last?.time });
  const merged: VersionedValue = { ...before, value: mergeValues(type, plainLive, applied) as Fields };
  const after = pruneMerged({ merged, last, managers, versions });
  const structs = typeof request.type === 'string' ? 'old' : 'none';
  const { conflicts } = updateManagers({
    before,
    after,
    versions,
    managers,
    by: id,
    force,
    ignored,
    structs,
  });
  if (conflicts.length) return { conflicts };

  const managed = managers.get(id);
  const set = managed && ownable(managed.owned.set, ignored);
  const changed = !deepEqual(after.value, plainLive);
  if (!set || isEmptySet(set)) managers.delete(id);
  else managers.set(id, { ...managed, owned: OwnedFields.ofSet(set), time: changed ? time : managed.time });
  return { result: withManagedFields(changed ? after.value : plainLive, managers), conflicts: [] };
}

function checkRequest(request: ApplyRequest, live: Fields, applied: Fields): void {
  const kind: string | undefined = request.kind ?? live['kind'];
  if (applied['apiVersion'] !== request.apiVersion || (kind ?? applied['kind']) !== applied['kind']) {
    throw badRequest(
      `invalid object type: ${showKind(textOr(applied['apiVersion']), textOr(applied['kind']))}`,
    );
  }
  const managedFields = applied['metadata']?.managedFields;
  if (managedFields !== undefined && managedFields !== null)
    throw badRequest('metadata.managedFields must be nil');
  const problems = validateValue(resolveType(request.type), applied);
  if (problems.length) {
    throw failure(
      `failed to create typed patch object (${describe(request, applied)}): ${joinProblems(problems)}`,
    );
  }
}

function textOr(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

// Upstream answers these with code 500 and no reason.
function failure(message: string): ApiError {
  return statusError(500, '', message);
}

function describe(request: ApplyRequest, object: Fields): string {
  const { namespace, name } = object['metadata'] ?? {};
  return `${textOr(namespace)}/${textOr(name)}; ${showKind(request.apiVersion, object['kind'] ?? '')}`;
}

// As Go prints a GroupVersionKind: `apps/v1, Kind=Deployment`, `/v1, Kind=Pod`.
function showKind(apiVersion: string, kind: string): string {
  return `${apiVersion.includes('/') || !apiVersion ? apiVersion || '/' : `/${apiVersion}`}, Kind=${kind}`;
}
