// Whether a value fits its type, with the messages of structured-merge-diff.
import { formatGo, formatGoSyntax, goTypeOf } from '../go_format.ts';
import type { ApplyType, ListForm, MapForm } from './apply_type.ts';
import { fieldElement, type PathElement, showElement } from './path_element.ts';
import { type Fields, fieldType, formOf, ItemProblem, isObject, itemElement } from './value_form.ts';

export interface ValueProblem {
  /** `.spec.ports[name="a"]`; empty for the whole value. */
  path: string;
  message: string;
}

/** Empty where the value fits. Items of a list that are the same are a problem, unless `allowDuplicates`. */
export function validateValue(
  type: ApplyType,
  value: unknown,
  options: { allowDuplicates?: boolean } = {},
): ValueProblem[] {
  const problems: ValueProblem[] = [];
  new Validation(problems, options.allowDuplicates ?? false).visit(type, value, '');
  return problems;
}

/** One in a line, several below `errors:`. */
export function joinProblems(problems: readonly ValueProblem[]): string {
  const texts = problems.map(({ path, message }) => (path ? `${path}: ${message}` : message));
  return texts.length === 1 ? texts[0]! : ['errors:', ...texts.map((text) => `  ${text}`)].join('\n');
}

class Validation {
  readonly #problems: ValueProblem[];
  readonly #allowDuplicates: boolean;

  constructor(problems: ValueProblem[], allowDuplicates: boolean) {
    this.#problems = problems;
    this.#allowDuplicates = allowDuplicates;
  }

  visit(type: ApplyType, value: unknown, path: string): void {
    const form = formOf(type, value);
    if (form === 'scalar') this.#scalar(type.scalar!, value, path);
    else if (value === null || value === undefined) return;
    else if (form === 'list') this.#list(type.list!, value, path);
    else if (form === 'map') this.#map(type.map!, value, path);
    else this.#report(path, 'schema error: invalid atom: inlined');
  }

  #scalar(kind: NonNullable<ApplyType['scalar']>, value: unknown, path: string): void {
    if (value === null || value === undefined) return;
    if (kind === 'numeric' && typeof value !== 'number' && typeof value !== 'bigint') {
      this.#report(path, `expected numeric (int or float), got ${goTypeOf(value)}`);
    } else if (kind === 'string' && typeof value !== 'string') {
      this.#report(path, `expected string, got &value.valueUnstructured{Value:${formatGoSyntax(value)}}`);
    } else if (kind === 'boolean' && typeof value !== 'boolean') {
      this.#report(path, `expected boolean, got ${show(value)}`);
    } else if (kind === 'untyped' && typeof value === 'object') {
      this.#report(path, `expected any scalar, got ${show(value)}`);
    }
  }

  #list(list: ListForm, value: unknown, path: string): void {
    if (!Array.isArray(value)) {
      this.#report(path, `expected list, got ${show(value)}`);
      return;
    }
    const seen = new Set<PathElement>();
    for (let i = 0; i < value.length; i++) {
      let at = `[${i}]`;
      if (!list.atomic) {
        const element = this.#element(list, value[i], i, path);
        if (element === undefined) return;
        at = showElement(element);
        if (seen.has(element) && !this.#allowDuplicates)
          this.#report(path, `duplicate entries for key ${at}`);
        seen.add(element);
      }
      this.visit(list.item(), value[i], path + at);
    }
  }

  #map(map: MapForm, value: unknown, path: string): void {
    if (!isObject(value)) {
      this.#report(path, `expected map, got ${show(value)}`);
      return;
    }
    for (const [name, inner] of Object.entries(value as Fields)) {
      const at = path + showElement(fieldElement(name));
      const type = fieldType(map, name);
      if (!type) {
        this.#report(at, 'field not declared in schema');
        return;
      }
      this.visit(type, inner, at);
    }
  }

  #element(list: ListForm, item: unknown, i: number, path: string): PathElement | undefined {
    try {
      return itemElement(list, item);
    } catch (error) {
      if (!(error instanceof ItemProblem)) throw error;
      this.#report(path, `element ${i}: ${error.message}`);
      return undefined;
    }
  }

  #report(path: string, message: string): void {
    this.#problems.push({ path, message });
  }
}

// A pointer to the struct that holds the value upstream.
function show(value: unknown): string {
  return `&{${formatGo(value)}}`;
}
