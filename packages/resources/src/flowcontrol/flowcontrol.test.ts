import { describe, expect, test } from 'vitest';
import { create, row, stored, update } from '../testing.ts';
import { flowSchema } from './flow_schema.ts';
import { priorityLevelConfiguration } from './priority_level_configuration.ts';

const everybody = { kind: 'Group', group: { name: 'system:authenticated' } };
const pods = { verbs: ['get'], apiGroups: [''], resources: ['pods'], namespaces: ['*'] };

describe('flow schemas', () => {
  const given = (spec: object = {}) => ({
    spec: {
      priorityLevelConfiguration: { name: 'batch' },
      rules: [{ subjects: [everybody], resourceRules: [pods] }],
      ...spec,
    },
  });
  const refusal = (spec: object) => create(flowSchema, given(spec)).errors.join('\n');
  const rule = (change: object) =>
    refusal({ rules: [{ subjects: [everybody], resourceRules: [pods], ...change }] });

  test('defaults', () => {
    expect(create(flowSchema, given()).object.spec.matchingPrecedence).toBe(1000);
  });

  test('are refused', () => {
    expect(refusal({ matchingPrecedence: 10_001 })).toMatchInlineSnapshot(
      `"spec.matchingPrecedence: Invalid value: 10001: must not be greater than 10000"`,
    );
    expect(refusal({ matchingPrecedence: 1 })).toMatchInlineSnapshot(
      `"spec.matchingPrecedence: Invalid value: 1: only the schema named 'exempt' may have matchingPrecedence 1"`,
    );
    expect(refusal({ matchingPrecedence: -1 })).toMatchInlineSnapshot(
      `"spec.matchingPrecedence: Invalid value: -1: must be a positive value"`,
    );
    expect(refusal({ priorityLevelConfiguration: {} })).toMatchInlineSnapshot(
      `"spec.priorityLevelConfiguration.name: Required value: must reference a priority level"`,
    );
    expect(refusal({ distinguisherMethod: { type: 'ByHeight' } })).toMatchInlineSnapshot(
      `"spec.distinguisherMethod.type: Unsupported value: {"Type":"ByHeight"}: supported values: "ByNamespace", "ByUser""`,
    );
    expect(rule({ subjects: [] })).toMatchInlineSnapshot(
      `"spec.rules[0].subjects: Required value: subjects must contain at least one value"`,
    );
    expect(rule({ subjects: [{ kind: 'Robot' }] })).toMatchInlineSnapshot(
      `"spec.rules[0].subjects[0].kind: Unsupported value: "Robot": supported values: "Group", "ServiceAccount", "User""`,
    );
    expect(rule({ subjects: [{ kind: 'User', group: { name: 'a' } }] })).toMatchInlineSnapshot(`
      "spec.rules[0].subjects[0].user: Required value: user is required when subject kind is 'User'
      spec.rules[0].subjects[0].group: Forbidden: group is forbidden when subject kind is not 'Group'"
    `);
    expect(
      rule({ subjects: [{ kind: 'ServiceAccount', serviceAccount: { name: '*', namespace: '' } }] }),
    ).toMatchInlineSnapshot(
      `"spec.rules[0].subjects[0].serviceAccount.namespace: Required value: must specify namespace for service account"`,
    );
    expect(rule({ resourceRules: [] })).toMatchInlineSnapshot(
      `"spec.rules[0]: Required value: at least one of resourceRules and nonResourceRules has to be non-empty"`,
    );
    expect(rule({ resourceRules: [{ ...pods, verbs: ['look'] }] })).toMatchInlineSnapshot(
      `"spec.rules[0].resourceRules[0].verbs: Unsupported value: ["look"]: supported values: "create", "delete", "deletecollection", "get", "list", "patch", "proxy", "update", "watch""`,
    );
    expect(rule({ resourceRules: [{ ...pods, verbs: ['*', 'get'] }] })).toMatchInlineSnapshot(
      `"spec.rules[0].resourceRules[0].verbs: Invalid value: ["*","get"]: if '*' is present, must not specify other verbs"`,
    );
    expect(rule({ resourceRules: [{ ...pods, namespaces: [] }] })).toMatchInlineSnapshot(
      `"spec.rules[0].resourceRules[0].namespaces: Required value: resource rules that are not cluster scoped must supply at least one namespace"`,
    );
    expect(rule({ resourceRules: [{ ...pods, namespaces: ['A'] }] })).toMatchInlineSnapshot(
      `"spec.rules[0].resourceRules[0].namespaces[0]: Invalid value: "A": each member of this list must be '*' or a DNS-1123 label; a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"`,
    );
    expect(
      rule({ nonResourceRules: [{ verbs: ['get'], nonResourceURLs: ['healthz', '/a b', '/a*', '/a//b'] }] }),
    ).toMatchInlineSnapshot(`
      "spec.rules[0].nonResourceRules[0].nonResourceURLs[0]: Invalid value: "healthz": must start with slash
      spec.rules[0].nonResourceRules[0].nonResourceURLs[1]: Invalid value: "/a b": must not contain white-space
      spec.rules[0].nonResourceRules[0].nonResourceURLs[2]: Invalid value: "/a*": wildcard can only do suffix matching
      spec.rules[0].nonResourceRules[0].nonResourceURLs[3]: Invalid value: "/a//b": must not contain double slash"
    `);
  });

  test('that every server has are fixed', () => {
    const all = {
      resourceRules: [
        { verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true },
      ],
      nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
    };
    const exempt = {
      metadata: { name: 'exempt' },
      spec: {
        priorityLevelConfiguration: { name: 'exempt' },
        matchingPrecedence: 1,
        rules: [{ subjects: [{ kind: 'Group', group: { name: 'system:masters' } }], ...all }],
      },
    };
    expect(create(flowSchema, exempt).errors).toEqual([]);
    const old = stored(flowSchema, exempt);
    expect(update(flowSchema, old, ({ spec }) => spec.rules.pop()).errors[0]).toMatch(
      /: spec of 'exempt' must equal the fixed value$/,
    );
  });

  test('are shown', () => {
    const { object } = create(flowSchema, given({ distinguisherMethod: { type: 'ByUser' } }));
    object.status = { conditions: [{ type: 'Dangling', status: 'False' }] };
    expect(row(flowSchema, object)).toMatchObject({
      PriorityLevel: 'batch',
      MatchingPrecedence: 1000,
      DistinguisherMethod: 'ByUser',
      MissingPL: 'False',
    });
  });
});

