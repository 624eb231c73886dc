// Says what is wrong with a text that isn't JSON, in the words of Go's encoding/json, which clients match on.
import { goQuote } from '../go_quote.ts';
import {
  backslash,
  closeList,
  closeObject,
  colon,
  comma,
  openList,
  openObject,
  quote,
} from './json_chars.ts';

/** As deep as Go's decoder follows objects and lists. */
export const maxJsonDepth = 10_000;

/** Undefined for a text that is JSON. Costs a walk over the bytes: only for texts that did not parse. */
export function jsonSyntaxError(bytes: Uint8Array): string | undefined {
  try {
    new Scanner(bytes).document();
    return undefined;
  } catch (error) {
    if (error instanceof SyntaxProblem) return error.message;
    throw error;
  }
}

class SyntaxProblem extends Error {}

const literals: Readonly<Record<number, string>> = { 116: 'true', 102: 'false', 110: 'null' };
const escapes = new Set([...'"\\/bfnrt'].map((char) => char.charCodeAt(0)));

class Scanner {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  document(): void {
    // One entry for each object or list that is open; a stack of its own, so that depth costs no calls.
    const open: number[] = [];
    this.#space();
    for (;;) {
      const opened = this.#value(open);
      if (opened) continue;
      // A value has ended: close what ends with it.
      for (;;) {
        this.#space();
        const within = open.at(-1);
        if (within === undefined) {
          if (this.#at < this.#bytes.length) throw this.#unexpected('after top-level value');
          return;
        }
        const next = this.#next();
        if (next === comma) {
          this.#at += 1;
          this.#space();
          if (within === openObject) this.#key('looking for beginning of object key string');
          break;
        }
        if (next !== (within === openObject ? closeObject : closeList))
          throw this.#unexpected(
            within === openObject ? 'after object key:value pair' : 'after array element',
          );
        this.#at += 1;
        open.pop();
      }
    }
  }

  /** True when what was read opens an object or list that has something inside. */
  #value(open: number[]): boolean {
    const first = this.#next();
    if (first === openObject || first === openList) {
      if (open.length >= maxJsonDepth) throw this.#unexpected('exceeded max depth');
      this.#at += 1;
      this.#space();
      const close = first === openObject ? closeObject : closeList;
      if (this.#next() === close) {
        this.#at += 1;
        return false;
      }
      open.push(first);
      if (first === openObject) this.#key('looking for beginning of object key string');
      return true;
    }
    if (first === quote) this.#string();
    else if (first === 0x2d || isDigit(first)) this.#number();
    else if (literals[first]) this.#literal(literals[first]);
    else throw this.#unexpected('looking for beginning of value');
    return false;
  }

  #key(context: string): void {
    if (this.#next() !== quote) throw this.#unexpected(context);
    this.#string();
    this.#space();
    if (this.#next() !== colon) throw this.#unexpected('after object key');
    this.#at += 1;
    this.#space();
  }

  #string(): void {
    this.#at += 1;
    for (;;) {
      const char = this.#next();
      if (char < 0x20) throw this.#unexpected('in string literal');
      this.#at += 1;
      if (char === quote) return;
      if (char === backslash) this.#escape();
    }
  }

  #escape(): void {
    const char = this.#next();
    if (char !== 0x75) {
      if (!escapes.has(char)) throw this.#unexpected('in string escape code');
      this.#at += 1;
      return;
    }
    this.#at += 1;
    for (let i = 0; i < 4; i++) {
      if (!isHex(this.#next())) throw this.#unexpected('in \\u hexadecimal character escape');
      this.#at += 1;
    }
  }

  #number(): void {
    if (this.#next() === 0x2d) {
      this.#at += 1;
      if (!isDigit(this.#next())) throw this.#unexpected('in numeric literal');
    }
    if (this.#bytes[this.#at] === 0x30) this.#at += 1;
    else this.#digits();
    if (this.#bytes[this.#at] === 0x2e) {
      this.#at += 1;
      if (!isDigit(this.#next())) throw this.#unexpected('after decimal point in numeric literal');
      this.#digits();
    }
    if ((this.#bytes[this.#at]! | 0x20) === 0x65) {
      this.#at += 1;
      const sign = this.#next();
      if (sign === 0x2b || sign === 0x2d) this.#at += 1;
      if (!isDigit(this.#next())) throw this.#unexpected('in exponent of numeric literal');
      this.#digits();
    }
  }

  #digits(): void {
    while (isDigit(this.#bytes[this.#at] ?? 0)) this.#at += 1;
  }

  #literal(word: string): void {
    for (let i = 0; i < word.length; i++) {
      if (this.#next() !== word.charCodeAt(i))
        throw this.#unexpected(`in literal ${word} (expecting ${quoteChar(word.charCodeAt(i))})`);
      this.#at += 1;
    }
  }

  #space(): void {
    for (;;) {
      const char = this.#bytes[this.#at];
      if (char !== 0x20 && char !== 0x0a && char !== 0x0d && char !== 0x09) return;
      this.#at += 1;
    }
  }

  #next(): number {
    const char = this.#bytes[this.#at];
    if (char === undefined) throw new SyntaxProblem('unexpected end of JSON input');
    return char;
  }

  #unexpected(context: string): SyntaxProblem {
    return new SyntaxProblem(`invalid character ${quoteChar(this.#next())} ${context}`);
  }
}

function isDigit(char: number): boolean {
  return char >= 0x30 && char <= 0x39;
}

function isHex(char: number): boolean {
  return isDigit(char) || ((char | 0x20) >= 0x61 && (char | 0x20) <= 0x66);
}

// Go prints the byte as the character of that number, in single quotes.
function quoteChar(char: number): string {
  if (char === 0x27) return "'\\''";
  if (char === quote) return `'"'`;
  return `'${goQuote(String.fromCharCode(char)).slice(1, -1)}'`;
}
