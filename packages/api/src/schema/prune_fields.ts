// Gives a JSON value the form that upstream's decoding into Go structs gives it.
import { badRequest } from '../errors/make_error.ts';
import { goQuote } from '../go_quote.ts';
import { typeSchema } from './find_type.ts';
import { readMaps } from './read_maps.ts';
import { ReadPath } from './read_path.ts';
import { emptyItem, type ReadField, type ReadPlan, readPlan } from './read_plan.ts';
import { DecodeProblem, readSpecial, readText, type ValueReader } from './read_value.ts';

export interface PruneResult<T> {
  /** The same reference where nothing had to change; otherwise a copy that shares what didn't. */
  object: T;
  /** `unknown field "spec.foo"`, in the order of the text: the warnings or errors of field validation. */
  unknown: string[];
  /** There are empty lists and maps in the object, kept as asked. */
  empties?: true;
}

export interface PruneOptions {
  /**
   * Optional lists and maps that are empty: Go's decoder tells them from absent ones, and so do rules; its store
   * does not. Absent: `drop`.
   */
  empties?: 'drop' | 'keep';
}

// As many as upstream's decoder collects.
const maxUnknown = 100;

/**
 * Removes fields that the type doesn't have, checks the types of the others, and writes values as upstream
 * does: quantities canonical, times in UTC, nulls and empty optional values left out, structs that are always
 * there (`status: {}`, `resources: {}`) filled in. Throws ApiError 400 with upstream's message where a value
 * has the wrong type. An object from a cache is safe to pass. Of a type without a table (a custom resource)
 * nothing is known, so the object is returned as it is.
 */
export function pruneUnknownFields<T extends object>(
  object: T,
  type: string,
  options: PruneOptions = {},
): PruneResult<T> {
  try {
    return readObject(object, type, 'text', options);
  } catch (error) {
    if (!(error instanceof DecodeProblem)) throw error;
    const kind = typeSchema(type)?.gvk;
    const prefix = kind
      ? `${kind[2]} in version ${goQuote(kind[1])} cannot be handled as a ${kind[2]}: `
      : '';
    throw badRequest(prefix + error.message);
  }
}

/**
 * Like pruneUnknownFields, but throws DecodeProblem with the bare message. `maps`: the value is one that upstream
 * has as maps and lists already (a strategic merge patch's result), which it converts in its own way.
 */
export function readObject<T extends object>(
  object: T,
  type: string,
  from: 'text' | 'maps' = 'text',
  { empties = 'drop' }: PruneOptions = {},
): PruneResult<T> {
  if (!typeSchema(type)?.fields) return { object, unknown: [] };
  const walk = new Walk(from === 'maps' ? readMaps : readText, empties === 'keep');
  const read = walk.object(readPlan(type), object as Fields) as T;
  if (from === 'maps') walk.unknown.sort();
  return walk.empties
    ? { object: read, unknown: walk.unknown, empties: true }
    : { object: read, unknown: walk.unknown };
}

type Fields = Record<string, unknown>;

class Walk {
  readonly path = new ReadPath();
  readonly #reader: ValueReader;
  readonly #keep: boolean;
  readonly unknown: string[] = [];
  empties = false;
  // Inside of types with an UnmarshalJSON of their own upstream doesn't look for unknown fields.
  #silent = 0;

  constructor(reader: ValueReader, keep: boolean) {
    this.#reader = reader;
    this.#keep = keep;
  }

