// Short ways to write the tables of gnostic's messages.
import { formatYaml, type TypeSchema } from '@kubets/api';

type Fields = NonNullable<TypeSchema['fields']>;
type Field = Fields[string];

export const text = (n: number): Field => ({ n, type: 'string' });
export const texts = (n: number): Field => ({ n, type: 'string', list: 'atomic' });
export const flag = (n: number): Field => ({ n, type: 'bool' });
export const one = (n: number, type: string): Field => ({ n, type });
export const many = (n: number, type: string): Field => ({ n, type, list: 'atomic' });
export const fields = (table: Fields): TypeSchema => ({ fields: table });
/** Maps are lists of names and values there. */
export const namedOf = (type: string) => fields({ name: text(1), value: one(2, type) });

export function named(map: object, value: (each: any) => object): object[] {
  return Object.entries(map).map(([name, each]) => ({ name, value: value(each) }));
}

/** Kinds of operations, keys of lists: documents repeat few values many times. */
const maxRemembered = 5_000;
const remembered = new Map<string, { yaml: string }>();

/** A value of any shape, which is YAML there. */
export function anyValue(value: unknown): { yaml: string } {
  const key = JSON.stringify(value);
  let found = remembered.get(key);
  if (!found) {
    found = { yaml: formatYaml(value) };
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(key, found);
  }
  return found;
}

/** Extensions of a part of a document: what begins with `x-`. */
export function extensions(each: object): object[] {
  return Object.entries(each)
    .filter(([name]) => name.startsWith('x-'))
    .map(([name, value]) => ({ name, value: anyValue(value) }));
}
