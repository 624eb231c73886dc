// Joins the OpenAPI schemas and the protobuf field numbers into one table per type.

/** `io.k8s.api.core.v1.Pod` and `k8s.io.api.core.v1` + `Pod` both become `core.v1.Pod`. */
export function shortTypeName(name) {
  return name
    .replace(/^io\.k8s\.|^k8s\.io\./, '')
    .replace(/^api\./, '')
    .replace(/^apimachinery\.pkg\.apis\./, '')
    .replace(/^apimachinery\.pkg\.api\./, '')
    .replace(/^apimachinery\.pkg\.util\./, '')
    .replace(/^apimachinery\.pkg\./, '')
    .replace(/^apiextensions[-_]apiserver\.pkg\.apis\./, '')
    .replace(/^kube[-_]aggregator\.pkg\.apis\./, '')
    .replace(/^apiserver\.pkg\.apis\./, '')
    .replace(/^metrics\.pkg\.apis\./, '');
}

const scalars = new Set(['string', 'int32', 'int64', 'bool', 'double', 'bytes']);
// Types whose JSON form is not that of their protobuf message.
const special = {
  'resource.Quantity': 'quantity',
  'intstr.IntOrString': 'intOrString',
  'meta.v1.Time': 'time',
  'meta.v1.MicroTime': 'microTime',
  'meta.v1.Duration': 'duration',
  'meta.v1.FieldsV1': 'fieldsV1',
  'meta.v1.Verbs': 'stringList',
  'runtime.RawExtension': 'raw',
  'apiextensions.v1.JSON': 'json',
  'apiextensions.v1.JSONSchemaPropsOrArray': 'schemaOrArray',
  'apiextensions.v1.JSONSchemaPropsOrBool': 'schemaOrBool',
  'apiextensions.v1.JSONSchemaPropsOrStringArray': 'schemaOrStringArray',
  'apiextensions.v1beta1.JSON': 'json',
  'apiextensions.v1beta1.JSONSchemaPropsOrArray': 'schemaOrArray',
  'apiextensions.v1beta1.JSONSchemaPropsOrBool': 'schemaOrBool',
  'apiextensions.v1beta1.JSONSchemaPropsOrStringArray': 'schemaOrStringArray',
};

/**
 * `facts` is what read_go_types.mjs found by type; `kinds` are [group, version, kind] of objects that stand
 * alone though no OpenAPI document says so (AdmissionReview, versions that are not served any more).
 */
export function typeTables(schemas, protobuf, facts, kinds, enums = {}) {
  const tables = {};
  const messages = {};
  for (const [pkg, byName] of Object.entries(protobuf)) {
    for (const [name, fields] of Object.entries(byName)) {
      messages[shortTypeName(`${pkg}.${name}`)] = { fields, pkg: shortTypeName(`${pkg}.X`).slice(0, -2) };
    }
  }
  for (const name of new Set([...Object.keys(messages), ...Object.keys(schemas)])) {
    tables[name] = tableOf(name, schemas[name], messages[name], facts[name] ?? {});
  }
  for (const [name, { properties = {} }] of Object.entries(schemas)) {
    for (const [key, property] of Object.entries(properties))
      markZero(tables[name].fields[key], property, tables);
    for (const [key, values] of Object.entries(enums[name] ?? {})) tables[name].fields[key].enum = values;
  }
  for (const [group, version, kind] of kinds) {
    const table = tables[`${group.split('.')[0] || 'core'}.${version}.${kind}`];
    if (!table || table.gvk) continue;
    table.gvk = [group, version, kind];
    table.fields = { apiVersion: { type: 'string' }, kind: { type: 'string' }, ...table.fields };
  }
  return tables;
}

// That the empty value is the default follows from Go's types nearly everywhere; `zero` says where it doesn't.
function markZero(field, property, tables) {
  if (field.default !== undefined) return;
  const follows =
    !field.list &&
    !field.map &&
    !field.ptr &&
    (tables[field.type] ? !tables[field.type].special : Boolean(field.keep) && field.type !== 'bytes');
  const stated = 'default' in property;
  if (stated !== follows) field.zero = stated;
}

