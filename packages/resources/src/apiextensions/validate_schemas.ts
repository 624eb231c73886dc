// Rules for the schemas of custom resources. Not here: rules in CEL, and whether defaults fit their own schema.
import {
  type CustomResourceDefinitionSpec,
  type FieldError,
  forbiddenField,
  invalidValue,
  type JSONSchemaProps,
  notSupported,
  required,
  type ValidationRule,
} from '@kubets/api';
import { validateListType } from './list_type.ts';
import { validateStructural } from './structural.ts';
import { settingsOf } from './version_settings.ts';

export type Schema = JSONSchemaProps;

/** What holds for a part of a schema because of where it is. */
interface Place {
  root?: boolean;
  insideMetadata?: boolean;
  /** Why defaults are not allowed. */
  noDefaults?: string;
}

const types = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const reasons = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];
const metaFields = ['apiVersion', 'kind', 'metadata'];
const breaks = /[\n\r]/;

// In Go's names and order, as the message lists them.
const allowedAtRoot =
  'Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations';

export function validateSchemas(spec: CustomResourceDefinitionSpec): FieldError[] {
  const withStatus = settingsOf(spec, 'subresources').filter(({ value }) => value.status);
  return settingsOf(spec, 'schema').flatMap(({ value: schema, path, version }) => {
    const hasStatus = withStatus.some(
      (setting) => (setting.version ?? version) === (version ?? setting.version),
    );
    const errors = hasStatus ? validateRootWithStatus(schema, path) : [];
    if (schema.nullable)
      errors.push(forbiddenField(`${path}.nullable`, 'nullable cannot be true at the root'));
    return [...errors, ...validateStructural(schema, path), ...validateSchema(schema, path, { root: true })];
  });
}

function validateRootWithStatus(schema: Schema, path: string): FieldError[] {
  for (const [field, value] of Object.entries(schema)) {
    const name = field
      .replace(/^x-kubernetes-/, 'x-')
      .replace(/(?:^|-)[a-z]/g, (start) => start.toUpperCase().replace('-', ''));
    if (value === undefined || value === false || value === '' || value === 0) continue;
    if (field === 'type' && value !== 'object')
      return [
        invalidValue(
          `${path}.type`,
          value,
          'only "object" is allowed as the type at the root of the schema if the status subresource is enabled',
        ),
      ];
    if (!allowedAtRoot.split(' ').includes(name))
      return [
        invalidValue(
          path,
          schema,
          `only [${allowedAtRoot}] fields are allowed at the root of the schema if the status subresource is enabled`,
        ),
      ];
  }
  return [];
}

function validateSchema(schema: Schema, path: string, place: Place): FieldError[] {
  return [
    ...validateSupported(schema, path, place),
    ...validateParts(schema, path, place),
    ...validateExtensions(schema, path),
    ...validateListType(schema, path),
    ...(schema['x-kubernetes-validations'] ?? []).flatMap((rule, i) =>
      validateCelRule(rule, `${path}.x-kubernetes-validations[${i}]`),
    ),
  ];
}

