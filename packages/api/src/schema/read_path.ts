// Where a walk over an object is, in the two forms that upstream's messages have.
import type { ReadField } from './read_plan.ts';

/** Fields, keys of maps and indexes from the root down. */
export class ReadPath {
  readonly #parts: (ReadField | string | number)[] = [];
  /** Names of the Go structs that were entered; the last is the one whose field is being read. */
  readonly structs: string[] = [];

  enterField(field: ReadField): void {
    this.#parts.push(field);
  }

  enterItem(key: string | number): void {
    this.#parts.push(key);
  }

  leave(): void {
    this.#parts.pop();
  }

  /** `spec.containers[0].image`, as strict decoding writes it; keys of maps stand there like fields. */
  text(last?: string): string {
    let text = '';
    for (const part of last === undefined ? this.#parts : [...this.#parts, last]) {
      const key = typeof part === 'object' ? part.key : part;
      text += typeof key === 'number' ? `[${key}]` : text ? `.${key}` : key;
    }
    return text;
  }

  /** `Container.spec.containers.image`, as encoding/json writes it: the struct, then fields only, embedded structs among them. */
  goText(): string {
    const fields = this.#parts.flatMap((part) => (typeof part === 'object' ? [part.goKey] : []));
    return [this.structs.at(-1), ...fields].join('.');
  }
}
