// FieldsV1: a set of fields as a JSON object. An element maps to what is below it; `.` says that an element with
// something below is in the set itself, and an element with nothing below is in the set anyway.
import { emptySet, type FieldSet } from './field_set.ts';
import { compareElements, type PathElement, readElement } from './path_element.ts';

export interface FieldsV1 {
  [element: string]: FieldsV1;
}

/** Throws for what isn't FieldsV1. */
export function readFieldsV1(fields: unknown): FieldSet {
  return readNode(fields).set ?? emptySet;
}

/** In upstream's order. */
export function writeFieldsV1(set: FieldSet): FieldsV1 {
  const fields: FieldsV1 = {};
  const elements = new Set<PathElement>([...set.members, ...set.children.keys()]);
  for (const element of [...elements].sort(compareElements)) {
    const child = set.children.get(element);
    if (!child) fields[element] = {};
    else
      fields[element] = set.members.has(element)
        ? { '.': {}, ...writeFieldsV1(child) }
        : writeFieldsV1(child);
  }
  return fields;
}

function readNode(fields: unknown): { set: FieldSet | undefined; isMember: boolean } {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new Error('fields must be an object of objects');
  }
  const members = new Set<PathElement>();
  const children = new Map<PathElement, FieldSet>();
  let isMember = false;
  for (const [key, value] of Object.entries(fields)) {
    if (key === '.') {
      isMember = true;
      continue;
    }
    const element = readElement(key);
    if (element === undefined) continue;
    const child = readNode(value);
    if (child.isMember) members.add(element);
    if (child.set) children.set(element, child.set);
  }
  if (!members.size && !children.size) return { set: undefined, isMember: true };
  return { set: { members, children }, isMember };
}