function validateSupported(
  schema: Schema,
  path: string,
  { noDefaults, insideMetadata }: Place,
): FieldError[] {
  const { type } = schema;
  const errors = type && !types.includes(type) ? [notSupported(`${path}.type`, type, types)] : [];
  const refuse = (field: string, detail: string) => errors.push(forbiddenField(`${path}.${field}`, detail));
  if (schema.default !== undefined && noDefaults) refuse('default', `must not be set ${noDefaults}`);
  for (const field of [
    'id',
    'additionalItems',
    'patternProperties',
    'definitions',
    'dependencies',
    '$ref',
  ] as const) {
    const value = schema[field];
    const empty = value === '' || (typeof value === 'object' && Object.keys(value).length === 0);
    if (value !== undefined && !empty) refuse(field, `${field} is not supported`);
  }
  if (type === 'null') refuse('type', 'type cannot be set to null, use nullable as an alternative');
  if (Array.isArray(schema.items)) refuse('items', 'items must be a schema object and not an array');
  if (insideMetadata && schema['x-kubernetes-embedded-resource'])
    refuse('x-kubernetes-embedded-resource', 'must not be used inside of resource meta');
  if (schema.uniqueItems)
    refuse('uniqueItems', 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic');
  return errors;
}

function validateParts(schema: Schema, path: string, place: Place): FieldError[] {
  const errors: FieldError[] = [];
  const { additionalProperties: others, properties = {}, items, not } = schema;
  const inner: Place = { ...place, root: false };
  if (others !== undefined && others !== true && Object.keys(properties).length > 0)
    errors.push(
      forbiddenField(
        `${path}.additionalProperties`,
        'additionalProperties and properties are mutual exclusive',
      ),
    );
  if (typeof others === 'object') {
    const noDefaults = place.insideMetadata
      ? 'inside additionalProperties applying to object metadata'
      : place.noDefaults;
    errors.push(
      ...validateSchema(others, `${path}.additionalProperties`, {
        ...inner,
        ...(noDefaults && { noDefaults }),
      }),
    );
  }
  for (const [name, property] of Object.entries(properties)) {
    const isMeta = (place.root || schema['x-kubernetes-embedded-resource']) && metaFields.includes(name);
    errors.push(
      ...validateSchema(property, `${path}.properties[${name}]`, {
        ...inner,
        ...(isMeta && { insideMetadata: true }),
        ...(isMeta && place.root && { noDefaults: `in top-level ${name}` }),
      }),
    );
  }
  if (not) errors.push(...validateSchema(not, `${path}.not`, inner));
  for (const field of ['allOf', 'oneOf', 'anyOf'] as const)
    schema[field]?.forEach((part, i) => {
      errors.push(...validateSchema(part, `${path}.${field}[${i}]`, inner));
    });
  if (items && !Array.isArray(items)) errors.push(...validateSchema(items, `${path}.items`, inner));
  return errors;
}

function validateExtensions(schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const mapType = schema['x-kubernetes-map-type'];
  if (schema['x-kubernetes-preserve-unknown-fields'] === false)
    errors.push(
      invalidValue(`${path}.x-kubernetes-preserve-unknown-fields`, false, 'must be true or undefined'),
    );
  if (mapType === undefined) return errors;
  if (schema.type !== 'object') {
    const detail = 'must be object if x-kubernetes-map-type is specified';
    errors.push(
      schema.type ? invalidValue(`${path}.type`, schema.type, detail) : required(`${path}.type`, detail),
    );
  }
  if (mapType !== 'atomic' && mapType !== 'granular')
    errors.push(notSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular']));
  return errors;
}

function validateCelRule(rule: ValidationRule, path: string): FieldError[] {
  const { message = '', messageExpression, reason, fieldPath = '' } = rule;
  const [text, note] = [(rule.rule ?? '').trim(), message.trim()];
  const errors: FieldError[] = [];
  if (text === '') errors.push(required(`${path}.rule`, 'rule is not specified'));
  else if (message && note === '')
    errors.push(invalidValue(`${path}.message`, message, 'must be non-empty if specified'));
  else if (breaks.test(note))
    errors.push(invalidValue(`${path}.message`, message, 'must not contain line breaks'));
  else if (breaks.test(text) && note === '')
    errors.push(required(`${path}.message`, 'message must be specified if rule contains line breaks'));
  if (messageExpression && messageExpression.trim() === '')
    errors.push(required(`${path}.messageExpression`, 'messageExpression must be non-empty if specified'));
  if (reason !== undefined && !reasons.includes(reason))
    errors.push(notSupported(`${path}.reason`, reason, reasons));
  if (fieldPath && fieldPath.trim() === '')
    errors.push(invalidValue(`${path}.fieldPath`, fieldPath, 'must be non-empty if specified'));
  if (breaks.test(fieldPath))
    errors.push(invalidValue(`${path}.fieldPath`, fieldPath, 'must not contain line breaks'));
  return errors;
}
