import { describe, expect, test } from 'vitest';
import { create, row, stored, update } from '../testing.ts';
import { mutatingAdmissionPolicy, validatingAdmissionPolicy } from './policies.ts';
import { mutatingAdmissionPolicyBinding, validatingAdmissionPolicyBinding } from './policy_bindings.ts';
import { mutatingWebhookConfiguration, validatingWebhookConfiguration } from './webhook_configurations.ts';

const pods = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };

describe('webhooks', () => {
  const hook = (change: object = {}) => ({
    name: 'images.example.com',
    clientConfig: { service: { name: 'images', namespace: 'shop' } },
    admissionReviewVersions: ['v1'],
    sideEffects: 'None',
    rules: [pods],
    ...change,
  });
  const refusal = (change: object) =>
    create(validatingWebhookConfiguration, { webhooks: [hook(change)] }).errors.join('\n');
  const rule = (change: object) => refusal({ rules: [{ ...pods, ...change }] });

  test('defaults', () => {
    const [filled] = create(mutatingWebhookConfiguration, { webhooks: [hook()] }).object.webhooks;
    expect(filled).toMatchObject({
      failurePolicy: 'Fail',
      matchPolicy: 'Equivalent',
      namespaceSelector: {},
      objectSelector: {},
      timeoutSeconds: 10,
      reinvocationPolicy: 'Never',
      clientConfig: { service: { port: 443 } },
      rules: [{ scope: '*' }],
    });
    expect(
      create(validatingWebhookConfiguration, { webhooks: [hook()] }).object.webhooks[0].reinvocationPolicy,
    ).toBeUndefined();
  });

  test('are refused', () => {
    expect(refusal({ name: 'images' })).toMatchInlineSnapshot(
      `"webhooks[0].name: Invalid value: "images": should be a domain with at least three segments separated by dots"`,
    );
    expect(refusal({ sideEffects: undefined })).toMatchInlineSnapshot(
      `"webhooks[0].sideEffects: Required value: must specify one of None, NoneOnDryRun"`,
    );
    expect(refusal({ sideEffects: 'Some' })).toMatchInlineSnapshot(
      `"webhooks[0].sideEffects: Unsupported value: "Some": supported values: "None", "NoneOnDryRun""`,
    );
    expect(refusal({ admissionReviewVersions: [] })).toMatchInlineSnapshot(
      `"webhooks[0].admissionReviewVersions: Required value: must specify one of v1, v1beta1"`,
    );
    expect(refusal({ admissionReviewVersions: ['v2'] })).toMatchInlineSnapshot(
      `"webhooks[0].admissionReviewVersions: Invalid value: ["v2"]: must include at least one of v1, v1beta1"`,
    );
    expect(refusal({ timeoutSeconds: 31 })).toMatchInlineSnapshot(
      `"webhooks[0].timeoutSeconds: Invalid value: 31: the timeout value must be between 1 and 30 seconds"`,
    );
    expect(refusal({ failurePolicy: 'Retry' })).toMatchInlineSnapshot(
      `"webhooks[0].failurePolicy: Unsupported value: "Retry": supported values: "Fail", "Ignore""`,
    );
    expect(refusal({ clientConfig: {} })).toMatchInlineSnapshot(
      `"webhooks[0].clientConfig: Required value: exactly one of url or service is required"`,
    );
    expect(refusal({ clientConfig: { url: 'http://user@a.b/?c#d' } })).toMatchInlineSnapshot(`
      "webhooks[0].clientConfig.url: Invalid value: "http": 'https' is the only allowed URL scheme; desired format: https://host[/path]
      webhooks[0].clientConfig.url: Invalid value: "user": user information is not permitted in the URL
      webhooks[0].clientConfig.url: Invalid value: "d": fragments are not permitted in the URL
      webhooks[0].clientConfig.url: Invalid value: "c": query parameters are not permitted in the URL"
    `);
    expect(
      refusal({ clientConfig: { service: { name: 'a', namespace: 'b', path: 'c//D', port: 0 } } }),
    ).toMatchInlineSnapshot(`
      "webhooks[0].clientConfig.service.port: Invalid value: 0: port is not valid: must be between 1 and 65535, inclusive
      webhooks[0].clientConfig.service.path: Invalid value: "c//D": must start with a '/'
      webhooks[0].clientConfig.service.path: Invalid value: "c//D": segment[0] may not be empty
      webhooks[0].clientConfig.service.path: Invalid value: "c//D": segment[1] may not be empty
      webhooks[0].clientConfig.service.path: Invalid value: "c//D": segment[2]: a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
    `);
    expect(refusal({ matchConditions: [{ name: '', expression: ' ' }] })).toMatchInlineSnapshot(`
      "webhooks[0].matchConditions[0].expression: Required value
      webhooks[0].matchConditions[0].name: Required value"
    `);
    expect(rule({ operations: ['*', 'CREATE'] })).toMatchInlineSnapshot(
      `"webhooks[0].rules[0].operations: Invalid value: ["*","CREATE"]: if '*' is present, must not specify other operations"`,
    );
    expect(rule({ operations: ['LOOK'] })).toMatchInlineSnapshot(
      `"webhooks[0].rules[0].operations[0]: Unsupported value: "LOOK": supported values: "*", "CONNECT", "CREATE", "DELETE", "UPDATE""`,
    );
    expect(rule({ apiGroups: [] })).toMatchInlineSnapshot(`"webhooks[0].rules[0].apiGroups: Required value"`);
    expect(rule({ resources: ['pods/*', 'pods/status'] })).toMatchInlineSnapshot(
      `"webhooks[0].rules[0].resources[1]: Invalid value: "pods/status": if 'pods/*' is present, must not specify pods/status"`,
    );
    expect(rule({ resources: ['*', 'pods'] })).toMatchInlineSnapshot(
      `"webhooks[0].rules[0].resources: Invalid value: ["*","pods"]: if '*' is present, must not specify other resources without subresources"`,
    );
    expect(rule({ scope: 'Some' })).toMatchInlineSnapshot(
      `"webhooks[0].rules[0].scope: Unsupported value: "Some": supported values: "*", "Cluster", "Namespaced""`,
    );
    expect(
      create(validatingWebhookConfiguration, { webhooks: [hook(), hook()] }).errors.join('\n'),
    ).toMatchInlineSnapshot(`"webhooks[1].name: Duplicate value: "images.example.com""`);
  });

  test('a changed list raises the generation', () => {
    const old = stored(validatingWebhookConfiguration, { webhooks: [hook()] });
    expect(
      update(validatingWebhookConfiguration, old, (next) => (next.webhooks = [])).object.metadata.generation,
    ).toBe(2);
    expect(row(validatingWebhookConfiguration, old)).toMatchObject({ Webhooks: 1 });
  });

  test('names of static configuration are warned of', () => {
    const { warnings } = create(validatingWebhookConfiguration, {
      metadata: { name: 'a.static.k8s.io' },
      webhooks: [],
    });
    expect(warnings.some((warning) => warning.startsWith('metadata.name: '))).toBe(true);
  });
});

