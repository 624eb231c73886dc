// Schemas of types, from the same tables that decode and validate them.
import { type FieldSchema, type TypeSchema, typeSchema } from '@kubets/api';
import { definitionName } from './definition_names.ts';
import type { Descriptions } from './descriptions/index.ts';

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
  enum?: (string | number)[];
  description?: string;
  allOf?: Schema[];
  oneOf?: Schema[];
  [extension: `x-${string}`]: unknown;
}

interface Version {
  group: string;
  version: string;
}

export interface DefinitionOptions {
  dialect: Dialect;
  /** Under whose names too the options of a delete and the events of a watch are sent. */
  versions: readonly Version[];
  words: Descriptions;
}

/** Definitions of `roots` and of all that they hold, by name. */
export function definitionsOf(roots: Iterable<string>, options: DefinitionOptions): Record<string, Schema> {
  const found = new Map<string, Schema>();
  const queue = [...roots];
  for (let type = queue.pop(); type !== undefined; type = queue.pop()) {
    const name = definitionName(type);
    if (found.has(name)) continue;
    const table = typeSchema(type);
    // A type that is a list of text has no definition of its own.
    if (!table || table.special === 'stringList') continue;
    found.set(name, definitionOf(type, table, options));
    // Types with a form of their own hold no others that show.
    if (table.special) continue;
    for (const field of Object.values(table.fields ?? {}))
      if (field.type.includes('.')) queue.push(field.type);
  }
  return Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function definitionOf(type: string, table: TypeSchema, options: DefinitionOptions): Schema {
  const { dialect, versions, words } = options;
  const description = words.describeType(type);
  const described = description ? { description } : {};
  if (table.special) return { ...described, ...specialSchema(table.special, dialect) };
  const properties: Record<string, Schema> = {};
  for (const name of Object.keys(table.fields ?? {}).sort()) {
    const schema = fieldSchema(table, name, dialect);
    const said = words.describeField(type, name);
    properties[name] = besideRef(said ? { description: said, ...schema } : schema, dialect);
  }
  const kinds = kindsOf(type, table, versions);
  return {
    ...described,
    type: 'object',
    ...(table.required?.length && { required: table.required }),
    ...(Object.keys(properties).length && { properties }),
    ...(kinds && { 'x-kubernetes-group-version-kind': kinds }),
    ...(table.atomic && { 'x-kubernetes-map-type': 'atomic' }),
    ...(table.unions && { 'x-kubernetes-unions': table.unions }),
  };
}

function fieldSchema(table: TypeSchema, name: string, dialect: Dialect): Schema {
  const field = table.fields![name]!;
  const isList = typeSchema(field.type)?.special === 'stringList';
  const value =
    field.listValues && !isList
      ? { type: 'array', items: valueSchema(field, dialect) }
      : valueSchema(field, dialect);
  let schema: Schema;
  if (field.map) schema = { type: 'object', additionalProperties: value };
  else if (field.list) {
    const items = field.mapItems ? { type: 'object', additionalProperties: value } : value;
    // The items of a list of objects of a kind are no field that anybody merges.
    const listed = name === 'items' && table.fields!['metadata']?.type === 'meta.v1.ListMeta';
    schema = {
      type: 'array',
      items,
      ...(!listed && { 'x-kubernetes-list-type': field.list }),
      ...(field.keys && { 'x-kubernetes-list-map-keys': field.keys }),
    };
  } else {
    const fallback = dialect === 'v3' ? (field.default ?? zeroOf(field)) : undefined;
    schema = fallback === undefined ? value : { ...value, default: fallback };
  }
  if (field.listed) schema['x-kubernetes-list-type'] = field.listed;
  if (field.atomic !== undefined) schema['x-kubernetes-map-type'] = field.atomic ? 'atomic' : 'granular';
  if (field.patch) schema['x-kubernetes-patch-strategy'] = field.patch;
  if (field.mergeKey) schema['x-kubernetes-patch-merge-key'] = field.mergeKey;
  return schema;
}

/** The empty value, where OpenAPI states it: for what Go always writes, and for structures that are no pointers. */
function zeroOf({ type, keep, ptr, zero }: FieldSchema): unknown {
  const table = typeSchema(type);
  const stated = zero ?? (!ptr && (table ? !table.special : Boolean(keep) && type !== 'bytes'));
  if (!stated) return undefined;
  if (table) return {};
  return type === 'string' ? '' : type === 'bool' ? false : 0;
}

// In OpenAPI 3.0 what stands beside a $ref is ignored; allOf keeps it.
function besideRef(schema: Schema, dialect: Dialect): Schema {
  const { $ref, ...rest } = schema;
  if (!$ref || dialect === 'v2') return schema;
  return { ...rest, allOf: [{ $ref }] };
}

// Kinds that every group answers or takes under its own name.
const everywhere = new Set(['DeleteOptions', 'WatchEvent']);

function kindsOf(type: string, { gvk }: TypeSchema, versions: readonly Version[]): object[] | undefined {
  const kind = type.slice(type.lastIndexOf('.') + 1);
  if (type.startsWith('meta.v1.') && everywhere.has(kind))
    return versions.map(({ group, version }) => ({ group, kind, version }));
  return gvk && [{ group: gvk[0], kind: gvk[2], version: gvk[1] }];
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

function valueSchema({ type, enum: values }: FieldSchema, dialect: Dialect): Schema {
  const scalar = scalars[type];
  if (scalar) return values ? { ...scalar, enum: values } : { ...scalar };
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
