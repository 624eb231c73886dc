import { describe, expect, test } from 'vitest';
import { create, row, stored, update } from '../testing.ts';
import { customResourceDefinition as crd } from './custom_resource_definition.ts';

const schema = (properties: object = {}, more: object = {}) => ({
  openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } }, ...more },
});
const version = (change: object = {}) => ({
  name: 'v1',
  served: true,
  storage: true,
  schema: schema(),
  ...change,
});
const given = (spec: object = {}) => ({
  metadata: { name: 'crontabs.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'crontabs', kind: 'CronTab' },
    versions: [version()],
    ...spec,
  },
});
const refusal = (spec: object) => create(crd, given(spec)).errors.join('\n');
const ofVersion = (change: object) => refusal({ versions: [version(change)] });
const ofField = (field: object) => ofVersion({ schema: schema({ field }) });

test('defaults', () => {
  expect(create(crd, given()).object).toMatchObject({
    metadata: { generation: 1 },
    spec: {
      names: { plural: 'crontabs', kind: 'CronTab', singular: 'crontab', listKind: 'CronTabList' },
      conversion: { strategy: 'None' },
    },
    status: { storedVersions: ['v1'], acceptedNames: { plural: '', kind: '' }, conditions: [] },
  });
});

describe('refuses', () => {
  test('names', () => {
    expect(
      create(crd, { ...given(), metadata: { name: 'crontabs' } }).errors.join('\n'),
    ).toMatchInlineSnapshot(
      `"metadata.name: Invalid value: "crontabs": must be spec.names.plural+"."+spec.group"`,
    );
    expect(refusal({ scope: 'World' })).toMatchInlineSnapshot(
      `"spec.scope: Unsupported value: "World": supported values: "Cluster", "Namespaced""`,
    );
    expect(refusal({ names: { plural: 'crontabs', kind: 'Cron_Tab' } })).toMatchInlineSnapshot(`
      "spec.names.singular: Invalid value: "cron_tab": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
      spec.names.kind: Invalid value: "Cron_Tab": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
      spec.names.listKind: Invalid value: "Cron_TabList": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
    `);
    expect(
      refusal({ names: { plural: 'crontabs', kind: 'CronTab', listKind: 'CronTab', shortNames: ['C'] } }),
    ).toMatchInlineSnapshot(`
      "spec.names.shortNames[0]: Invalid value: "C": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')
      spec.names.listKind: Invalid value: "CronTab": kind and listKind may not be the same"
    `);
    expect(
      create(crd, {
        metadata: { name: 'crontabs.k8s.io' },
        spec: { ...given().spec, group: 'k8s.io' },
      }).errors.join('\n'),
    ).toMatchInlineSnapshot(
      `"metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation "api-approved.kubernetes.io", see https://github.com/kubernetes/enhancements/pull/1111"`,
    );
    expect(
      create(crd, {
        metadata: { name: 'crontabs.single' },
        spec: { ...given().spec, group: 'single' },
      }).errors.join('\n'),
    ).toMatchInlineSnapshot(
      `"spec.group: Invalid value: "single": should be a domain with at least one dot"`,
    );
  });

  test('versions', () => {
    expect(refusal({ versions: [] })).toMatchInlineSnapshot(`
      "spec.versions: Invalid value: []: must have exactly one version marked as storage version
      status.storedVersions: Invalid value: []: must have at least one stored version"
    `);
    expect(ofVersion({ schema: undefined })).toMatchInlineSnapshot(
      `"spec.versions[0].schema.openAPIV3Schema: Required value"`,
    );
    expect(refusal({ versions: [version(), version()] })).toMatchInlineSnapshot(`
      "spec.versions: Invalid value: [{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{}}}}}},{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{}}}}}}]: must contain unique version names
      spec.versions: Invalid value: [{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{}}}}}},{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{}}}}}}]: must have exactly one version marked as storage version"
    `);
    expect(refusal({ versions: [version({ name: '1' })] })).toMatchInlineSnapshot(
      `"spec.versions[0].name: Invalid value: "1": a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"`,
    );
    expect(ofVersion({ deprecationWarning: 'old' })).toMatchInlineSnapshot(
      `"spec.versions[0].deprecationWarning: Invalid value: "old": can only be set for deprecated versions"`,
    );
    expect(ofVersion({ deprecated: true, deprecationWarning: 'a\u0007' })).toMatchInlineSnapshot(
      `"spec.versions[0].deprecationWarning: Invalid value: "a\\a": must only contain printable UTF-8 characters; non-printable character found at index 1"`,
    );
    expect(refusal({ preserveUnknownFields: true })).toMatchInlineSnapshot(
      `"spec.preserveUnknownFields: Invalid value: true: cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead"`,
    );
  });

  test('subresources, columns and selectable fields', () => {
    expect(
      ofVersion({ subresources: { scale: { specReplicasPath: '.status.a', statusReplicasPath: 'a' } } }),
    ).toMatchInlineSnapshot(`
      "spec.subresources.scale.specReplicasPath: Invalid value: ".status.a": should be a json path under .spec
      spec.subresources.scale.statusReplicasPath: Invalid value: "a": must be a simple json path starting with ."
    `);
    expect(
      ofVersion({ additionalPrinterColumns: [{ name: 'A', type: 'text', jsonPath: 'a' }] }),
    ).toMatchInlineSnapshot(`
      "spec.additionalPrinterColumns[0].type: Invalid value: "text": must be one of boolean,date,integer,number,string
      spec.additionalPrinterColumns[0].JSONPath: Invalid value: "a": must be a simple json path starting with ."
    `);
    expect(ofVersion({ selectableFields: [{ jsonPath: '.spec.color' }] })).toMatchInlineSnapshot(
      `"spec.selectableFields[0].jsonPath: Invalid value: ".spec.color": is an invalid path: does not refer to a valid field"`,
    );
    expect(ofVersion({ selectableFields: [{ jsonPath: '.spec' }] })).toMatchInlineSnapshot(
      `"spec.selectableFields[0].jsonPath: Invalid value: ".spec": must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed."`,
    );
    expect(
      ofVersion({
        schema: schema({ color: { type: 'string' } }),
        selectableFields: [{ jsonPath: '.spec.color' }],
      }),
    ).toBe('');
  });

  test('conversions', () => {
    const webhook = (webhook: object) => refusal({ conversion: { strategy: 'Webhook', webhook } });
    expect(refusal({ conversion: { strategy: 'Magic' } })).toMatchInlineSnapshot(
      `"spec.conversion.strategy: Unsupported value: "Magic": supported values: "None", "Webhook""`,
    );
    expect(webhook({ conversionReviewVersions: ['v1'] })).toMatchInlineSnapshot(
      `"spec.conversion.webhookClientConfig: Required value: required when strategy is set to Webhook"`,
    );
    expect(
      webhook({ clientConfig: { url: 'https://a.b' }, conversionReviewVersions: ['v3'] }),
    ).toMatchInlineSnapshot(
      `"spec.conversion.conversionReviewVersions: Invalid value: ["v3"]: must include at least one of v1, v1beta1"`,
    );
    expect(
      webhook({ clientConfig: { service: { name: 'a', namespace: 'b' } }, conversionReviewVersions: ['v1'] }),
    ).toBe('');
    expect(
      refusal({
        conversion: { strategy: 'None', webhook: { clientConfig: {}, conversionReviewVersions: ['v1'] } },
      }),
    ).toMatchInlineSnapshot(`
      "spec.conversion.webhookClientConfig: Forbidden: should not be set when strategy is not set to Webhook
      spec.conversion.conversionReviewVersions: Forbidden: should not be set when strategy is not set to Webhook"
    `);
  });

  test('schemas that are not structural', () => {
    expect(ofVersion({ schema: { openAPIV3Schema: {} } })).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.type: Required value: must not be empty at the root"`,
    );
    expect(ofField({})).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].type: Required value: must not be empty for specified object fields"`,
    );
    expect(ofField({ type: 'array' })).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].items: Required value: must be specified"`,
    );
    expect(ofField({ type: 'object', 'x-kubernetes-embedded-resource': true })).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].properties: Required value: must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields"`,
    );
    expect(
      ofField({ 'x-kubernetes-int-or-string': true, 'x-kubernetes-preserve-unknown-fields': true }),
    ).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].x-kubernetes-preserve-unknown-fields: Invalid value: true: must be false if x-kubernetes-int-or-string is true"`,
    );
    expect(ofField({ type: 'string', allOf: [{ type: 'string' }] })).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].allOf[0].type: Forbidden: must be empty to be structural"`,
    );
    expect(
      ofVersion({
        schema: schema(
          {},
          { properties: { metadata: { type: 'object', properties: { labels: { type: 'object' } } } } },
        ),
      }),
    ).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified"`,
    );
    expect(
      ofField({ 'x-kubernetes-int-or-string': true, anyOf: [{ type: 'integer' }, { type: 'string' }] }),
    ).toBe('');
    expect(ofField({ 'x-kubernetes-preserve-unknown-fields': true })).toBe('');
    expect(
      ofField({ type: 'array', items: { type: 'object', additionalProperties: { type: 'string' } } }),
    ).toBe('');
  });

  test('schemas with what custom resources do not have', () => {
    expect(ofField({ type: 'text' })).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].type: Unsupported value: "text": supported values: "array", "boolean", "integer", "number", "object", "string""`,
    );
    expect(ofField({ type: 'array', items: { type: 'string' }, uniqueItems: true })).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].uniqueItems: Forbidden: uniqueItems cannot be set to true since the runtime complexity becomes quadratic"`,
    );
    expect(
      ofField({
        type: 'object',
        properties: { a: { type: 'string' } },
        additionalProperties: { type: 'string' },
      }),
    ).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].additionalProperties: Forbidden: additionalProperties and properties are mutual exclusive"`,
    );
    expect(ofField({ $ref: '#/a', type: 'object' })).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].$ref: Forbidden: $ref is not supported"`,
    );
    expect(ofField({ type: 'string', 'x-kubernetes-validations': [{ rule: ' ' }] })).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].x-kubernetes-validations[0].rule: Required value: rule is not specified"`,
    );
    expect(ofField({ type: 'string', 'x-kubernetes-validations': [{ rule: 'a\nb' }] })).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].x-kubernetes-validations[0].message: Required value: message must be specified if rule contains line breaks"`,
    );
    expect(
      ofVersion({
        schema: { openAPIV3Schema: { type: 'object', oneOf: [{}], nullable: true } },
        subresources: { status: {} },
      }),
    ).toMatchInlineSnapshot(`
      "spec.validation.openAPIV3Schema: Invalid value: {"type":"object","oneOf":[{}],"nullable":true}: only [Description Type Format Title Maximum ExclusiveMaximum Minimum ExclusiveMinimum MaxLength MinLength Pattern MaxItems MinItems UniqueItems MultipleOf Required Items Properties ExternalDocs Example XPreserveUnknownFields XValidations] fields are allowed at the root of the schema if the status subresource is enabled
      spec.validation.openAPIV3Schema.nullable: Forbidden: nullable cannot be true at the root"
    `);
    expect(
      ofVersion({ schema: schema({}, { properties: { kind: { type: 'string', default: 'A' } } }) }),
    ).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[kind].default: Forbidden: must not be set in top-level kind"`,
    );
  });

  test('lists whose items cannot be told apart', () => {
    const list = (more: object, item: object = { type: 'object', properties: { a: { type: 'string' } } }) =>
      ofField({ type: 'array', items: item, ...more });
    expect(list({ 'x-kubernetes-list-type': 'bag' })).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].x-kubernetes-list-type: Unsupported value: "bag": supported values: "atomic", "set", "map""`,
    );
    expect(list({ 'x-kubernetes-list-type': 'map' })).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].x-kubernetes-list-map-keys: Required value: must not be empty if x-kubernetes-list-type is map"`,
    );
    expect(list({ 'x-kubernetes-list-map-keys': ['a'] })).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].x-kubernetes-list-type: Required value: must be map if x-kubernetes-list-map-keys is non-empty"`,
    );
    expect(
      list({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['a'] }),
    ).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].items.properties[a].default: Required value: this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"`,
    );
    expect(
      list({ 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['b'] }),
    ).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].x-kubernetes-list-map-keys: Invalid value: ["b"]: entries must all be names of item properties"`,
    );
    expect(list({ 'x-kubernetes-list-type': 'set' })).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].items.x-kubernetes-map-type: Invalid value: null: must be atomic as item of a list with x-kubernetes-list-type=set"`,
    );
    expect(ofField({ type: 'string', 'x-kubernetes-list-type': 'set' })).toMatchInlineSnapshot(
      `"spec.validation.openAPIV3Schema.properties[spec].properties[field].type: Invalid value: "string": must be array if x-kubernetes-list-type is specified"`,
    );
    expect(
      list(
        { 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': ['a'] },
        { type: 'object', required: ['a'], properties: { a: { type: 'string' } } },
      ),
    ).toBe('');
  });

  test('what only one of several versions has, there', () => {
    const versions = [version(), version({ name: 'v2', storage: false, schema: schema({ a: {} }) })];
    expect(refusal({ versions })).toMatchInlineSnapshot(
      `"spec.versions[1].schema.openAPIV3Schema.properties[spec].properties[a].type: Required value: must not be empty for specified object fields"`,
    );
  });
});

