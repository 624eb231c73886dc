// Type tables compiled for the codec: fields in the order of writing, found by number when reading.
import type { FieldSchema, SpecialType, TypeSchema } from '../../schema.ts';
import { wireBytes, wireFixed32, wireFixed64, wireVarint } from './wire_reader.ts';

/**
 * `gogo` is what Kubernetes' own types do: whatever isn't a pointer is always written, bytes are base64 in the
 * object. `proto3` is gRPC: empty scalars are left out, lists of numbers are packed, bytes are Uint8Arrays.
 */
export type Rules = 'gogo' | 'proto3';

// What a value is on the wire. Numbers, because the inner loops switch on them.
export const kindString = 0;
export const kindInt32 = 1;
export const kindInt64 = 2;
export const kindUint32 = 3;
export const kindUint64 = 4;
export const kindBool = 5;
export const kindDouble = 6;
export const kindFloat = 7;
export const kindBytes = 8;
export const kindBase64 = 9;
export const kindMessage = 10;
export const kindSpecial = 11;

const scalarKinds: Record<string, number> = {
  string: kindString,
  int32: kindInt32,
  int64: kindInt64,
  uint32: kindUint32,
  uint64: kindUint64,
  bool: kindBool,
  double: kindDouble,
  float: kindFloat,
};

export type Shape = 'single' | 'list' | 'map' | 'inline';

export interface FieldPlan {
  key: string;
  shape: Shape;
  kind: number;
  /** Number and wire type of the field as it is written. */
  tag: number;
  /** The wire type of one value. */
  wire: number;
  /** Of the value: `(2 << 3) | wire`, for entries of maps. */
  mapValueTag: number;
  /** Written even when the object doesn't have it. */
  always: boolean;
  /** Not written when it is zero. */
  skipZero: boolean;
  /** Read from the wire, zero is left out of the object. */
  dropZero: boolean;
  packed: boolean;
  special: SpecialType | undefined;
  /** Short name of the message's type. */
  type: string;
  message: MessagePlan | undefined;
  /** What `always` writes for an absent message; filled on first use. */
  zero: Uint8Array | undefined;
}

export interface MessagePlan {
  /** Highest number first: the writer goes backwards. */
  fields: readonly FieldPlan[];
  byNumber: readonly (FieldPlan | undefined)[];
  /** What Go writes in JSON though the wire doesn't have it: structs that are no pointers, fields without omitempty. */
  filled: readonly FieldPlan[];
}

/** The plans of one set of messages, each compiled when it is first used. */
export class PlanSet {
  readonly #plans = new Map<string, MessagePlan>();
  readonly #schemaOf: (type: string) => TypeSchema | undefined;
  readonly #rules: Rules;
  /** 64-bit integers beyond 2^53 are bigints; else they are the nearest number. */
  readonly exact: boolean;

  constructor(schemaOf: (type: string) => TypeSchema | undefined, rules: Rules, exact = rules === 'gogo') {
    this.#schemaOf = schemaOf;
    this.#rules = rules;
    this.exact = exact;
  }

  /** Throws for a type that isn't there: a bug of the caller. */
  get(type: string): MessagePlan {
    let plan = this.#plans.get(type);
    if (!plan) {
      const schema = this.#schemaOf(type);
      if (!schema || schema.special) throw new Error(`no protobuf message for type ${type}`);
      plan = this.#compile(schema);
      this.#plans.set(type, plan);
    }
    return plan;
  }

  /** The plan of a field whose kind is `kindMessage`. */
  ofField(field: FieldPlan): MessagePlan {
    return (field.message ??= this.get(field.type));
  }

  #compile(schema: TypeSchema): MessagePlan {
    const fields: FieldPlan[] = [];
    const byNumber: FieldPlan[] = [];
    const filled: FieldPlan[] = [];
    for (const { n, type } of schema.inline ?? []) {
      const field: FieldPlan = { ...this.#field('', { n, type }), shape: 'inline' };
      fields.push((byNumber[n] = field));
    }
    for (const [key, row] of Object.entries(schema.fields ?? {})) {
      if (row.n === undefined) continue;
      const field = this.#field(key, row);
      fields.push((byNumber[row.n] = field));
      if (!field.always) continue;
      if (isStruct(field) || (row.keep && field.kind < kindBytes)) filled.push(field);
    }
    return { fields: fields.sort((a, b) => b.tag - a.tag), byNumber, filled };
  }

  #field(key: string, row: FieldSchema): FieldPlan {
    const gogo = this.#rules === 'gogo';
    const scalar = row.type === 'bytes' ? (gogo ? kindBase64 : kindBytes) : scalarKinds[row.type];
    const special = scalar === undefined ? this.#schemaOf(row.type)?.special : undefined;
    const kind = scalar ?? (special ? kindSpecial : kindMessage);
    const shape: Shape = row.map ? 'map' : row.list ? 'list' : 'single';
    const wire = wireOf(kind);
    const packed = !gogo && shape === 'list' && wire !== wireBytes;
    const nilable = row.ptr || kind === kindBase64 || special === 'stringList';
    const struct = isStruct({ kind, special });
    return {
      key,
      shape,
      kind,
      tag: (row.n! << 3) | (packed || shape === 'map' ? wireBytes : wire),
      wire,
      mapValueTag: (2 << 3) | wire,
      always: gogo && shape === 'single' && !nilable,
      skipZero: !gogo && shape === 'single' && !row.ptr && kind !== kindMessage,
      dropZero: gogo && shape === 'single' && !nilable && !row.keep && !struct,
      packed,
      special,
      type: row.type,
      message: undefined,
      zero: undefined,
    };
  }
}

// `omitempty` doesn't keep encoding/json from writing these.
function isStruct({ kind, special }: Pick<FieldPlan, 'kind' | 'special'>): boolean {
  return kind === kindMessage || special === 'quantity' || special === 'intOrString';
}

function wireOf(kind: number): number {
  if (kind === kindDouble) return wireFixed64;
  if (kind === kindFloat) return wireFixed32;
  return kind >= kindInt32 && kind <= kindBool ? wireVarint : wireBytes;
}
