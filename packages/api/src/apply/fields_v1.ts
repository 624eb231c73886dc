// FieldsV1: a set of fields as a JSON object. An element maps to what is below it; `.` says that an element with
// something below is in the set itself, and an element with nothing below is in the set anyway.
import { emptySet, type FieldSet } from './field_set.ts';
import { elementKey, fieldsOfText, selfMark } from './fields_text.ts';
import { type PathElement, readElement, sortElements } from './path_element.ts';

export interface FieldsV1 {
  [element: string]: FieldsV1;
}

/** Managed fields that make no sense. */
export class FieldsProblem extends Error {}

/** Throws FieldsProblem for what isn't FieldsV1. */
export function readFieldsV1(fields: unknown): FieldSet {
  try {
    return readNode(fields) ?? emptySet;
  } catch (error) {
    throw error instanceof FieldsProblem ? error : new FieldsProblem((error as Error).message);
  }
}

/** In upstream's order. */
export function writeFieldsV1(set: FieldSet): FieldsV1 {
  return fieldsOfText(writeNode(set, ''));
}

// `mark`: the set is below an element that is itself in a set.
function writeNode(set: FieldSet, mark: string): string {
  const elements = set.children.size ? new Set([...set.members, ...set.children.keys()]) : set.members;
  let inside = mark;
  for (const element of elements.size > 1 ? sortElements(elements) : elements) {
    const child = set.children.get(element);
    const node = child ? writeNode(child, set.members.has(element) ? selfMark : '') : '{}';
    inside += `${inside && ','}${elementKey(element)}${node}`;
  }
  return `{${inside}}`;
}

// Undefined where nothing is below.
function readNode(fields: unknown): FieldSet | undefined {
  if (typeof fields !== 'object' || fields === null || Array.isArray(fields)) {
    throw new FieldsProblem('fields must be an object of objects');
  }
  let members: Set<PathElement> | undefined;
  let children: Map<PathElement, FieldSet> | undefined;
  for (const [key, value] of Object.entries(fields)) {
    const element = key === '.' ? undefined : readElement(key);
    if (element === undefined) continue;
    const child = readNode(value);
    if (!child || Object.hasOwn(value, '.')) (members ??= new Set()).add(element);
    if (child) (children ??= new Map()).set(element, child);
  }
  if (!members && !children) return undefined;
  return { members: members ?? emptySet.members, children: children ?? emptySet.children };
}