describe('update', () => {
  const old = stored(crd, given());
  const change = (from: any, run: (spec: any) => void) => update(crd, from, ({ spec }) => run(spec));
  const established = {
    ...old,
    status: { ...old.status, conditions: [{ type: 'Established', status: 'True' }] },
  };

  test('the kind and scope of what exists stay', () => {
    expect(change(old, (spec) => (spec.scope = 'Cluster')).errors).toEqual([]);
    expect(change(established, (spec) => (spec.scope = 'Cluster')).errors.join('\n')).toMatchInlineSnapshot(
      `"spec.scope: Invalid value: "Cluster": field is immutable"`,
    );
    expect(
      change(established, (spec) => (spec.names.kind = 'Other')).errors.join('\n'),
    ).toMatchInlineSnapshot(`"spec.names.kind: Invalid value: "Other": field is immutable"`);
  });

  test('versions that were ever stored stay', () => {
    const moved = change(old, (spec) => {
      spec.versions = [version({ storage: false }), version({ name: 'v2' })];
    });
    expect(moved.errors).toEqual([]);
    expect(moved.object.status.storedVersions).toEqual(['v1', 'v2']);
    expect(change(moved.object, (spec) => spec.versions.shift()).errors.join('\n')).toMatchInlineSnapshot(
      `"status.storedVersions[0]: Invalid value: "v1": missing from spec.versions; v1 was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in v1 and removes v1 from status.storedVersions"`,
    );
  });

  test('status', () => {
    const { object, errors } = update(
      crd,
      old,
      (next) => {
        next.spec.scope = 'Cluster';
        next.status.conditions = [{ type: 'Established', status: 'True' }];
      },
      'status',
    );
    expect(errors).toEqual([]);
    expect(object).toMatchObject({ spec: old.spec, status: { conditions: [{ type: 'Established' }] } });
  });
});

test('are shown with the time of their creation', () => {
  expect(row(crd, create(crd, given()).object)).toEqual({
    Name: 'crontabs.example.com',
    'Created At': '2026-01-01T00:00:00Z',
  });
});
