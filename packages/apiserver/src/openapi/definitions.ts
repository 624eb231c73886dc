// Schemas of types, from the same tables that decode and validate them.
import { type FieldSchema, type TypeSchema, typeSchema } from '@kubets/api';
import { definitionName } from './definition_names.ts';

export type Dialect = 'v2' | 'v3';

export interface Schema {
  type?: string;
  format?: string;
  $ref?: string;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: Schema | boolean;
  required?: string[];
  default?: unknown;
  allOf?: Schema[];
  oneOf?: Schema[];
  [extension: `x-${string}`]: unknown;
}

/** Definitions of `roots` and of all that they hold, by name. `gvks`: groups that also use a type under their own name. */
export function definitionsOf(
  roots: Iterable<string>,
  dialect: Dialect,
  gvks: ReadonlyMap<string, readonly object[]>,
): Record<string, Schema> {
  const found = new Map<string, Schema>();
  const queue = [...roots];
  for (let type = queue.pop(); type !== undefined; type = queue.pop()) {
    const name = definitionName(type);
    if (found.has(name)) continue;
    const table = typeSchema(type);
    if (!table) continue;
    found.set(name, definitionOf(table, dialect, gvks.get(type)));
    // Types with a form of their own hold no others that show.
    if (table.special) continue;
    for (const field of Object.values(table.fields ?? {}))
      if (field.type.includes('.')) queue.push(field.type);
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function definitionOf(table: TypeSchema, dialect: Dialect, gvks: readonly object[] | undefined): Schema {
  if (table.special) return specialSchema(table.special, dialect);
  const properties: Record<string, Schema> = {};
  for (const name of Object.keys(table.fields ?? {}).sort())
    properties[name] = fieldSchema(table.fields![name]!, dialect, table.required?.includes(name) ?? false);
  const own = table.gvk && [{ group: table.gvk[0], version: table.gvk[1], kind: table.gvk[2] }];
  const kinds = gvks ?? own;
  return {
    type: 'object',
    ...(Object.keys(properties).length && { properties }),
    ...(table.required?.length && { required: [...table.required].sort() }),
    ...(table.atomic && { 'x-kubernetes-map-type': 'atomic' }),
    ...(table.unions && { 'x-kubernetes-unions': table.unions }),
    ...(kinds && { 'x-kubernetes-group-version-kind': kinds }),
  };
}

function fieldSchema(field: FieldSchema, dialect: Dialect, required: boolean): Schema {
  const value = field.listValues
    ? { type: 'array', items: valueSchema(field.type, dialect) }
    : valueSchema(field.type, dialect);
  let schema: Schema;
  if (field.map) schema = { type: 'object', additionalProperties: value };
  else if (field.list) {
    const items = field.mapItems ? { type: 'object', additionalProperties: value } : value;
    schema = {
      type: 'array',
      items,
      'x-kubernetes-list-type': field.list,
      ...(field.keys && { 'x-kubernetes-list-map-keys': field.keys }),
    };
  } else {
    schema = value;
    if (field.default !== undefined) schema = { ...schema, default: field.default };
    else if (required && schema.type && !schema.format && schema.type === 'string')
      schema = { ...schema, default: '' };
  }
  if (field.atomic) schema = { ...schema, 'x-kubernetes-map-type': 'atomic' };
  if (field.patch) schema = { ...schema, 'x-kubernetes-patch-strategy': field.patch };
  if (field.mergeKey) schema = { ...schema, 'x-kubernetes-patch-merge-key': field.mergeKey };
  return besideRef(schema, dialect);
}

// In OpenAPI 3.0 what stands beside a $ref is ignored; allOf keeps it.
function besideRef(schema: Schema, dialect: Dialect): Schema {
  const { $ref, ...rest } = schema;
  if (!$ref || dialect === 'v2') return schema;
  return { allOf: [{ $ref }], ...rest };
}

const scalars: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  bool: { type: 'boolean' },
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  uint32: { type: 'integer', format: 'int64' },
  uint64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  float: { type: 'number', format: 'float' },
  bytes: { type: 'string', format: 'byte' },
};

function valueSchema(type: string, dialect: Dialect): Schema {
  const scalar = scalars[type];
  if (scalar) return scalar;
  const table = typeSchema(type);
  if (table?.special === 'stringList') return { type: 'array', items: { type: 'string' } };
  return { $ref: refTo(type, dialect) };
}

export function refTo(type: string, dialect: Dialect): string {
  return `#/${dialect === 'v2' ? 'definitions' : 'components/schemas'}/${definitionName(type)}`;
}

function specialSchema(special: NonNullable<TypeSchema['special']>, dialect: Dialect): Schema {
  switch (special) {
    case 'quantity':
      return dialect === 'v2' ? { type: 'string' } : { oneOf: [{ type: 'string' }, { type: 'number' }] };
    case 'intOrString':
      return dialect === 'v2'
        ? { type: 'string', format: 'int-or-string' }
        : { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] };
    case 'time':
    case 'microTime':
      return { type: 'string', format: 'date-time' };
    case 'duration':
      return { type: 'string' };
    case 'stringList':
      return { type: 'array', items: { type: 'string' } };
    case 'fieldsV1':
    case 'raw':
      return { type: 'object' };
    default:
      // JSON of any shape: no type at all.
      return {};
  }
}
