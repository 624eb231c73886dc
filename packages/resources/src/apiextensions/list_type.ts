import {
  type FieldError,
  forbiddenField,
  invalidValue,
  type JSONSchemaProps,
  notSupported,
  required,
} from '@kubets/api';

/** Rules of `x-kubernetes-list-type` and `x-kubernetes-list-map-keys`. */
export function validateListType(schema: JSONSchemaProps, path: string): FieldError[] {
  const { type } = schema;
  const listType = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const items = Array.isArray(schema.items) ? undefined : schema.items;
  const typePath = `${path}.x-kubernetes-list-type`;
  const errors: FieldError[] = [];
  if (listType !== undefined && type !== 'array') {
    const detail = 'must be array if x-kubernetes-list-type is specified';
    errors.push(type ? invalidValue(`${path}.type`, type, detail) : required(`${path}.type`, detail));
  } else if (listType === 'set' && items) errors.push(...validateSetItems(items, `${path}.items`));
  if (listType !== undefined && !['atomic', 'set', 'map'].includes(listType))
    errors.push(notSupported(typePath, listType, ['atomic', 'set', 'map']));
  if (keys.length > 0 && listType !== 'map') {
    const detail = 'must be map if x-kubernetes-list-map-keys is non-empty';
    errors.push(
      listType === undefined ? required(typePath, detail) : invalidValue(typePath, listType, detail),
    );
  }
  if (listType === 'map') errors.push(...validateMapKeys(schema, keys, path));
  if (items && (listType === 'set' || listType === 'map'))
    errors.push(...validateKeyProperties(items, listType, keys, `${path}.items`));
  return errors;
}

function validateSetItems(items: JSONSchemaProps, path: string): FieldError[] {
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  const listType = items['x-kubernetes-list-type'];
  if (items.type === 'array' && listType !== undefined && listType !== 'atomic')
    return [invalidValue(`${path}.x-kubernetes-list-type`, listType, detail)];
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic')
    return [invalidValue(`${path}.x-kubernetes-map-type`, listType ?? null, detail)];
  return [];
}

function validateMapKeys(schema: JSONSchemaProps, keys: string[], path: string): FieldError[] {
  const { items } = schema;
  const keysPath = `${path}.x-kubernetes-list-map-keys`;
  const errors: FieldError[] = [];
  if (keys.length === 0)
    errors.push(required(keysPath, 'must not be empty if x-kubernetes-list-type is map'));
  if (!items) errors.push(required(`${path}.items`, 'must have a schema if x-kubernetes-list-type is map'));
  else if (Array.isArray(items))
    errors.push(
      invalidValue(`${path}.items`, items, 'must only have a single schema if x-kubernetes-list-type is map'),
    );
  else if (items.type !== 'object')
    errors.push(
      invalidValue(
        `${path}.items.type`,
        items.type ?? '',
        "must be object if parent array's x-kubernetes-list-type is map",
      ),
    );
  else
    keys.forEach((key, i) => {
      const property = propertyOf(items, key);
      if (!property)
        errors.push(invalidValue(keysPath, keys, 'entries must all be names of item properties'));
      else if (property.type === 'array' || property.type === 'object')
        errors.push(
          invalidValue(
            `${path}.items.properties[${key}].type`,
            items.type,
            "must be a scalar type if parent array's x-kubernetes-list-type is map",
          ),
        );
      if (keys.indexOf(key) < i)
        errors.push(invalidValue(keysPath, keys, 'must not contain duplicate entries'));
    });
  return errors;
}

/** Items that are told apart by keys always have them. */
function validateKeyProperties(
  items: JSONSchemaProps,
  listType: 'set' | 'map',
  keys: string[],
  path: string,
): FieldError[] {
  const errors = items.nullable
    ? [forbiddenField(`${path}.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`)]
    : [];
  if (listType === 'set') return errors;
  for (const key of keys) {
    const property = propertyOf(items, key);
    const at = `${path}.properties[${key}]`;
    if (property && !items.required?.includes(key) && property.default === undefined)
      errors.push(
        required(
          `${at}.default`,
          'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property',
        ),
      );
    if (property?.nullable)
      errors.push(
        forbiddenField(
          `${at}.nullable`,
          'this property is in x-kubernetes-list-map-keys, so it cannot be nullable',
        ),
      );
  }
  return errors;
}

function propertyOf({ properties = {} }: JSONSchemaProps, name: string): JSONSchemaProps | undefined {
  return Object.hasOwn(properties, name) ? properties[name] : undefined;
}
