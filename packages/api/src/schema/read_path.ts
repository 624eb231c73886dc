// Where a walk over an object is, in the two forms that upstream's messages have.

/** Fields, keys of maps and indexes from the root down. */
export class ReadPath {
  readonly #parts: (string | number)[] = [];
  readonly #isField: boolean[] = [];
  /** Names of the Go structs that were entered; the last is the one whose field is being read. */
  readonly structs: string[] = [];

  enterField(name: string): void {
    this.#parts.push(name);
    this.#isField.push(true);
  }

  enterItem(key: string | number): void {
    this.#parts.push(key);
    this.#isField.push(false);
  }

  leave(): void {
    this.#parts.pop();
    this.#isField.pop();
  }

  /** `spec.containers[0].image`, as strict decoding writes it; keys of maps stand there like fields. */
  text(last?: string): string {
    let text = '';
    for (const part of last === undefined ? this.#parts : [...this.#parts, last]) {
      text += typeof part === 'number' ? `[${part}]` : text ? `.${part}` : part;
    }
    return text;
  }

  /** `Container.spec.containers.image`, as encoding/json writes it: the struct, then fields only. */
  goText(): string {
    return [this.structs.at(-1), ...this.#parts.filter((_, i) => this.#isField[i])].join('.');
  }
}
