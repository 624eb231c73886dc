// The types of custom resources, from their structural schema (kube-openapi's schemaconv).
import {
  type ApplyField,
  type ApplyType,
  applyField,
  applyTypeOf,
  atomicType,
  deducedType,
  type ListForm,
  lazy,
  type MapForm,
} from './apply_type.ts';
import type { KeyValue } from './path_element.ts';

const textType: ApplyType = { scalar: 'string' };

/** The parts of `JSONSchemaProps` that matter here. */
export interface StructuralSchema {
  type?: string;
  format?: string;
  properties?: Record<string, StructuralSchema>;
  additionalProperties?: StructuralSchema | boolean;
  items?: StructuralSchema | StructuralSchema[];
  default?: unknown;
  'x-kubernetes-preserve-unknown-fields'?: boolean;
  'x-kubernetes-embedded-resource'?: boolean;
  'x-kubernetes-int-or-string'?: boolean;
  'x-kubernetes-list-type'?: string;
  'x-kubernetes-list-map-keys'?: string[];
  'x-kubernetes-map-type'?: string;
}

/**
 * The type of a custom resource, by the schema of one version. Its metadata is that of every object. Without a
 * schema everything may be there and lists are owned as one, those of metadata too.
 */
export function applyTypeOfSchema(
  schema: StructuralSchema | undefined,
  options: { preserveUnknownFields?: boolean } = {},
): ApplyType {
  if (!schema) return deducedType;
  return withMetadata(convert(schema, options.preserveUnknownFields ?? false));
}

// The API server adds these to every schema; `metadata` in a schema of a user can only narrow it.
function withMetadata(type: ApplyType): ApplyType {
  const map = type.map ?? deducedType.map!;
  const fields = new Map(map.fields);
  for (const name of ['apiVersion', 'kind'])
    fields.set(
      name,
      applyField(name, () => textType),
    );
  fields.set(
    'metadata',
    applyField('metadata', () => applyTypeOf('meta.v1.ObjectMeta')),
  );
  return { map: { ...map, fields } };
}

function convert(schema: StructuralSchema, preserveAbove: boolean): ApplyType {
  const preserve = preserveAbove || schema['x-kubernetes-preserve-unknown-fields'] === true;
  const type = convertForm(schema, preserve);
  return schema['x-kubernetes-embedded-resource'] ? withMetadata(type) : type;
}

function convertForm(schema: StructuralSchema, preserve: boolean): ApplyType {
  switch (schema.type) {
    case undefined:
    case '':
      return { scalar: 'untyped', list: listForm(schema, preserve), map: mapForm(schema, preserve) };
    case 'object':
      return { map: mapForm(schema, preserve) };
    case 'array':
      return { list: listForm(schema, preserve) };
    case 'integer':
    case 'number':
      return { scalar: 'numeric' };
    case 'boolean':
      return { scalar: 'boolean' };
    case 'string':
      return { scalar: !schema.format || schema.format === 'byte' ? 'string' : 'untyped' };
    default:
      return { scalar: 'untyped' };
  }
}

function listForm(schema: StructuralSchema, preserve: boolean): ListForm {
  const kind = schema['x-kubernetes-list-type'];
  const items = Array.isArray(schema.items) ? schema.items[0] : schema.items;
  return {
    atomic: kind !== 'set' && kind !== 'map',
    keys: kind === 'map' ? (schema['x-kubernetes-list-map-keys'] ?? []) : [],
    item: items ? lazy(() => convert(items, preserve)) : () => atomicType,
  };
}

function mapForm(schema: StructuralSchema, preserve: boolean): MapForm {
  const fields = new Map<string, ApplyField>();
  for (const [name, property] of Object.entries(schema.properties ?? {})) {
    const type = lazy(() => convert(property, preserve));
    fields.set(name, applyField(name, type, isScalar(property.default) ? { default: property.default } : {}));
  }
  return {
    atomic: schema['x-kubernetes-map-type'] === 'atomic',
    fields,
    others: otherFields(schema, preserve, fields.size),
  };
}

// An object without properties may hold anything; with properties only those, unless the schema says otherwise.
function otherFields(schema: StructuralSchema, preserve: boolean, fields: number): MapForm['others'] {
  const extra = schema.additionalProperties;
  if (extra === undefined || extra === null) return preserve || fields === 0 ? () => deducedType : undefined;
  if (typeof extra === 'boolean') return extra ? () => deducedType : undefined;
  return lazy(() => convert(extra, preserve));
}

function isScalar(value: unknown): value is KeyValue {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