describe('policies', () => {
  const validating = (spec: object = {}) => ({
    metadata: { name: 'few.example.com' },
    spec: { matchConstraints: { resourceRules: [pods] }, validations: [{ expression: 'true' }], ...spec },
  });
  const mutating = (spec: object = {}) => ({
    spec: {
      matchConstraints: { resourceRules: [pods] },
      reinvocationPolicy: 'Never',
      mutations: [{ patchType: 'JSONPatch', jsonPatch: { expression: '[]' } }],
      ...spec,
    },
  });
  const refusal = (spec: object) => create(validatingAdmissionPolicy, validating(spec)).errors.join('\n');
  const refusalOfMutation = (spec: object) =>
    create(mutatingAdmissionPolicy, mutating(spec)).errors.join('\n');

  test('defaults', () => {
    expect(create(validatingAdmissionPolicy, validating()).object.spec).toMatchObject({
      failurePolicy: 'Fail',
      matchConstraints: {
        matchPolicy: 'Equivalent',
        namespaceSelector: {},
        objectSelector: {},
        resourceRules: [{ scope: '*' }],
      },
    });
  });

  test('are refused', () => {
    expect(refusal({ matchConstraints: undefined })).toMatchInlineSnapshot(
      `"spec.matchConstraints: Required value"`,
    );
    expect(refusal({ matchConstraints: {} })).toMatchInlineSnapshot(
      `"spec.matchConstraints.resourceRules: Required value"`,
    );
    expect(refusal({ validations: [] })).toMatchInlineSnapshot(`
      "spec.validations: Required value: validations or auditAnnotations must contain at least one item
      spec.auditAnnotations: Required value: validations or auditAnnotations must contain at least one item"
    `);
    expect(refusal({ validations: [{ expression: ' ' }] })).toMatchInlineSnapshot(
      `"spec.validations[0].expression: Required value: expression is not specified"`,
    );
    expect(refusal({ validations: [{ expression: 'true', message: 'a\nb' }] })).toMatchInlineSnapshot(
      `"spec.validations[0].message: Invalid value: "a\\nb": must not contain line breaks"`,
    );
    expect(refusal({ validations: [{ expression: 'true', reason: 'Mood' }] })).toMatchInlineSnapshot(
      `"spec.validations[0].reason: Unsupported value: "Mood": supported values: "Forbidden", "Invalid", "RequestEntityTooLarge""`,
    );
    expect(refusal({ variables: [{ name: 'for', expression: '1' }] })).toMatchInlineSnapshot(
      `"spec.variables[0].name: Invalid value: "for": must be a valid CEL identifier"`,
    );
    expect(refusal({ paramKind: { apiVersion: 'a/b/c', kind: 'A_B' } })).toMatchInlineSnapshot(`
      "spec.paramKind.apiVersion: Invalid value: "a/b/c": unexpected GroupVersion string: a/b/c
      spec.paramKind.kind: Invalid value: "A_B": may have mixed case, but should otherwise match: a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
    `);
    expect(refusal({ paramKind: { apiVersion: 'rules.example.com/v1', kind: 'Limit' } })).toBe('');
    expect(refusal({ auditAnnotations: [{ key: 'a b', valueExpression: '' }] })).toMatchInlineSnapshot(`
      "spec.auditAnnotations[0].key: Invalid value: "few.example.com/a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')
      spec.auditAnnotations[0].valueExpression: Required value: valueExpression is not specified"
    `);
    expect(refusalOfMutation({})).toBe('');
    expect(refusalOfMutation({ mutations: [] })).toMatchInlineSnapshot(
      `"spec.mutations: Required value: mutations must contain at least one item"`,
    );
    expect(refusalOfMutation({ mutations: [{ patchType: 'Merge' }] })).toMatchInlineSnapshot(
      `"spec.mutations[0].patchType: Unsupported value: "Merge": supported values: "ApplyConfiguration", "JSONPatch""`,
    );
    expect(
      refusalOfMutation({ mutations: [{ patchType: 'JSONPatch', applyConfiguration: { expression: 'a' } }] }),
    ).toMatchInlineSnapshot(`
      "spec.mutations[0].jsonPatch: Required value: must be specified when patchType is JSONPatch
      spec.mutations[0].applyConfiguration: Invalid value: "{applyConfiguration}": must not be specified when patchType is JSONPatch"
    `);
    expect(refusalOfMutation({ reinvocationPolicy: '' })).toMatchInlineSnapshot(
      `"spec.reinvocationPolicy: Unsupported value: "": supported values: "IfNeeded", "Never""`,
    );
    expect(
      refusalOfMutation({ matchConstraints: { resourceRules: [{ ...pods, operations: ['DELETE'] }] } }),
    ).toMatchInlineSnapshot(
      `"spec.matchConstraints.resourceRules.operations: Unsupported value: "DELETE": supported values: "*", "CONNECT", "CREATE", "UPDATE""`,
    );
  });

  test('are shown', () => {
    expect(
      row(validatingAdmissionPolicy, create(validatingAdmissionPolicy, validating()).object),
    ).toMatchObject({
      Validations: 1,
      ParamKind: '<unset>',
    });
    const paramKind = { apiVersion: 'rules.example.com/v1', kind: 'Limit' };
    expect(
      row(mutatingAdmissionPolicy, create(mutatingAdmissionPolicy, mutating({ paramKind })).object),
    ).toMatchObject({
      Mutations: 1,
      ParamKind: 'rules.example.com/v1/Limit',
    });
  });
});

