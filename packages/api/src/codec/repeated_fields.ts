// Texts in which a field stands twice, read as Go reads them: what comes later is decoded into what is there
// already, so that objects are joined and list items keep what the later ones leave out (encoding/json).
import { parseNumberTexts } from './exact_numbers.ts';

/** Of a JSON text that parses and nests no deeper than calls may. Numbers as parseNumberTexts gives them. */
export function parseRepeatedFields(text: string): unknown {
  return new RepeatedFields(text).value(undefined);
}

const scalar = /"(?:[^"\\]|\\.)*"|[^\s{}[\],:"]+/y;

type Fields = Record<string, unknown>;

class RepeatedFields {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  value(before: unknown): unknown {
    const next = this.#skipTo();
    if (next === '{') return this.#object(before);
    if (next === '[') return this.#list(before);
    return parseNumberTexts(this.#scalar());
  }

  #object(before: unknown): Fields {
    const isObject = typeof before === 'object' && before !== null && !Array.isArray(before);
    const object: Fields = isObject ? (before as Fields) : {};
    this.#at++;
    while (this.#skipTo() !== '}') {
      const key = JSON.parse(this.#scalar()) as string;
      this.#skipTo();
      const value = this.value(Object.hasOwn(object, key) ? object[key] : undefined);
      if (key !== '__proto__') object[key] = value;
    }
    this.#at++;
    return object;
  }

  #list(before: unknown): unknown[] {
    const earlier = Array.isArray(before) ? before : [];
    const list: unknown[] = [];
    this.#at++;
    while (this.#skipTo() !== ']') list.push(this.value(earlier[list.length]));
    this.#at++;
    return list;
  }

  #scalar(): string {
    scalar.lastIndex = this.#at;
    const [token = ''] = scalar.exec(this.#text) ?? [];
    this.#at += token.length;
    return token;
  }

  /** To what is no space, comma or colon: the text is known to be JSON. */
  #skipTo(): string | undefined {
    while (/[\s,:]/.test(this.#text[this.#at] ?? '')) this.#at++;
    return this.#text[this.#at];
  }
}
