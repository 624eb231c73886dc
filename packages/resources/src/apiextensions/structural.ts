// What makes a schema structural: every field has a type, and logic only narrows it
// (apiextensions-apiserver pkg/apiserver/schema/validation.go). Not here: that logic only names known fields.
import {
  type FieldError,
  forbiddenField,
  invalidValue,
  type JSONSchemaProps,
  joinFieldErrors,
  required,
} from '@kubets/api';
import { sameValue } from '../rules/equality.ts';

type Schema = JSONSchemaProps;
type Level = 'root' | 'item' | 'field';

const places = {
  root: 'at the root',
  item: 'for specified array items',
  field: 'for specified object fields',
} as const;

const intOrString: Schema[] = [{ type: 'integer' }, { type: 'string' }];

export function validateStructural(schema: Schema, path: string): FieldError[] {
  const text = (error: FieldError) => joinFieldErrors([error]);
  return validatePart(schema, 'root', path).sort((a, b) => (text(a) < text(b) ? -1 : 1));
}

function validatePart(schema: Schema, level: Level, path: string): FieldError[] {
  const { type, items, properties = {}, additionalProperties: others } = schema;
  const errors: FieldError[] = [];
  if (type === 'array' && !items) errors.push(required(`${path}.items`, 'must be specified'));
  if (items && !Array.isArray(items)) errors.push(...validatePart(items, 'item', `${path}.items`));
  for (const [name, property] of Object.entries(properties))
    errors.push(...validatePart(property, 'field', `${path}.properties[${name}]`));
  if (others !== undefined && level === 'root')
    errors.push(forbiddenField(`${path}.additionalProperties`, 'must not be used at the root'));
  if (typeof others === 'object')
    errors.push(...validatePart(others, 'field', `${path}.additionalProperties`));
  return [
    ...errors,
    ...validateLogic(schema, path, sameValue(schema.anyOf, intOrString), isAllOfIntOrString(schema)),
    ...validateType(schema, level, path),
    ...validateMeta(schema, level, path),
  ];
}

function isAllOfIntOrString({ allOf }: Schema): boolean {
  return sameValue(allOf?.[0]?.anyOf, intOrString);
}

function validateType(schema: Schema, level: Level, path: string): FieldError[] {
  const type = schema.type ?? '';
  const intOrStr = schema['x-kubernetes-int-or-string'];
  const preserve = schema['x-kubernetes-preserve-unknown-fields'];
  const embedded = schema['x-kubernetes-embedded-resource'];
  const errors: FieldError[] = [];
  const exclusive = (field: string) =>
    errors.push(
      invalidValue(`${path}.${field}`, true, 'must be false if x-kubernetes-int-or-string is true'),
    );
  if (intOrStr && preserve) exclusive('x-kubernetes-preserve-unknown-fields');
  if (intOrStr && embedded) exclusive('x-kubernetes-embedded-resource');
  if (embedded && type !== 'object') {
    const detail = 'must be object if x-kubernetes-embedded-resource is true';
    errors.push(type ? invalidValue(`${path}.type`, type, detail) : required(`${path}.type`, detail));
  } else if (!type && !intOrStr && !preserve)
    errors.push(required(`${path}.type`, `must not be empty ${places[level]}`));
  if (embedded && schema.additionalProperties !== undefined)
    errors.push(
      forbiddenField(
        `${path}.additionalProperties`,
        'must not be used if x-kubernetes-embedded-resource is set',
      ),
    );
  if (level === 'root' && type && type !== 'object')
    errors.push(invalidValue(`${path}.type`, type, 'must be object at the root'));
  if (embedded && !preserve && Object.keys(schema.properties ?? {}).length === 0)
    errors.push(
      required(
        `${path}.properties`,
        'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields',
      ),
    );
  return errors;
}

/** What every object has is not for schemas to describe. */
function validateMeta(schema: Schema, level: Level, path: string): FieldError[] {
  const { kind, apiVersion, metadata } = schema.properties ?? {};
  const isObject = level === 'root' || schema['x-kubernetes-embedded-resource'];
  const errors: FieldError[] = [];
  const typed = (name: string, part: Schema | undefined, type: string) => {
    if (part && isObject && part.type !== type)
      errors.push(invalidValue(`${path}.properties[${name}].type`, part.type ?? '', `must be ${type}`));
  };
  typed('kind', kind, 'string');
  typed('apiVersion', apiVersion, 'string');
  typed('metadata', metadata, 'object');
  if (level === 'root' && metadata && !onlyDescribesName(metadata))
    errors.push(
      forbiddenField(
        `${path}.properties[metadata]`,
        'must not specify anything other than name and generateName, but metadata is implicitly specified',
      ),
    );
  return errors;
}

function onlyDescribesName({ type: _, default: __, properties = {}, ...rest }: Schema): boolean {
  const names = Object.keys(properties);
  return (
    names.every((name) => name === 'name' || name === 'generateName') &&
    Object.values(rest).every((value) => value === undefined || value === false || value === '')
  );
}

function validateLogic(
  { anyOf = [], allOf = [], oneOf = [], not }: Schema,
  path: string,
  skipAnyOf = false,
  skipFirstAllOf = false,
): FieldError[] {
  return [
    ...(skipAnyOf ? [] : anyOf.flatMap((part, i) => validateNested(part, `${path}.anyOf[${i}]`))),
    ...allOf.flatMap((part, i) => validateNested(part, `${path}.allOf[${i}]`, skipFirstAllOf && i === 0)),
    ...oneOf.flatMap((part, i) => validateNested(part, `${path}.oneOf[${i}]`)),
    ...(not ? validateNested(not, `${path}.not`) : []),
  ];
}

const forbidden: Readonly<Record<string, string>> = {
  type: 'must be empty to be structural',
  default: 'must be undefined to be structural',
  title: 'must be empty to be structural',
  description: 'must be empty to be structural',
  nullable: 'must be false to be structural',
  additionalProperties: 'must be undefined to be structural',
  'x-kubernetes-preserve-unknown-fields': 'must be false to be structural',
  'x-kubernetes-embedded-resource': 'must be false to be structural',
  'x-kubernetes-int-or-string': 'must be false to be structural',
  'x-kubernetes-list-map-keys': 'must be empty to be structural',
  'x-kubernetes-list-type': 'must be undefined to be structural',
  'x-kubernetes-map-type': 'must be undefined to be structural',
  'x-kubernetes-validations': 'must be empty to be structural',
};

/** A part of `allOf` and the like: it may only narrow. */
function validateNested(schema: Schema, path: string, skipAnyOf = false): FieldError[] {
  const errors = validateLogic(schema, path, skipAnyOf);
  const { items, properties = {} } = schema;
  if (items && !Array.isArray(items)) errors.push(...validateNested(items, `${path}.items`));
  for (const [name, property] of Object.entries(properties))
    errors.push(...validateNested(property, `${path}.properties[${name}]`));
  for (const [field, detail] of Object.entries(forbidden)) {
    const value = schema[field as keyof Schema];
    const empty = value === false || value === '' || (Array.isArray(value) && value.length === 0);
    if (value !== undefined && !empty) errors.push(forbiddenField(`${path}.${field}`, detail));
  }
  if (Object.hasOwn(properties, 'metadata'))
    errors.push(forbiddenField(`${path}.properties[metadata]`, 'must not be specified in a nested context'));
  return errors;
}
