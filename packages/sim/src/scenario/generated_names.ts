import type { KubeObject } from '@kubets/api';

/**
 * Names that the server made up, told as `web-76f464fd7c-#1` in the order of their making: a scenario stays as it
 * is when some part asks for one random number more than before.
 */
export class GeneratedNames {
  readonly #made = new Map<string, number>();
  readonly #aliases = new Map<string, string>();

  learn({ metadata: { name, generateName = '' } }: KubeObject): void {
    if (this.#aliases.has(name)) return;
    const count = (this.#made.get(generateName) ?? 0) + 1;
    this.#made.set(generateName, count);
    this.#aliases.set(name, `${generateName}#${count}`);
  }

  /** The name behind an alias, or what was given. */
  nameOf(alias: string): string {
    for (const [name, each] of this.#aliases) if (each === alias) return name;
    return alias;
  }

  replaceIn(text: string): string {
    let replaced = text;
    for (const [name, alias] of this.#aliases) replaced = replaced.replaceAll(name, alias);
    return replaced;
  }
}