function tableOf(name, schema, message, facts) {
  const table = {};
  if (special[name]) table.special = special[name];
  else if (/ExtraValue$/.test(name)) table.special = 'stringList';
  const kinds = schema?.['x-kubernetes-group-version-kind'];
  if (kinds?.length === 1) table.gvk = [kinds[0].group, kinds[0].version, kinds[0].kind];
  if (schema?.['x-kubernetes-map-type'] === 'atomic') table.atomic = true;
  if (schema?.required?.length) table.required = schema.required;
  if (schema?.['x-kubernetes-unions']) table.unions = schema['x-kubernetes-unions'];
  const fields = {};
  const inline = [];
  for (const [key, property] of Object.entries(schema?.properties ?? {})) fields[key] = fieldOf(property);
  for (const [pbName, [number, label, type, valueType]] of Object.entries(message?.fields ?? {})) {
    const wire = label === 'map' ? valueType : type;
    const resolved = scalars.has(wire)
      ? wire
      : /\./.test(wire)
        ? shortTypeName(wire)
        : `${message.pkg}.${wire}`;
    if (facts.inline?.includes(pbName)) {
      inline.push({ n: number, type: resolved });
      continue;
    }
    const target = (fields[facts.json?.[pbName] ?? matchName(fields, pbName)] ??= {});
    target.n = number;
    target.type = resolved;
    if (label === 'repeated') target.list ??= 'atomic';
    // A message that is a list in JSON: not a list of lists.
    else if (special[resolved] === 'stringList') delete target.list;
    if (label === 'map') target.map = true;
  }
  for (const [key, field] of Object.entries(fields)) {
    if (facts.pointer?.includes(key)) field.ptr = true;
    if (facts.keep?.includes(key)) field.keep = true;
    if (facts.go?.[key]) field.go = facts.go[key];
  }
  if (Object.keys(fields).length) table.fields = fields;
  if (inline.length) table.inline = inline;
  return table;
}

function matchName(fields, pbName) {
  if (pbName in fields) return pbName;
  const lower = pbName.toLowerCase();
  return Object.keys(fields).find((key) => key.toLowerCase() === lower) ?? pbName;
}

function fieldOf(property) {
  const field = {};
  const ref = property.$ref ?? property.allOf?.[0]?.$ref;
  if (ref) field.type = shortTypeName(ref.split('/').pop());
  else if (property.type === 'array') {
    Object.assign(field, {
      type: fieldOf(property.items).type,
      list: property['x-kubernetes-list-type'] ?? 'atomic',
    });
    if (fieldOf(property.items).map) field.mapItems = true;
    if (property['x-kubernetes-list-map-keys']) field.keys = property['x-kubernetes-list-map-keys'];
  } else if (property.type === 'object') {
    field.map = true;
    const value = property.additionalProperties ?? { type: 'string' };
    const inner = fieldOf(value);
    field.type = inner.type ?? 'string';
    if (inner.list) field.listValues = true;
  } else if (property.type === 'integer') field.type = property.format === 'int64' ? 'int64' : 'int32';
  else if (property.type === 'number') field.type = 'double';
  else if (property.type === 'boolean') field.type = 'bool';
  else if (property.type === 'string') field.type = property.format === 'byte' ? 'bytes' : 'string';
  // Bytes are a list in Go, and may be called so.
  if (property.type === 'string' && property['x-kubernetes-list-type'])
    field.listed = property['x-kubernetes-list-type'];
  // `granular` undoes the `atomic` of the type that is referred to.
  if (property['x-kubernetes-map-type']) field.atomic = property['x-kubernetes-map-type'] === 'atomic';
  if (property['x-kubernetes-patch-strategy']) field.patch = property['x-kubernetes-patch-strategy'];
  if (property['x-kubernetes-patch-merge-key']) field.mergeKey = property['x-kubernetes-patch-merge-key'];
  const fallback = property.default;
  const empty =
    fallback === undefined ||
    fallback === '' ||
    fallback === 0 ||
    fallback === false ||
    (typeof fallback === 'object' && Object.keys(fallback ?? {}).length === 0);
  if (!empty) field.default = fallback;
  return field;
}
