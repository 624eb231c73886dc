// Fixed-point numbers with suffixes: `500m`, `1.5Gi`, `1e3`. The rules and the canonical form are those of
// apimachinery's api/resource: three formats, no precision beyond nano, rounding away from zero.

type Format = 'DecimalSI' | 'BinarySI' | 'DecimalExponent';

const shape = /^([+-]?)(\d*)(?:\.(\d*))?(?:([KMGTPE]i)|([numkMGTPE])|[eE]([+-]?\d+))?$/;
const formatMessage =
  "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";
const splitShape = /^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$/;

const decimalSuffixes: Record<string, number> = {
  n: -9,
  u: -6,
  m: -3,
  k: 3,
  M: 6,
  G: 9,
  T: 12,
  P: 15,
  E: 18,
};
const suffixOfExponent: Record<number, string> = {
  '-9': 'n',
  '-6': 'u',
  '-3': 'm',
  0: '',
  3: 'k',
  6: 'M',
  9: 'G',
  12: 'T',
  15: 'P',
  18: 'E',
};
const binarySuffixes = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const maxBinary = (1n << 63n) - 1n;
// A bound on what a user can make us compute; 10^±400 is far outside of what any resource can be.
const maxExponent = 400;

export class QuantityError extends Error {}

/** An amount: `unscaled * 10^scale`, with the format in which it is written. Immutable. */
export class QuantityValue {
  readonly #unscaled: number | bigint;
  readonly #scale: number;
  readonly #format: Format;
  #text: string | undefined;

  private constructor(unscaled: number | bigint, scale: number, format: Format, text?: string) {
    this.#unscaled = unscaled;
    this.#scale = scale;
    this.#format = format;
    this.#text = text;
  }

  static parse(text: string | number): QuantityValue {
    return parse(String(text), (...parts) => new QuantityValue(...parts));
  }

  /** An amount of `value * 10^scale`, written with decimal suffixes unless `format` says otherwise. */
  static of(value: number, options: { scale?: number; format?: Format } = {}): QuantityValue {
    const { scale = 0, format = 'DecimalSI' } = options;
    return new QuantityValue(narrow(BigInt(value)), scale, format);
  }

  add(other: QuantityValue): QuantityValue {
    return this.#combine(other, 1);
  }

  sub(other: QuantityValue): QuantityValue {
    return this.#combine(other, -1);
  }

