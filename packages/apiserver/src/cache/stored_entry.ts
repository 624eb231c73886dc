// One revision of one object. Values in the store have no resourceVersion; it is spliced into the kept bytes once.
import type { KubeObject } from '@kubets/api';
import type { Stored } from '../request.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** How stored JSON of a kind begins. The fixed length is what makes splicing a copy and list items a subarray. */
export interface JsonHead {
  readonly apiVersion: string;
  readonly kind: string;
  /** `{"kind":"Pod","apiVersion":"v1","metadata":{` */
  readonly bytes: Uint8Array;
  /** Length of `{"kind":"Pod","apiVersion":"v1",`: what an item of a typed list does not repeat. */
  readonly typeLength: number;
}

export function jsonHead(apiVersion: string, kind: string): JsonHead {
  const type = `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`;
  return { apiVersion, kind, bytes: encoder.encode(type + '"metadata":{'), typeLength: type.length };
}

/** The bytes to commit: canonical JSON with the head in front and without resourceVersion. */
export function encodeValue(head: JsonHead, object: KubeObject): Uint8Array {
  const { kind: _kind, apiVersion: _apiVersion, metadata, ...rest } = object;
  const { resourceVersion: _revision, ...meta } = metadata;
  return encoder.encode(
    JSON.stringify({ kind: head.kind, apiVersion: head.apiVersion, metadata: meta, ...rest }),
  );
}

/** `object` with `revision` as its resourceVersion, sharing everything else. */
export function withRevision<T extends KubeObject>(object: T, revision: number): T {
  const { resourceVersion: _old, ...meta } = object.metadata;
  return { ...object, metadata: { resourceVersion: String(revision), ...meta } };
}

export class StoredEntry<T extends KubeObject = KubeObject> implements Stored<T> {
  readonly key: string;
  readonly revision: number;
  readonly json: Uint8Array;
  #object: T | undefined;

  constructor(key: string, revision: number, json: Uint8Array, object?: T) {
    this.key = key;
    this.revision = revision;
    this.json = json;
    this.#object = object;
  }

  get object(): T {
    return (this.#object ??= JSON.parse(decoder.decode(this.json)) as T);
  }

  /** True once the object has been parsed (or was given): reading it costs nothing. */
  get parsed(): boolean {
    return this.#object !== undefined;
  }
}

const commaBytes = encoder.encode(',');

/** Keeps `value` of the store as an entry of `revision`. `object`, where the writer has it, spares the parse. */
export function storedOf(
  head: JsonHead,
  key: string,
  revision: number,
  value: Uint8Array,
  object?: KubeObject,
): StoredEntry {
  if (!startsWith(value, head.bytes)) return foreignStoredOf(head, key, revision, value);
  const field = revisionField(revision);
  const at = head.bytes.length;
  const empty = value[at] === 0x7d; // `}`: metadata without a field
  const comma = empty ? 0 : commaBytes.length;
  const json = new Uint8Array(value.length + field.length + comma);
  json.set(head.bytes, 0);
  json.set(field, at);
  if (comma) json[at + field.length] = commaBytes[0]!;
  json.set(value.subarray(at), at + field.length + comma);
  return new StoredEntry(key, revision, json, object && withRevision(object, revision));
}

/** The same object under another revision: what a DELETED event carries is the last state at the revision of the delete. */
export function restamp(head: JsonHead, stored: Stored, revision: number): StoredEntry {
  const object = stored instanceof StoredEntry && stored.parsed ? stored.object : undefined;
  return storedOf(head, stored.key, revision, storedValue(head, stored), object);
}

/** The bytes that the store holds for `stored`. */
export function storedValue(head: JsonHead, stored: Stored): Uint8Array {
  const at = head.bytes.length;
  let skip = revisionField(stored.revision).length;
  if (stored.json[at + skip] === commaBytes[0]) skip += 1;
  const value = new Uint8Array(stored.json.length - skip);
  value.set(stored.json.subarray(0, at), 0);
  value.set(stored.json.subarray(at + skip), at);
  return value;
}

/** True when committing `value` would change nothing. */
export function sameValue(head: JsonHead, stored: Stored, value: Uint8Array): boolean {
  const old = storedValue(head, stored);
  if (old.length !== value.length) return false;
  for (let i = 0; i < old.length; i++) if (old[i] !== value[i]) return false;
  return true;
}

// A value that another writer laid out differently (key order, white space): read it and lay it out as ours.
function foreignStoredOf(head: JsonHead, key: string, revision: number, value: Uint8Array): StoredEntry {
  const object = JSON.parse(decoder.decode(value)) as KubeObject;
  return storedOf(head, key, revision, encodeValue(head, object));
}

function revisionField(revision: number): Uint8Array {
  return encoder.encode(`"resourceVersion":"${revision}"`);
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[i] !== prefix[i]) return false;
  return true;
}
