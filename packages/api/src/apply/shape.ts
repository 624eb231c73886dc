// How apply looks at a value of a type: what is one piece, what has parts, and what tells the parts apart.

import { typeSchema } from '../schema/find_type.ts';
import type { FieldSchema } from '../schema.ts';

export type Shape =
  /** One piece: scalars and whatever is declared atomic. */
  | { kind: 'leaf' }
  | { kind: 'struct'; field(name: string): Shape | undefined }
  | { kind: 'map'; item: Shape }
  | { kind: 'set' }
  | { kind: 'keyed'; keys: readonly string[]; defaults: Readonly<Record<string, unknown>>; item: Shape }
  /** No schema: maps have parts, lists are one piece. */
  | { kind: 'unknown' };

const leaf: Shape = { kind: 'leaf' };
export const unknownShape: Shape = { kind: 'unknown' };
const scalars = new Set(['string', 'int32', 'int64', 'uint32', 'uint64', 'bool', 'double', 'float', 'bytes']);
const byType = new Map<string, Shape>();

/** The shape of a type by its short name; of a type without a table, the unknown one. */
export function shapeOfType(type: string): Shape {
  if (scalars.has(type)) return leaf;
  const known = byType.get(type);
  if (known) return known;
  const schema = typeSchema(type);
  let shape: Shape;
  if (!schema) shape = unknownShape;
  else if (schema.special || schema.atomic || !schema.fields) shape = leaf;
  else {
    const { fields } = schema;
    const shapes = new Map<string, Shape>();
    shape = {
      kind: 'struct',
      field(name) {
        let found = shapes.get(name);
        if (!found && Object.hasOwn(fields, name)) {
          found = shapeOfField(fields[name]!);
          shapes.set(name, found);
        }
        return found;
      },
    };
  }
  byType.set(type, shape);
  return shape;
}

function shapeOfField(field: FieldSchema): Shape {
  if (field.atomic) return leaf;
  if (field.list) {
    if (field.list === 'set') return { kind: 'set' };
    if (field.list !== 'map' || !field.keys) return leaf;
    const fields = typeSchema(field.type)?.fields ?? {};
    const defaults: Record<string, unknown> = {};
    for (const key of field.keys) if (fields[key]?.default !== undefined) defaults[key] = fields[key].default;
    return { kind: 'keyed', keys: [...field.keys].sort(), defaults, item: shapeOfType(field.type) };
  }
  if (field.map) return { kind: 'map', item: field.listValues ? leaf : shapeOfType(field.type) };
  return shapeOfType(field.type);
}

/** The shape of what an object of the shape has under `name`. Fields that the type lacks are of unknown shape. */
export function childShape(shape: Shape, name: string): Shape {
  if (shape.kind === 'struct') return shape.field(name) ?? unknownShape;
  if (shape.kind === 'map') return shape.item;
  return unknownShape;
}

/** Whether a value under this shape is a map whose keys are the user's, each of them owned by itself. */
export function ownsKeys(shape: Shape, name: string): boolean {
  return shape.kind === 'map' || shape.kind === 'unknown' || (shape.kind === 'struct' && !shape.field(name));
}

export type Fields = Record<string, unknown>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function hasParts(shape: Shape, value: unknown): boolean {
  if (shape.kind === 'leaf') return false;
  if (shape.kind === 'set' || shape.kind === 'keyed') return Array.isArray(value);
  return isFields(value);
}
