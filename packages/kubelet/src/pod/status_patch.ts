// The difference between two statuses, as a strategic merge patch that leaves what others wrote alone.
import type { PodCondition, PodStatus } from '@kubets/api';
import { isKubeletCondition } from './status/conditions.ts';

/** Fields that other components write. */
const foreign = new Set([
  'nominatedNodeName',
  'resourceClaimStatuses',
  'extendedResourceClaimStatus',
  'nodeAllocatableResourceClaimStatuses',
  'resize',
]);

/** Lists with a merge key need telling that they replace what is there. */
const mergeLists = new Set(['podIPs']);

/** Undefined when there is nothing to change. */
export function statusPatch(from: PodStatus, to: PodStatus): Record<string, unknown> | undefined {
  const patch: Record<string, unknown> = {};
  const keys = new Set([...Object.keys(from), ...Object.keys(to)]) as Set<keyof PodStatus>;
  for (const key of keys) {
    if (foreign.has(key) || key === 'conditions' || sameValue(from[key], to[key])) continue;
    const value = to[key];
    if (value === undefined) patch[key] = null;
    else patch[key] = mergeLists.has(key) ? [...(value as object[]), { $patch: 'replace' }] : value;
  }
  const conditions = conditionsPatch(from.conditions ?? [], to.conditions ?? []);
  if (conditions.length > 0) patch['conditions'] = conditions;
  return Object.keys(patch).length > 0 ? patch : undefined;
}

function conditionsPatch(from: readonly PodCondition[], to: readonly PodCondition[]): object[] {
  const before = new Map(from.map((condition) => [condition.type, condition]));
  const after = new Set(to.map(({ type }) => type));
  const changed = to.filter(
    (condition) =>
      (isKubeletCondition(condition.type) || !before.has(condition.type)) &&
      !sameValue(before.get(condition.type), condition),
  );
  const patch: object[] = changed.map((condition) => {
    const old = before.get(condition.type);
    // A merge keeps what the patch does not name.
    const cleared = Object.fromEntries(Object.keys(old ?? {}).map((key) => [key, null]));
    return { ...cleared, ...condition };
  });
  for (const { type } of from)
    if (isKubeletCondition(type) && !after.has(type)) patch.push({ $patch: 'delete', type });
  return patch;
}

/** Equal as JSON, where absent, empty, zero and false are one: servers leave such fields out. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b || (isEmpty(a) && isEmpty(b))) return true;
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
  if (typeof a !== 'object' || typeof b !== 'object' || !a || !b) return false;
  if (Array.isArray(a) || Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  return [...new Set([...Object.keys(left), ...Object.keys(right)])].every((key) =>
    sameValue(left[key], right[key]),
  );
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === '' || value === 0 || value === false) return true;
  return typeof value === 'object' && Object.values(value as object).every(isEmpty);
}
