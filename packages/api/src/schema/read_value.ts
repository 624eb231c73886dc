// Checks one scalar, or one value of a type with a form of its own, and writes it as upstream does.
import { decodeBase64, encodeBase64 } from '../codec/base64.ts';
import { formatDuration, parseDuration } from '../duration.ts';
import { goQuote } from '../go_quote.ts';
import { canonicalQuantity, parseQuantity, QuantityError } from '../quantity.ts';
import { explainInstant, formatMicroTime, formatTime, parseInstant, parseMicroInstant } from '../time.ts';
import type { ReadPath } from './read_path.ts';
import type { ReadField } from './read_plan.ts';

/** What encoding/json would have said. */
export class DecodeProblem extends Error {}

/** How values are checked, and what is said of those that don't fit. */
export interface ValueReader {
  scalar(field: ReadField, value: unknown, path: ReadPath): unknown;
  notStruct(path: ReadPath, value: unknown, field: ReadField): DecodeProblem;
  notList(path: ReadPath, value: unknown, field: ReadField): DecodeProblem;
  notMap(path: ReadPath, value: unknown, field: ReadField): DecodeProblem;
}

/** As encoding/json reads a text. */
export const readText: ValueReader = {
  scalar: readScalar,
  notStruct: (path, value, field) => wrongType(path, value, itemType(field)),
  notList: (path, value, field) => wrongType(path, value, fieldType(field)),
  notMap: (path, value, field) => wrongType(path, value, fieldType(field)),
};

const maxInt32 = 2 ** 31;
const maxInt64 = 2 ** 63;
// Go's zero time, which it writes as null.
const zeroTimeSeconds = -62_135_596_800;

export function readScalar(field: ReadField, value: unknown, path: ReadPath): unknown {
  switch (field.kind) {
    case 'string':
      if (typeof value !== 'string') throw wrongType(path, value, itemType(field));
      return value;
    case 'bool':
      if (typeof value !== 'boolean') throw wrongType(path, value, itemType(field));
      return value;
    case 'int': {
      const bound = field.type === 'int32' ? maxInt32 : maxInt64;
      if (typeof value === 'bigint' && field.type !== 'int32') return value;
      if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'symbol')
        throw wrongType(path, value, itemType(field));
      if (typeof value !== 'number' || !Number.isInteger(value) || value < -bound || value >= bound)
        throw unfitNumber(value, field.type, path);
      return value;
    }
    case 'double':
      if (typeof value === 'symbol') {
        const number = Number(value.description);
        if (!Number.isFinite(number)) throw unfitNumber(value, 'float64', path);
        return number;
      }
      if (typeof value === 'bigint') return Number(value);
      if (typeof value !== 'number') throw wrongType(path, value, itemType(field));
      return value;
    default:
      return readBytes(field, value, path);
  }
}

function unfitNumber(value: number | bigint | symbol, goType: string, path: ReadPath): DecodeProblem {
  const text = typeof value === 'symbol' ? value.description : String(value);
  return new DecodeProblem(
    `json: cannot unmarshal number ${text} into Go struct field ${path.goText()} of type ${goType}`,
  );
}

/** Undefined for a value that stands for none (the zero time). */
export function readSpecial(field: ReadField, value: unknown, path: ReadPath): unknown {
  switch (field.special) {
    case 'quantity':
      return readQuantity(value);
    case 'intOrString':
      if (typeof value === 'string') return value;
      return readScalar({ ...field, kind: 'int', type: 'int32', goItem: undefined }, value, path);
    case 'time':
    case 'microTime': {
      if (typeof value !== 'string') throw wrongType(path, value, 'string');
      const instant = field.special === 'time' ? parseInstant(value) : parseMicroInstant(value);
      if (!instant) throw new DecodeProblem(explainInstant(value, field.special));
      if (instant.seconds === zeroTimeSeconds && instant.nanos === 0) return undefined;
      const text = field.special === 'time' ? formatTime(instant) : formatMicroTime(instant);
      return text === value ? value : text;
    }
    case 'duration': {
      if (typeof value !== 'string') throw wrongType(path, value, 'string');
      const nanos = parseDuration(value);
      if (nanos === undefined) throw new DecodeProblem(`time: invalid duration ${goQuote(value)}`);
      return formatDuration(nanos);
    }
    case 'stringList': {
      const text = {
        ...field,
        kind: 'string',
        type: 'string',
        special: undefined,
        goItem: undefined,
      } as const;
      if (!Array.isArray(value)) throw wrongType(path, value, itemType(field));
      return value.every((item) => typeof item === 'string')
        ? value
        : value.map((item) => readScalar(text, item ?? '', path));
    }
    default:
      // Raw JSON is nobody's business here.
      return value;
  }
}