  /** Negative, zero or positive, as this is less than, equal to or more than `other`. */
  cmp(other: QuantityValue): number {
    if (this.#scale === other.#scale) {
      return this.#unscaled < other.#unscaled ? -1 : this.#unscaled > other.#unscaled ? 1 : 0;
    }
    const scale = Math.min(this.#scale, other.#scale);
    const a = this.#at(scale);
    const b = other.#at(scale);
    return a < b ? -1 : a > b ? 1 : 0;
  }

  equals(other: QuantityValue): boolean {
    return this.cmp(other) === 0;
  }

  isZero(): boolean {
    return !this.#unscaled;
  }

  sign(): -1 | 0 | 1 {
    return this.#unscaled < 0 ? -1 : this.#unscaled > 0 ? 1 : 0;
  }

  neg(): QuantityValue {
    return new QuantityValue(this.isZero() ? 0 : -this.#unscaled, this.#scale, this.#format);
  }

  /** This many times; `factor` is a whole number. */
  mul(factor: number): QuantityValue {
    return new QuantityValue(narrow(BigInt(this.#unscaled) * BigInt(factor)), this.#scale, this.#format);
  }

  /** In whole units, rounded away from zero: `100m` is 1. */
  value(): number {
    return this.scaledValue(0);
  }

  /** In thousandths, rounded away from zero: `1.5` is 1500. */
  milliValue(): number {
    return this.scaledValue(-3);
  }

  /** In units of `10^scale`, rounded away from zero. */
  scaledValue(scale: number): number {
    if (this.#scale === scale) return Number(this.#unscaled);
    if (this.#scale > scale) return Number(this.#at(scale));
    return Number(divideAway(BigInt(this.#unscaled), 10n ** BigInt(scale - this.#scale)));
  }

  /** The least amount of whole units of `10^scale` that is no closer to zero; written as this is. */
  roundUp(scale: number): QuantityValue {
    if (this.#scale >= scale) return this;
    const units = divideAway(BigInt(this.#unscaled), 10n ** BigInt(scale - this.#scale));
    return new QuantityValue(narrow(units), scale, this.#format);
  }

  /** The nearest floating-point number, fractions included. */
  approximate(): number {
    return Number(this.#unscaled) * 10 ** this.#scale;
  }

  /** As upstream writes it: as it was read where that is canonical already. */
  toString(): string {
    this.#text ??= canonical(BigInt(this.#unscaled), this.#scale, this.#format);
    return this.#text;
  }

  toJSON(): string {
    return this.toString();
  }

  #combine(other: QuantityValue, sign: 1 | -1): QuantityValue {
    // A zero has no format of its own: 0 + 1Gi is written as 1Gi.
    const format = this.isZero() ? other.#format : this.#format;
    const scale = Math.min(this.#scale, other.#scale);
    if (
      this.#scale === other.#scale &&
      typeof this.#unscaled === 'number' &&
      typeof other.#unscaled === 'number'
    ) {
      const sum = this.#unscaled + sign * other.#unscaled;
      if (Number.isSafeInteger(sum)) return new QuantityValue(sum, scale, format);
    }
    const sum = this.#at(scale) + BigInt(sign) * other.#at(scale);
    return new QuantityValue(narrow(sum), scale, format);
  }

  #at(scale: number): bigint {
    return BigInt(this.#unscaled) * 10n ** BigInt(this.#scale - scale);
  }
}

// Quantities repeat: a cluster has a few dozen different requests and limits.
const known = new Map<string, QuantityValue>();
const maxKnown = 2000;

/** Reads a quantity; a number is read as its decimal text. Throws QuantityError with upstream's message. */
export function parseQuantity(text: string | number): QuantityValue {
  const key = String(text);
  let quantity = known.get(key);
  if (!quantity) {
    quantity = QuantityValue.parse(key);
    if (known.size >= maxKnown) known.clear();
    known.set(key, quantity);
  }
  return quantity;
}

/** Like parseQuantity, for input that may be anything: undefined where it isn't a quantity. */
export function tryParseQuantity(text: unknown): QuantityValue | undefined {
  if (typeof text !== 'string' && typeof text !== 'number') return undefined;
  try {
    return parseQuantity(text);
  } catch (error) {
    if (error instanceof QuantityError) return undefined;
    throw error;
  }
}

/** The canonical text of a quantity; of what isn't one, the text itself. */
export function canonicalQuantity(text: string | number): string {
  return tryParseQuantity(text)?.toString() ?? String(text);
}

type Make = (unscaled: number | bigint, scale: number, format: Format, text?: string) => QuantityValue;

function parse(text: string, make: Make): QuantityValue {
  if (text === '0') return make(0, 0, 'DecimalSI', text);
  const match = shape.exec(text);
  if (!match || text === '') throw new QuantityError(explain(text));
  const [, sign, whole = '', fraction = '', binary, decimal, exponentText] = match;
  const negative = sign === '-';
  const digits = whole.replace(/^0+(?=\d)/, '') + fraction;
  if (!binary) {
    const exponent =
      exponentText === undefined ? (decimal ? decimalSuffixes[decimal]! : 0) : Number(exponentText);
    if (Math.abs(exponent) > maxExponent) throw new QuantityError("unable to parse quantity's suffix");
    const format = exponentText === undefined ? 'DecimalSI' : 'DecimalExponent';
    return makeDecimal(digits || '0', exponent - fraction.length, format, negative, text, make);
  }
  return makeBinary(digits || '0', fraction.length, binary, negative, text, make);
}

function makeDecimal(
  digits: string,
  scale: number,
  format: Format,
  negative: boolean,
  text: string,
  make: Make,
): QuantityValue {
  if (scale < -9) {
    // Anything that isn't zero counts as at least one nano: whoever asks for a little gets a little.
    const rounded = divideAway(BigInt(digits), 10n ** BigInt(-9 - scale));
    return make(narrow(negative ? -rounded : rounded), -9, format);
  }
  const unscaled = narrow(BigInt(digits));
  const significant = digits.replace(/^0+/, '');
  // Upstream keeps the text where it sees at once that it is canonical.
  const keep =
    scale % 3 === 0 && significant.length <= 18 && significant === digits && !digits.endsWith('000');
  return make(negative ? negate(unscaled) : unscaled, scale, format, keep ? text : undefined);
}

function makeBinary(
  digits: string,
  fractionLength: number,
  suffix: string,
  negative: boolean,
  text: string,
  make: Make,
): QuantityValue {
  const power = binarySuffixes.indexOf(suffix);
  let unscaled = BigInt(digits) << BigInt(power * 10);
  let scale = -fractionLength;
  if (scale < -9) {
    unscaled = divideAway(unscaled, 10n ** BigInt(-9 - scale));
    scale = -9;
  }
  const one = 10n ** BigInt(-scale);
  if (unscaled > maxBinary * one) unscaled = maxBinary * one;
  const format = unscaled > 0n && unscaled < one ? 'DecimalSI' : 'BinarySI';
  const fits = fractionLength === 0 && 15 - digits.length - Math.floor(power * 3) - 1 >= 0;
  const keep = fits && (BigInt(digits) & 7n) !== 0n;
  return make(narrow(negative ? -unscaled : unscaled), scale, format, keep ? text : undefined);
}

// Which of upstream's three messages fits.
function explain(text: string): string {
  const split = splitShape.exec(text);
  if (!split) return formatMessage;
  if (!/^[+-]?(\d+\.?\d*|\.\d*)$/.test(split[1]!)) return formatMessage;
  return "unable to parse quantity's suffix";
}

function canonical(unscaled: bigint, scale: number, format: Format): string {
  if (unscaled === 0n) return '0';
  if (format === 'BinarySI') {
    const whole = wholeUnits(unscaled, scale);
    if (whole !== undefined && (whole <= -1024n || whole >= 1024n)) {
      let amount = whole;
      let power = 0;
      while (amount % 1024n === 0n && power < 6) {
        amount /= 1024n;
        power++;
      }
      return `${amount}${binarySuffixes[power]}`;
    }
  }
  let amount = unscaled;
  let exponent = scale;
  while (amount % 10n === 0n) {
    amount /= 10n;
    exponent++;
  }
  while (exponent % 3 !== 0 || (format !== 'DecimalExponent' && exponent > 18)) {
    amount *= 10n;
    exponent--;
  }
  if (format === 'DecimalExponent') return exponent === 0 ? `${amount}` : `${amount}e${exponent}`;
  return `${amount}${suffixOfExponent[exponent]}`;
}

// Undefined where a fraction would be lost.
function wholeUnits(unscaled: bigint, scale: number): bigint | undefined {
  if (scale >= 0) return unscaled * 10n ** BigInt(scale);
  const one = 10n ** BigInt(-scale);
  return unscaled % one === 0n ? unscaled / one : undefined;
}

function divideAway(dividend: bigint, divisor: bigint): bigint {
  const quotient = dividend / divisor;
  if (quotient * divisor === dividend) return quotient;
  return dividend < 0n ? quotient - 1n : quotient + 1n;
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function negate(value: number | bigint): number | bigint {
  return value ? -value : 0;
}
