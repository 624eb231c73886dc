// OpenAPI 2.0 names a parameter once, and operations refer to it: half of the document's size.
import type { Parameter } from './parameters.ts';

export interface SharedParameters {
  /** Undefined for one that is used only once. */
  reference(parameter: Parameter): { $ref: string } | undefined;
  list(): [name: string, parameter: Parameter][];
}

export function sharedParameters(used: readonly Parameter[]): SharedParameters {
  const uses = new Map<string, { name: string; parameter: Parameter; count: number }>();
  for (const parameter of used) {
    const key = keyOf(parameter);
    const found = uses.get(key);
    if (found) found.count += 1;
    else uses.set(key, { name: `${parameter.name}-${hashText(key)}`, parameter, count: 1 });
  }
  const shared = [...uses.values()].filter(({ count }) => count > 1);
  return {
    reference(parameter) {
      const found = uses.get(keyOf(parameter));
      return found && found.count > 1 ? { $ref: `#/parameters/${found.name}` } : undefined;
    },
    list: () => shared.map(({ name, parameter }) => [name, parameter] as [string, Parameter]).sort(),
  };
}

function keyOf({ name, in: place, type, description }: Parameter): string {
  return `${name} ${place} ${type} ${description}`;
}

/** FNV-1a, 32 bits: enough to tell a handful of parameters of one name apart. */
export function hashText(text: string): string {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return (hash >>> 0).toString(36);
}
