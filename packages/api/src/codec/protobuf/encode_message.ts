import { decodeBase64 } from '../base64.ts';
import { encodeSpecial } from './encode_special.ts';
import {
  type FieldPlan,
  kindBase64,
  kindBool,
  kindBytes,
  kindDouble,
  kindFloat,
  kindInt32,
  kindMessage,
  kindSpecial,
  kindString,
  type MessagePlan,
  type PlanSet,
} from './message_plan.ts';
import type { WireWriter } from './wire_writer.ts';

type Fields = Record<string, any>;

/** Writes the fields of `object` in the order of their numbers, maps by key (gogo's deterministic form). */
export function writeMessage(out: WireWriter, plans: PlanSet, plan: MessagePlan, object: Fields): void {
  const { fields } = plan;
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]!;
    if (field.shape === 'inline') {
      writeInline(out, plans, field, object);
      continue;
    }
    const value = object[field.key];
    if (value === undefined || value === null) {
      if (field.always) writeZero(out, plans, field);
    } else if (field.shape === 'single') {
      if (field.skipZero && isZero(value)) continue;
      writeValue(out, plans, field, value);
      out.varint(field.tag);
    } else if (field.shape === 'list') writeList(out, plans, field, value);
    else writeMap(out, plans, field, value);
  }
}

// One value and, where it has one, its length; not its tag.
function writeValue(out: WireWriter, plans: PlanSet, field: FieldPlan, value: any): void {
  const before = out.size;
  switch (field.kind) {
    case kindString:
      out.string(typeof value === 'string' ? value : String(value));
      break;
    case kindMessage:
      writeMessage(out, plans, plans.ofField(field), value);
      break;
    case kindBool:
      out.byte(value ? 1 : 0);
      return;
    case kindDouble:
      out.double(value);
      return;
    case kindFloat:
      out.float(value);
      return;
    case kindBase64:
      out.raw(decodeBase64(value) ?? new Uint8Array());
      break;
    case kindBytes:
      if (typeof value === 'string') out.string(value);
      else out.raw(value);
      break;
    case kindSpecial:
      encodeSpecial(out, plans, field.type, field.special!, value);
      break;
    case kindInt32:
      out.varint(value | 0);
      return;
    default:
      if (typeof value === 'bigint') out.varint64(value);
      else out.varint(Math.trunc(Number(value)));
      return;
  }
  out.varint(out.size - before);
}

function writeList(out: WireWriter, plans: PlanSet, field: FieldPlan, list: readonly any[]): void {
  if (field.packed) {
    if (!list.length) return;
    const before = out.size;
    for (let i = list.length - 1; i >= 0; i--) writeValue(out, plans, field, list[i]);
    out.varint(out.size - before);
    out.varint(field.tag);
    return;
  }
  for (let i = list.length - 1; i >= 0; i--) {
    writeValue(out, plans, field, list[i] ?? emptyOf(field));
    out.varint(field.tag);
  }
}

function writeMap(out: WireWriter, plans: PlanSet, field: FieldPlan, map: Fields): void {
  const keys = sortedKeys(map);
  for (let i = keys.length - 1; i >= 0; i--) {
    const key = keys[i]!;
    const entry = out.size;
    const value = map[key];
    if (value !== null || field.kind !== kindBase64) {
      writeValue(out, plans, field, value ?? emptyOf(field));
      out.varint(field.mapValueTag);
    }
    const before = out.size;
    out.string(key);
    out.varint(out.size - before);
    out.byte(0x0a);
    out.varint(out.size - entry);
    out.varint(field.tag);
  }
}

function writeInline(out: WireWriter, plans: PlanSet, field: FieldPlan, object: Fields): void {
  const before = out.size;
  writeMessage(out, plans, plans.ofField(field), object);
  out.varint(out.size - before);
  out.varint(field.tag);
}

// What a struct, string or number that Go always writes looks like when nobody set it.
function writeZero(out: WireWriter, plans: PlanSet, field: FieldPlan): void {
  if (!field.zero) {
    const before = out.size;
    writeValue(out, plans, field, emptyOf(field));
    out.varint(field.tag);
    field.zero = out.bytes.slice(out.at, out.at + out.size - before);
  } else out.raw(field.zero);
}

// Go's zero value, which is also what a null in a list or map is.
function emptyOf(field: FieldPlan): unknown {
  if (field.kind === kindMessage) return {};
  if (field.kind === kindSpecial) return undefined;
  return field.kind === kindString || field.kind === kindBase64 ? '' : 0;
}

function isZero(value: unknown): boolean {
  return !value || (value as Uint8Array).length === 0;
}

// Go sorts by bytes of UTF-8; JavaScript by UTF-16 units, which differs once surrogates are involved.
function sortedKeys(map: Fields): string[] {
  const keys = Object.keys(map);
  if (keys.length < 2) return keys;
  keys.sort();
  return keys.some((key) => /[\ud800-\udfff]/.test(key)) ? keys.sort(byCodePoint) : keys;
}

function byCodePoint(a: string, b: string): number {
  const left = Array.from(a);
  const right = Array.from(b);
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const difference = left[i]!.codePointAt(0)! - right[i]!.codePointAt(0)!;
    if (difference) return difference;
  }
  return left.length - right.length;
}
