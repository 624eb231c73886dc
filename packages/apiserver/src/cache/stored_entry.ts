// One revision of one object. Values in the store have no resourceVersion; it is spliced into the kept bytes once.
import {
  dropNulls,
  fillNulls,
  type KubeObject,
  nullPlan,
  parseExact,
  splitApiVersion,
  stringifyExact,
  typeOfKind,
} from '@kubets/api';
import type { Stored } from '../request.ts';
import { metadataText } from './metadata_text.ts';
import type { Parsed, ParsedObjects } from './parsed_objects.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** How stored JSON of a kind begins. The fixed length is what makes splicing a copy and list items a subarray. */
export interface JsonHead {
  readonly apiVersion: string;
  readonly kind: string;
  /** `{"kind":"Pod","apiVersion":"v1","metadata":` */
  readonly type: string;
  /** `{"kind":"Pod","apiVersion":"v1","metadata":{` */
  readonly bytes: Uint8Array;
  /** Length of `{"kind":"Pod","apiVersion":"v1",`: what an item of a typed list does not repeat. */
  readonly typeLength: number;
  /** Type table of the kind, which knows where nulls are written; undefined for custom resources. */
  readonly schema: string | undefined;
  /** Reads a value that doesn't begin so. */
  readForeign(value: Uint8Array): KubeObject;
  /** Which entries keep their objects; undefined: all do. */
  readonly parsed: ParsedObjects | undefined;
}

export function jsonHead(
  apiVersion: string,
  kind: string,
  readForeign: JsonHead['readForeign'] = (value) => JSON.parse(decoder.decode(value)),
  parsed?: ParsedObjects,
): JsonHead {
  const { group, version } = splitApiVersion(apiVersion);
  const type = `{"kind":${JSON.stringify(kind)},"apiVersion":${JSON.stringify(apiVersion)},`;
  return {
    apiVersion,
    kind,
    type: `${type}"metadata":`,
    bytes: encoder.encode(`${type}"metadata":{`),
    typeLength: type.length,
    schema: typeOfKind(group, version, kind),
    readForeign,
    parsed,
  };
}

/** The bytes to commit: canonical JSON with the head in front and without resourceVersion. */
export function encodeValue(head: JsonHead, object: KubeObject): Uint8Array {
  const nulls = nullPlan(head.schema);
  const filled = nulls ? fillNulls(nulls, object) : object;
  let { metadata } = filled;
  if (metadata.resourceVersion !== undefined) {
    const { resourceVersion: _revision, ...rest } = metadata;
    metadata = rest as KubeObject['metadata'];
  }
  // Joined by hand: putting the fields in order into one object first costs more than the text.
  let text = head.type + metadataText(metadata);
  for (const key of Object.keys(filled)) {
    if (key === 'kind' || key === 'apiVersion' || key === 'metadata') continue;
    const value = stringifyExact((filled as any)[key]);
    if (value !== undefined) text += `,${JSON.stringify(key)}:${value}`;
  }
  return encoder.encode(`${text}}`);
}

/** The text of an object that is answered with a resourceVersion that the store never gave. */
export function encodeWithRevision(head: JsonHead, object: KubeObject, revision: string): Uint8Array {
  const text = decoder.decode(encodeValue(head, object).subarray(head.bytes.length));
  return encoder.encode(`${decoder.decode(head.bytes)}"resourceVersion":${JSON.stringify(revision)},${text}`);
}

/** `object` with `revision` as its resourceVersion, sharing everything else. */
export function withRevision<T extends KubeObject>(object: T, revision: number): T {
  const { resourceVersion: _old, ...meta } = object.metadata;
  return { ...object, metadata: { resourceVersion: String(revision), ...meta } };
}

export class StoredEntry<T extends KubeObject = KubeObject> implements Stored<T>, Parsed {
  readonly key: string;
  readonly revision: number;
  readonly json: Uint8Array;
  usedIn = 0;
  readonly #head: JsonHead | undefined;
  #object: T | undefined;
  /** An object that was let go and that someone else may still hold: then it is shared again. */
  #letGo: WeakRef<T> | undefined;
  /** Null: it has none. */
  #labels: KubeObject['metadata']['labels'] | null;
  #fields: Map<string, string> | undefined;

  /** `head`: of the kind, where the text may have nulls that the object hasn't. */
  constructor(key: string, revision: number, json: Uint8Array, object?: T, head?: JsonHead) {
    this.key = key;
    this.revision = revision;
    this.json = json;
    this.#object = object;
    this.#head = head;
    if (object) head?.parsed?.written(this);
  }

  get object(): T {
    const object = (this.#object ??= this.#look());
    this.#head?.parsed?.used(this);
    return object;
  }

  #look(): T {
    return this.#object ?? this.#letGo?.deref() ?? this.#read();
  }

  #read(): T {
    const text = decoder.decode(this.json);
    const object = parseExact(text) as T;
    const nulls = text.includes(':null') ? nullPlan(this.#head?.schema) : undefined;
    if (nulls) dropNulls(nulls, object);
    return object;
  }

