// The scalars that Go's YAML 1.1 parser resolves. Differences from the YAML 1.1 of others: no numbers to the
// base 60, no dates (they stay text), integers as Go's strconv.ParseInt with base 0 reads them.
import {
  defineMappingTag,
  defineScalarTag,
  defineSequenceTag,
  mergeTag,
  NOT_RESOLVED,
  Schema,
  strTag,
} from 'js-yaml';
import { badRequest } from '../errors/make_error.ts';
import { decodeBase64 } from './base64.ts';

const truths = new Set(['y', 'Y', 'yes', 'Yes', 'YES', 'true', 'True', 'TRUE', 'on', 'On', 'ON']);
const lies = new Set(['n', 'N', 'no', 'No', 'NO', 'false', 'False', 'FALSE', 'off', 'Off', 'OFF']);
const nulls = new Set(['', '~', 'null', 'Null', 'NULL']);
const notFinite = /^([-+]?\.(inf|Inf|INF)|\.(nan|NaN|NAN))$/;
const integer = /^[-+]?(0[xX][0-9a-fA-F]+|0[oO]?[0-7]+|0[bB][01]+|0|[1-9][0-9]*)$/;
const float = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/;
const firstOfNumber = [...'+-.0123456789'];

/** Undefined where Go reads the text as a string. */
function numberOf(source: string): number | bigint | undefined {
  if (!/^[-+.0-9]/.test(source)) return undefined;
  const text = source.replace(source.startsWith('.') ? /(?<=\d)_(?=\d)/g : /_/g, '');
  if (integer.test(text)) {
    const value = integerOf(text);
    if (value !== undefined) return value;
  }
  if (!float.test(text)) return undefined;
  const value = Number(text);
  return Number.isFinite(value) ? value : undefined;
}

// Integers that don't fit into 64 bits are floats to Go; what no number can hold is a bigint.
function integerOf(text: string): number | bigint | undefined {
  const negative = text.startsWith('-');
  let digits = text.replace(/^[-+]/, '');
  if (/^0[0-7]/.test(digits)) digits = `0o${digits.slice(1)}`;
  const value = BigInt(digits);
  if (negative ? value > 1n << 63n : value >= 1n << 64n) return undefined;
  const signed = negative ? -value : value;
  // Beyond int64 no field can hold it, so that nearly is enough.
  return signed > maxSafe && signed < 1n << 63n ? signed : signed < -maxSafe ? signed : Number(signed);
}

const maxSafe = BigInt(Number.MAX_SAFE_INTEGER);

const nullTag = defineScalarTag('tag:yaml.org,2002:null', {
  implicit: true,
  implicitFirstChars: ['', '~', 'n', 'N'],
  resolve: (source) => (nulls.has(source) ? null : NOT_RESOLVED),
  identify: (data) => data === null,
  represent: () => 'null',
});

const boolTag = defineScalarTag('tag:yaml.org,2002:bool', {
  implicit: true,
  implicitFirstChars: [...'yYnNtTfFoO'],
  resolve: (source) => (truths.has(source) ? true : lies.has(source) ? false : NOT_RESOLVED),
  identify: (data) => typeof data === 'boolean',
  represent: (data) => String(data),
});

const intTag = defineScalarTag('tag:yaml.org,2002:int', {
  implicit: true,
  implicitFirstChars: firstOfNumber,
  resolve: (source) => numberOf(source) ?? NOT_RESOLVED,
  identify: (data) => typeof data === 'number' || typeof data === 'bigint',
  // Go writes exponents with two digits.
  represent: (data) => String(data).replace(/e([-+])(\d)$/, 'e$10$2'),
});

function floatTag(ofNotFinite: (source: string) => number) {
  return defineScalarTag('tag:yaml.org,2002:float', {
    implicit: true,
    implicitFirstChars: firstOfNumber,
    resolve: (source) => (notFinite.test(source) ? ofNotFinite(source) : (numberOf(source) ?? NOT_RESOLVED)),
    identify: () => false,
  });
}

const timestampTag = defineScalarTag('tag:yaml.org,2002:timestamp', {
  resolve: (source) => source,
  identify: () => false,
});

const binaryTag = defineScalarTag('tag:yaml.org,2002:binary', {
  resolve(source) {
    const bytes = decodeBase64(source.replace(/\s/g, ''));
    return bytes ? new TextDecoder().decode(bytes) : NOT_RESOLVED;
  },
  identify: () => false,
});

// Tags of an application mean nothing to Kubernetes; the value counts.
const otherScalar = defineScalarTag('!', {
  matchByTagPrefix: true,
  resolve: (source) => source,
  identify: () => false,
});

const listOptions = {
  create: (): unknown[] => [],
  addItem(list: unknown[], item: unknown) {
    list.push(item);
  },
};
const listTag = defineSequenceTag('tag:yaml.org,2002:seq', { ...listOptions, identify: Array.isArray });
const otherList = defineSequenceTag('!', { ...listOptions, matchByTagPrefix: true, identify: () => false });

type Fields = Record<string, unknown>;

const mapOptions = {
  create: (): Fields => ({}),
  addPair(map: Fields, key: unknown, value: unknown): string {
    const name = keyText(key);
    if (name === undefined) return 'unsupported map key';
    // Such a key would change the object's prototype.
    if (name !== '__proto__') map[name] = value;
    return '';
  },
  has: (map: Fields, key: unknown) => Object.hasOwn(map, keyText(key) ?? ''),
  keys: (map: Fields) => Object.keys(map),
  get: (map: Fields, key: unknown) => map[keyText(key) ?? ''],
};
const mapTag = defineMappingTag('tag:yaml.org,2002:map', {
  ...mapOptions,
  identify: (data) => typeof data === 'object' && data !== null && !Array.isArray(data),
  represent: (data: Fields) => new Map(Object.entries(data)),
});
const otherMap = defineMappingTag('!', { ...mapOptions, matchByTagPrefix: true, identify: () => false });

// Numbers and booleans may be keys; JSON has them as text.
function keyText(key: unknown): string | undefined {
  if (typeof key === 'string') return key;
  return typeof key === 'number' || typeof key === 'boolean' ? String(key) : undefined;
}

const others = [timestampTag, binaryTag, mergeTag, strTag, listTag, mapTag, otherScalar, otherList, otherMap];

/** As Go prints what JSON has no word for. */
function goFloat(source: string): string {
  if (/nan/i.test(source)) return 'NaN';
  return source.startsWith('-') ? '-Inf' : '+Inf';
}

/** For reading. JSON has no infinity, so neither has this. */
export const readSchema = new Schema([
  nullTag,
  boolTag,
  intTag,
  floatTag((source) => {
    throw badRequest(`json: unsupported value: ${goFloat(source)}`);
  }),
  ...others,
]);

/** For writing. */
export const writeSchema = new Schema([nullTag, boolTag, intTag, floatTag(() => Number.NaN), ...others]);

const date = /^\d{4}-\d\d?-\d\d?([Tt ]\d\d?:\d\d?:\d\d?(\.\d+)?(Z|[-+]\d\d:\d\d)?)?$/;
const base60 = /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/;

/** False for text that some reader of YAML takes for a number, a boolean, null or a date when it isn't quoted. */
export function resolvesToText(text: string): boolean {
  if (truths.has(text) || lies.has(text) || nulls.has(text) || notFinite.test(text)) return false;
  return numberOf(text) === undefined && !date.test(text) && !base60.test(text);
}