describe('bindings', () => {
  const refusal = (spec: object) =>
    create(validatingAdmissionPolicyBinding, {
      spec: { policyName: 'a', validationActions: ['Deny'], ...spec },
    }).errors.join('\n');

  test('are refused', () => {
    expect(refusal({ policyName: '' })).toMatchInlineSnapshot(`"spec.policyName: Required value"`);
    expect(refusal({ validationActions: [] })).toMatchInlineSnapshot(
      `"spec.validationActions: Required value: at least one validation action is required"`,
    );
    expect(refusal({ validationActions: ['Deny', 'Warn'] })).toMatchInlineSnapshot(
      `"spec.validationActions: Invalid value: ["Deny","Warn"]: must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)"`,
    );
    expect(refusal({ validationActions: ['Audit', 'Audit'] })).toMatchInlineSnapshot(
      `"spec.validationActions[1]: Duplicate value: "Audit""`,
    );
    expect(
      refusal({ paramRef: { name: 'a', selector: {}, parameterNotFoundAction: 'Deny' } }),
    ).toMatchInlineSnapshot(`
      "spec.paramRef.name: Forbidden: name and selector are mutually exclusive
      spec.paramRef.selector: Forbidden: name and selector are mutually exclusive"
    `);
    expect(refusal({ paramRef: { parameterNotFoundAction: 'Wait' } })).toMatchInlineSnapshot(`
      "spec.paramRef: Required value: one of name or selector must be specified
      spec.paramRef.parameterNotFoundAction: Unsupported value: "Wait": supported values: "Deny", "Allow""
    `);
  });

  test.each([
    [undefined, '<unset>'],
    [{ name: 'a' }, '*/a'],
    [{ name: 'a', namespace: 'b' }, 'b/a'],
    [
      {
        selector: {
          matchLabels: { b: 'c', a: 'b' },
          matchExpressions: [{ key: 'd', operator: 'In', values: ['e', 'f'] }],
        },
      },
      '&LabelSelector{MatchLabels:map[string]string{a: b,b: c,},MatchExpressions:[]LabelSelectorRequirement{LabelSelectorRequirement{Key:d,Operator:In,Values:[e f],},},}',
    ],
  ])('with the parameters %j are shown', (paramRef, text) => {
    const { object } = create(mutatingAdmissionPolicyBinding, {
      spec: { policyName: 'a', ...(paramRef && { paramRef }) },
    });
    expect(row(mutatingAdmissionPolicyBinding, object)).toMatchObject({ PolicyName: 'a', ParamRef: text });
  });
});