/** `json: cannot unmarshal string into Go struct field PodSpec.spec.hostNetwork of type bool` */
export function wrongType(path: ReadPath, value: unknown, goType: string): DecodeProblem {
  const kind = jsonKind(value);
  return new DecodeProblem(
    `json: cannot unmarshal ${kind} into Go struct field ${path.goText()} of type ${goType}`,
  );
}

function jsonKind(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'bigint' || typeof value === 'symbol') return 'number';
  return typeof value === 'boolean' ? 'bool' : typeof value;
}

/** The Go type of a field, its list or map included: `[]v1.Container`. */
export function fieldType(field: ReadField): string {
  if (field.goType) return field.goType;
  if (field.shape === 'list') return `[]${itemType(field)}`;
  return field.shape === 'map' ? `map[string]${itemType(field)}` : itemType(field);
}

/** The Go type of one value: `core.v1.Container` is `v1.Container`. */
export function itemType(field: ReadField): string {
  if (field.goItem) return field.goItem;
  if (field.special === 'stringList') return '[]string';
  if (field.kind === 'double') return 'float64';
  if (field.kind === 'bytes') return '[]uint8';
  return field.type.includes('.') ? field.type.split('.').slice(-2).join('.') : field.type;
}

function readQuantity(value: unknown): string {
  const text =
    typeof value === 'string'
      ? value.trim()
      : typeof value === 'number' || typeof value === 'bigint'
        ? String(value)
        : typeof value === 'symbol'
          ? value.description!
          : '';
  const canonical = canonicalQuantity(text);
  // What can't be read comes back as it is.
  if (canonical === text) checkQuantity(text);
  return canonical === value ? (value as string) : canonical;
}

function checkQuantity(text: string): void {
  try {
    parseQuantity(text);
  } catch (error) {
    if (error instanceof QuantityError) throw new DecodeProblem(error.message);
    throw error;
  }
}

function readBytes(field: ReadField, value: unknown, path: ReadPath): string {
  // encoding/json also takes bytes one by one.
  if (Array.isArray(value)) return encodeBase64(Uint8Array.from(value, (item) => readByte(item, path)));
  if (typeof value !== 'string') throw wrongType(path, value, itemType(field));
  const bytes = decodeBase64(value);
  if (!bytes) throw new DecodeProblem(`illegal base64 data at input byte ${firstBadByte(value)}`);
  const text = encodeBase64(bytes);
  return text === value ? value : text;
}

function readByte(value: unknown, path: ReadPath): number {
  if (value === null) return 0;
  if (typeof value !== 'number' && typeof value !== 'bigint' && typeof value !== 'symbol')
    throw wrongType(path, value, 'uint8');
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value > 255)
    throw unfitNumber(value, 'uint8', path);
  return value;
}

// Where Go's decoder stops: at the character, or at the start of a group of four that isn't complete.
function firstBadByte(text: string): number {
  let inGroup = 0;
  for (let at = 0; at < text.length; at++) {
    const char = text[at]!;
    if (char === '\r' || char === '\n') continue;
    if (!/[A-Za-z0-9+/=]/.test(char) || (char === '=' && inGroup < 2)) return at;
    // Padding of two where one more character comes.
    if (char === '=' && inGroup === 2 && at + 1 < text.length && text[at + 1] !== '=') return at;
    inGroup = (inGroup + 1) % 4;
  }
  return text.length - inGroup;
}