describe('priority levels', () => {
  const given = (spec: object) => ({ metadata: { name: 'batch' }, spec });
  const limited = (change: object) => ({
    type: 'Limited',
    limited: { limitResponse: { type: 'Reject' }, ...change },
  });
  const queued = (queuing: object) => limited({ limitResponse: { type: 'Queue', queuing } });
  const refusal = (spec: object, name = 'batch') =>
    create(priorityLevelConfiguration, { ...given(spec), metadata: { name } }).errors.join('\n');

  test('defaults', () => {
    expect(create(priorityLevelConfiguration, given(queued({}))).object.spec.limited).toEqual({
      nominalConcurrencyShares: 30,
      lendablePercent: 0,
      limitResponse: { type: 'Queue', queuing: { handSize: 8, queues: 64, queueLengthLimit: 50 } },
    });
  });

  test('are refused', () => {
    expect(refusal({ type: 'Exempt' })).toMatchInlineSnapshot(
      `"spec.type: Invalid value: "Exempt": must be 'Exempt' if and only if \`name\` is 'exempt'"`,
    );
    expect(refusal({ type: 'Limited' })).toMatchInlineSnapshot(
      `"spec.limited: Required value: must not be empty when type is Limited"`,
    );
    expect(refusal({ type: 'Open' })).toMatchInlineSnapshot(
      `"spec.type: Unsupported value: "Open": supported values: "Exempt", "Limited""`,
    );
    expect(refusal(limited({ nominalConcurrencyShares: -1 }))).toMatchInlineSnapshot(
      `"spec.limited.nominalConcurrencyShares: Invalid value: -1: must be a non-negative integer"`,
    );
    expect(refusal(limited({ lendablePercent: 101 }))).toMatchInlineSnapshot(
      `"spec.limited.lendablePercent: Invalid value: 101: must be between 0 and 100, inclusive"`,
    );
    expect(refusal(limited({ limitResponse: { type: 'Queue' } }))).toMatchInlineSnapshot(
      `"spec.limited.limitResponse.queuing: Required value: must not be empty if limited.limitResponse.type is Limited"`,
    );
    expect(refusal(limited({ limitResponse: {} }))).toMatchInlineSnapshot(
      `"spec.limited.limitResponse.type: Unsupported value: "": supported values: "Queue", "Reject""`,
    );
    expect(refusal(queued({ handSize: 65 }))).toMatchInlineSnapshot(
      `"spec.limited.limitResponse.queuing.handSize: Invalid value: 65: should not be greater than queues (64)"`,
    );
    expect(refusal(queued({ queues: 512, handSize: 8 }))).toMatchInlineSnapshot(
      `"spec.limited.limitResponse.queuing.handSize: Invalid value: 8: required entropy bits of deckSize 512 and handSize 8 should not be greater than 60"`,
    );
    expect(refusal(limited({}), 'catch-all')).toMatchInlineSnapshot(
      `"spec: Invalid value: {"type":"Limited","limited":{"limitResponse":{"type":"Reject"},"nominalConcurrencyShares":30,"lendablePercent":0}}: spec of 'catch-all' must equal the fixed value"`,
    );
    expect(refusal({ type: 'Exempt', exempt: { nominalConcurrencyShares: 5 } }, 'exempt')).toBe('');
  });

  test('are shown', () => {
    expect(
      row(priorityLevelConfiguration, create(priorityLevelConfiguration, given(queued({}))).object),
    ).toMatchObject({
      Type: 'Limited',
      NominalConcurrencyShares: 30,
      Queues: 64,
      HandSize: 8,
      QueueLengthLimit: 50,
    });
    expect(row(priorityLevelConfiguration, given({ type: 'Exempt' }) as any)).toMatchObject({
      NominalConcurrencyShares: '<none>',
      Queues: '<none>',
    });
  });
});
