import type { KubeObject } from '@kubets/api';
import { type JsonHead, sameValue } from '../cache/stored_entry.ts';
import type { Stored } from '../request.ts';

/** True when writing `next`, encoded as `value`, would change nothing of what is stored. */
export function isUnchanged(head: JsonHead, current: Stored, next: KubeObject, value: Uint8Array): boolean {
  if (sameValue(head, current, value)) return true;
  // Equal objects with keys in another order have bytes of the same length.
  const stored = current.json.length - `"resourceVersion":"${current.revision}",`.length;
  return value.length === stored && sameJson(withoutRevision(next), withoutRevision(current.object));
}

function withoutRevision(object: KubeObject): object {
  const { resourceVersion: _revision, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** Deep equality of JSON values; the order of keys doesn't count. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && sameJson((a as any)[key], (b as any)[key]));
}
