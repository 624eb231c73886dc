import { encodeBase64 } from '../base64.ts';
import { decodeSpecial } from './decode_special.ts';
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
  kindUint32,
  kindUint64,
  type MessagePlan,
  type PlanSet,
} from './message_plan.ts';
import { malformed, type WireReader, wireBytes } from './wire_reader.ts';

type Fields = Record<string, any>;

// As deep as JSON may be.
const maxDepth = 1000;

/** Reads a message up to `end` into `object`. Fields without a plan are skipped. */
export function readMessage(
  from: WireReader,
  plans: PlanSet,
  plan: MessagePlan,
  end: number,
  object: Fields,
  depth: number,
): void {
  if (depth > maxDepth) throw malformed('nested too deep');
  const { byNumber } = plan;
  while (from.at < end) {
    const tag = from.uint32();
    const field = byNumber[tag >>> 3];
    if (field === undefined) {
      if (tag >>> 3 === 0) throw malformed(`illegal tag ${tag}`);
      from.skip(tag & 7, end);
    } else if (tag === field.tag) {
      if (field.shape === 'single') {
        const value = readValue(from, plans, field, end, depth);
        if (value === undefined || (field.dropZero && isZero(value))) continue;
        object[field.key] = value;
      } else if (field.shape === 'list') readItem(from, plans, field, end, object, depth);
      else if (field.shape === 'map') readEntry(from, plans, field, end, object, depth);
      else {
        const inner = from.blockEnd(end);
        readMessage(from, plans, plans.ofField(field), inner, object, depth + 1);
      }
    } else readOtherForm(from, plans, field, tag, end, object, depth);
  }
  if (from.at !== end) throw malformed('unexpected EOF');
  const { filled } = plan;
  for (let i = 0; i < filled.length; i++) {
    const field = filled[i]!;
    if (object[field.key] === undefined) object[field.key] = zeroOf(plans, field);
  }
}

function readValue(from: WireReader, plans: PlanSet, field: FieldPlan, end: number, depth: number): any {
  switch (field.kind) {
    case kindString:
      return from.string(from.blockEnd(end));
    case kindMessage: {
      const inner = from.blockEnd(end);
      const object: Fields = {};
      readMessage(from, plans, plans.ofField(field), inner, object, depth + 1);
      return object;
    }
    case kindBool:
      return from.uint32() !== 0;
    case kindInt32:
      return from.uint32() | 0;
    case kindUint32:
      return from.uint32();
    case kindDouble:
      return from.double();
    case kindFloat:
      return from.float();
    case kindBase64:
      return encodeBase64(from.block(from.blockEnd(end)));
    case kindBytes:
      // A copy: what was read must not keep the whole message in memory.
      return new Uint8Array(from.block(from.blockEnd(end)));
    case kindSpecial:
      return decodeSpecial(from, plans, field.type, field.special!, from.blockEnd(end), depth);
    default:
      return plans.exact ? from.exactInt64(field.kind !== kindUint64) : from.int64(field.kind !== kindUint64);
  }
}

function readItem(
  from: WireReader,
  plans: PlanSet,
  field: FieldPlan,
  end: number,
  object: Fields,
  depth: number,
): void {
  const list: unknown[] = (object[field.key] ??= []);
  if (!field.packed) {
    const value = readValue(from, plans, field, end, depth);
    list.push(value === undefined ? null : value);
    return;
  }
  const inner = from.blockEnd(end);
  while (from.at < inner) list.push(readValue(from, plans, field, inner, depth));
}

function readEntry(
  from: WireReader,
  plans: PlanSet,
  field: FieldPlan,
  end: number,
  object: Fields,
  depth: number,
): void {
  const map: Fields = (object[field.key] ??= {});
  const inner = from.blockEnd(end);
  let key = '';
  let value: unknown;
  while (from.at < inner) {
    const tag = from.uint32();
    if (tag === 0x0a) key = from.string(from.blockEnd(inner));
    else if (tag === field.mapValueTag) value = readValue(from, plans, field, inner, depth);
    else from.skip(tag & 7, inner);
  }
  if (from.at !== inner) throw malformed('unexpected EOF');
  // Such a key would change the map's prototype instead of becoming an entry.
  if (key !== '__proto__') map[key] = value === undefined ? zeroOf(plans, field) : value;
}

// Writers may pack lists of numbers or not, whatever the declaration says (Protocol Buffers, "Packed fields").
function readOtherForm(
  from: WireReader,
  plans: PlanSet,
  field: FieldPlan,
  tag: number,
  end: number,
  object: Fields,
  depth: number,
): void {
  const wire = tag & 7;
  if (field.shape === 'list' && field.wire !== wireBytes) {
    const list: unknown[] = (object[field.key] ??= []);
    if (wire === field.wire) {
      list.push(readValue(from, plans, field, end, depth));
      return;
    }
    if (wire === wireBytes) {
      const inner = from.blockEnd(end);
      while (from.at < inner) list.push(readValue(from, plans, field, inner, depth));
      return;
    }
  }
  throw malformed(`wrong wireType = ${wire} for field ${field.key}`);
}

function isZero(value: unknown): boolean {
  return value === '' || value === 0 || value === false;
}

function zeroOf(plans: PlanSet, field: FieldPlan): unknown {
  switch (field.kind) {
    case kindMessage: {
      const object: Fields = {};
      for (const inner of plans.ofField(field).filled) object[inner.key] = zeroOf(plans, inner);
      return object;
    }
    case kindString:
    case kindBase64:
      return '';
    case kindBool:
      return false;
    case kindBytes:
      return new Uint8Array();
    case kindSpecial:
      return field.special === 'quantity' ? '0' : field.special === 'intOrString' ? 0 : null;
    default:
      return 0;
  }
}