  object(plan: ReadPlan, value: Fields): Fields {
    this.path.structs.push(plan.goName);
    const keys = Object.keys(value);
    let copy: Fields | undefined;
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i]!;
      const field = plan.fields.get(key);
      const before = value[key];
      let after: unknown;
      if (field) {
        this.path.enterField(field);
        after = before === null || before === undefined ? undefined : this.#field(field, before);
        this.path.leave();
      } else if (this.path.structs.length === 1 && (key === 'kind' || key === 'apiVersion')) {
        // Lists and options are of many groups, so their tables have no kind.
        after = before;
      } else this.#report(key);
      if (copy === undefined) {
        if (after === before) continue;
        copy = {};
        for (let j = 0; j < i; j++) copy[keys[j]!] = value[keys[j]!];
      }
      if (after !== undefined) copy[key] = after;
    }
    for (const { key, empty } of plan.filled) {
      if ((copy ?? value)[key] !== undefined) continue;
      copy ??= { ...value };
      copy[key] = empty();
    }
    this.path.structs.pop();
    return copy ?? value;
  }

  // Undefined where Go would leave the field out.
  #field(field: ReadField, value: unknown): unknown {
    if (field.shape === 'list') return this.#list(field, value);
    if (field.shape === 'map') return this.#map(field, value);
    const read = this.#value(field, value);
    return field.dropEmpty && isEmpty(read) ? undefined : read;
  }

  #value(field: ReadField, value: unknown): unknown {
    if (field.kind === 'object') {
      if (!isObject(value)) throw this.#reader.notStruct(this.path, value, field);
      return this.object(readPlan(field.type), value);
    }
    if (field.kind !== 'special') return this.#reader.scalar(field, value, this.path);
    if (field.special!.startsWith('schemaOr')) return this.#schemaOr(field, value);
    return readSpecial(field, value, this.path);
  }

  #list(field: ReadField, value: unknown): unknown {
    if (!Array.isArray(value)) throw this.#reader.notList(this.path, value, field);
    if (value.length === 0) return this.#empty(field, value);
    let copy: unknown[] | undefined;
    for (let i = 0; i < value.length; i++) {
      const before = value[i];
      this.path.enterItem(i);
      const after = this.#item(field, before);
      this.path.leave();
      if (after !== before) {
        copy ??= value.slice();
        copy[i] = after;
      }
    }
    return copy ?? value;
  }

  #map(field: ReadField, value: unknown): unknown {
    if (!isObject(value)) throw this.#reader.notMap(this.path, value, field);
    const map = value;
    const keys = Object.keys(map);
    if (keys.length === 0) return this.#empty(field, value);
    let copy: Fields | undefined;
    for (const key of keys) {
      const before = map[key];
      this.path.enterItem(key);
      const after = this.#item(field, before);
      this.path.leave();
      if (after !== before) {
        copy ??= { ...map };
        copy[key] = after;
      }
    }
    return copy ?? value;
  }

  #empty(field: ReadField, value: object): object | undefined {
    if (!field.dropEmpty) return value;
    if (!this.#keep) return undefined;
    this.empties = true;
    return value;
  }

  #item(field: ReadField, value: unknown): unknown {
    if (value === null || value === undefined) return emptyItem(field);
    return this.#value(field, value) ?? null;
  }

  // JSONSchemaProps, or a boolean, or a list (apiextensions' types_jsonschema.go).
  #schemaOr(field: ReadField, value: unknown): unknown {
    const plan = readPlan(field.type.replace(/Or(Array|Bool|StringArray)$/, ''));
    this.#silent++;
    try {
      if (Array.isArray(value)) {
        if (field.special === 'schemaOrBool') throw new DecodeProblem('boolean or JSON schema expected');
        if (field.special === 'schemaOrStringArray') return value;
        return value.map((item) => this.object(plan, item ?? {}));
      }
      if (typeof value === 'object') return this.object(plan, value as Fields);
      if (field.special !== 'schemaOrBool') return undefined;
      if (typeof value !== 'boolean') throw new DecodeProblem('boolean or JSON schema expected');
      return value;
    } finally {
      this.#silent--;
    }
  }

  #report(key: string): void {
    if (this.#silent || this.unknown.length >= maxUnknown) return;
    this.unknown.push(`unknown field ${goQuote(this.path.text(key))}`);
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return value === '' || value === 0 || value === false || (Array.isArray(value) && value.length === 0);
}