  /** True once the object has been parsed (or was given): reading it costs nothing. */
  get parsed(): boolean {
    return this.#object !== undefined;
  }

  // What selectors ask for stays when the object goes, and doesn't make the object stay: they ask every entry of a
  // list, each time.

  get labels(): KubeObject['metadata']['labels'] {
    if (this.#labels === undefined) this.#labels = this.#look().metadata.labels ?? null;
    return this.#labels ?? undefined;
  }

  /** What `read` finds in the object, which is called `name`. */
  field(name: string, read: (object: T) => string): string {
    const known = this.#fields?.get(name);
    if (known !== undefined) return known;
    const value = read(this.#look());
    (this.#fields ??= new Map()).set(name, value);
    return value;
  }

  forgetObject(): void {
    // A weak reference would still make the collector's quick passes carry it along: not for what nobody has seen.
    if (this.#object && this.usedIn > 0) this.#letGo = new WeakRef(this.#object);
    this.#object = undefined;
  }
}

const comma = 0x2c;
const lineFeed = 0x0a;

const ownBytes = (length: number): Uint8Array => new Uint8Array(length);

/**
 * Keeps `value` of the store as an entry of `revision`. `object`, where the writer has it, spares the parse;
 * `allocate` makes room for the bytes.
 */
export function storedOf(
  head: JsonHead,
  key: string,
  revision: number,
  value: Uint8Array,
  object?: KubeObject,
  allocate = ownBytes,
): StoredEntry {
  // What another writer made (protobuf, another version, key order, white space) is laid out as ours.
  if (!startsWith(value, head.bytes)) {
    return storedOf(head, key, revision, encodeValue(head, head.readForeign(value)), undefined, allocate);
  }
  const at = head.bytes.length;
  const digits = digitsOf(revision);
  const empty = value[at] === 0x7d; // `}`: metadata without a field
  const fieldEnd = at + fieldStart.length + digits + 1;
  const length = value.length - at + fieldEnd + (empty ? 0 : 1);
  // An answer with this object ends with a line feed: kept behind the text, it spares a copy (withLineFeed).
  const line = allocate(length + 1);
  line[length] = lineFeed;
  const json = line.subarray(0, length);
  // With a head in front that the real one and the field are written over.
  json.set(value, json.length - value.length);
  json.set(head.bytes, 0);
  json.set(fieldStart, at);
  let rest = revision;
  for (let i = fieldEnd - 2; i >= fieldEnd - 1 - digits; i--) {
    json[i] = 0x30 + (rest % 10);
    rest = Math.floor(rest / 10);
  }
  json[fieldEnd - 1] = 0x22; // `"`
  if (!empty) json[fieldEnd] = comma;
  return new StoredEntry(key, revision, json, object && withRevision(object, revision), head);
}

/** JSON text and a line feed, as upstream ends an answer; the same memory where one follows the text there. */
export function withLineFeed(json: Uint8Array): Uint8Array {
  const { buffer, byteOffset, length } = json;
  if (byteOffset + length < buffer.byteLength) {
    const line = new Uint8Array(buffer, byteOffset, length + 1);
    if (line[length] === lineFeed) return line;
  }
  const line = new Uint8Array(length + 1);
  line.set(json);
  line[length] = lineFeed;
  return line;
}

/** The same object under another revision: what a DELETED event carries is the last state at the revision of the delete. */
export function restamp(head: JsonHead, stored: Stored, revision: number): StoredEntry {
  const object = stored instanceof StoredEntry && stored.parsed ? stored.object : undefined;
  return storedOf(head, stored.key, revision, storedValue(head, stored), object);
}

/** The bytes that the store holds for `stored`. */
export function storedValue(head: JsonHead, stored: Stored): Uint8Array {
  const at = head.bytes.length;
  const skip = revisionLength(head, stored);
  const value = new Uint8Array(stored.json.length - skip);
  value.set(stored.json.subarray(0, at), 0);
  value.set(stored.json.subarray(at + skip), at);
  return value;
}

/** True when committing `value` would change nothing: compared in place. */
export function sameValue(head: JsonHead, stored: Stored, value: Uint8Array): boolean {
  const { json } = stored;
  const skip = revisionLength(head, stored);
  if (json.length - skip !== value.length) return false;
  const at = head.bytes.length;
  for (let i = 0; i < at; i++) if (json[i] !== value[i]) return false;
  for (let i = at; i < value.length; i++) if (json[i + skip] !== value[i]) return false;
  return true;
}

/** Bytes of an entry that the store doesn't hold: the revision and the comma after it. */
function revisionLength(head: JsonHead, { json, revision }: Stored): number {
  const length = '"resourceVersion":""'.length + String(revision).length;
  return json[head.bytes.length + length] === comma ? length + 1 : length;
}

const fieldStart = encoder.encode('"resourceVersion":"');

/** How many decimal digits a revision has. */
function digitsOf(revision: number): number {
  let digits = 1;
  for (let bound = 10; revision >= bound; bound *= 10) digits++;
  return digits;
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  if (bytes.length < prefix.length) return false;
  for (let i = 0; i < prefix.length; i++) if (bytes[i] !== prefix[i]) return false;
  return true;
}
