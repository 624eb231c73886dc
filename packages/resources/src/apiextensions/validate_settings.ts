// Subresources, columns and selectable fields of custom resources.
import {
  type CustomResourceColumnDefinition,
  type CustomResourceDefinitionSpec,
  type CustomResourceSubresourceScale,
  duplicate,
  type FieldError,
  invalidValue,
  type JSONSchemaProps,
  required,
  tooMany,
} from '@kubets/api';
import { settingsOf } from './version_settings.ts';

const columnTypes = ['boolean', 'date', 'integer', 'number', 'string'];
const columnFormats = ['byte', 'date', 'date-time', 'double', 'float', 'int32', 'int64', 'password'];

export function validateSubresources(spec: CustomResourceDefinitionSpec): FieldError[] {
  return settingsOf(spec, 'subresources').flatMap(({ value: { scale }, path }) =>
    scale ? validateScale(scale, path) : [],
  );
}

function validateScale(scale: CustomResourceSubresourceScale, path: string): FieldError[] {
  const { specReplicasPath, statusReplicasPath, labelSelectorPath } = scale;
  return [
    ...validatePathUnder(specReplicasPath, ['.spec.'], 'under .spec', `${path}.scale.specReplicasPath`),
    ...validatePathUnder(
      statusReplicasPath,
      ['.status.'],
      'under .status',
      `${path}.scale.statusReplicasPath`,
    ),
    ...(labelSelectorPath
      ? validatePathUnder(
          labelSelectorPath,
          ['.spec.', '.status.'],
          'under either .spec or .status',
          `${path}.scale.labelSelectorPath`,
        )
      : []),
  ];
}

function validatePathUnder(
  value: string | undefined,
  prefixes: string[],
  place: string,
  path: string,
): FieldError[] {
  if (!value) return [required(path)];
  if (!value.startsWith('.')) return validateSimplePath(value, path);
  return prefixes.some((prefix) => value.startsWith(prefix))
    ? []
    : [invalidValue(path, value, `should be a json path ${place}`)];
}

function validateSimplePath(value: string, path: string): FieldError[] {
  return value.startsWith('.')
    ? []
    : [invalidValue(path, value, 'must be a simple json path starting with .')];
}

export function validateColumns(spec: CustomResourceDefinitionSpec): FieldError[] {
  return settingsOf(spec, 'additionalPrinterColumns').flatMap(({ value, path }) =>
    value.flatMap((column, i) => validateColumn(column, `${path}[${i}]`)),
  );
}

function validateColumn(column: CustomResourceColumnDefinition, path: string): FieldError[] {
  const { name, type, format, jsonPath } = column;
  const errors = name ? [] : [required(`${path}.name`)];
  const types = `must be one of ${columnTypes.join(',')}`;
  if (!type) errors.push(required(`${path}.type`, types));
  else if (!columnTypes.includes(type)) errors.push(invalidValue(`${path}.type`, type, types));
  if (format && !columnFormats.includes(format))
    errors.push(invalidValue(`${path}.format`, format, `must be one of ${columnFormats.join(',')}`));
  if (!jsonPath) errors.push(required(`${path}.JSONPath`));
  else errors.push(...validateSimplePath(jsonPath, `${path}.JSONPath`));
  return errors;
}

export function validateSelectableFields(spec: CustomResourceDefinitionSpec): FieldError[] {
  const schemas = settingsOf(spec, 'schema');
  return settingsOf(spec, 'selectableFields').flatMap(({ value, path, version }) => {
    const schema = schemas.find((candidate) => (candidate.version ?? version) === version)?.value;
    if (!schema) {
      const detail = version
        ? 'may only be set when `version.schema.openAPIV3Schema` is not included'
        : 'may only be set when validations.schema is included';
      return value.length > 0 ? [invalidValue(path, '', detail)] : [];
    }
    const errors: FieldError[] = [];
    const paths = value.map(({ jsonPath }) => jsonPath ?? '');
    paths.forEach((jsonPath, i) => {
      const at = `${path}[${i}].jsonPath`;
      const found = schemaAt(schema, jsonPath);
      const wrong = (detail: string) => errors.push(invalidValue(at, jsonPath, detail));
      if (jsonPath === '') errors.push(required(at));
      else if (!found) wrong('is an invalid path: does not refer to a valid field');
      else {
        if (/^\.metadata\b/.test(jsonPath)) wrong('must not point to fields in metadata');
        if (!['string', 'boolean', 'integer'].includes(found.type ?? ''))
          wrong(
            'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.',
          );
        if (paths.indexOf(jsonPath) < i) errors.push(duplicate(at, jsonPath));
      }
    });
    const count = new Set(paths).size;
    if (count > 8) errors.push(tooMany(path, count, 8));
    return errors;
  });
}

/** The part of a schema that describes what a path such as `.spec.color` points to. */
function schemaAt(schema: JSONSchemaProps, jsonPath: string): JSONSchemaProps | undefined {
  if (!jsonPath.startsWith('.')) return undefined;
  let found: JSONSchemaProps | undefined = schema;
  for (const name of jsonPath.slice(1).split('.')) {
    const { properties = {}, additionalProperties }: JSONSchemaProps = found;
    found = Object.hasOwn(properties, name)
      ? properties[name]
      : typeof additionalProperties === 'object'
        ? additionalProperties
        : undefined;
    if (!found) return undefined;
  }
  return found;
}
