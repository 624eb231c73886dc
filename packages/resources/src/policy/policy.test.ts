import { expect, test } from 'vitest';
import { findResource } from '../resources.ts';
import { create, row, stored, update } from '../testing.ts';

const budget = findResource('policy', 'poddisruptionbudgets')!;
const priorityClass = findResource('scheduling.k8s.io', 'priorityclasses')!;
const runtimeClass = findResource('node.k8s.io', 'runtimeclasses')!;
const lease = findResource('coordination.k8s.io', 'leases')!;
const selector = { matchLabels: { app: 'web' } };

test('disruption budgets', () => {
  const refusal = (spec: object) => create(budget, { spec }).errors.join('\n');
  expect(refusal({ minAvailable: 1, selector })).toBe('');
  expect(refusal({ minAvailable: 1, maxUnavailable: 1 })).toMatchInlineSnapshot(
    `"spec: Invalid value: {"MinAvailable":1,"Selector":null,"MaxUnavailable":1,"UnhealthyPodEvictionPolicy":null}: minAvailable and maxUnavailable cannot be both set"`,
  );
  expect(refusal({ minAvailable: '150%' })).toMatchInlineSnapshot(
    `"spec.minAvailable: Invalid value: "150%": must not be greater than 100%"`,
  );
  expect(refusal({ maxUnavailable: -1 })).toMatchInlineSnapshot(
    `"spec.maxUnavailable: Invalid value: -1: must be greater than or equal to 0"`,
  );
  expect(refusal({ unhealthyPodEvictionPolicy: 'Maybe' })).toMatchInlineSnapshot(
    `"spec.unhealthyPodEvictionPolicy: Unsupported value: "Maybe": supported values: "AlwaysAllow", "IfHealthyBudget""`,
  );
  const old = stored(budget, { spec: { minAvailable: 1, selector } });
  const changed = update(budget, old, ({ spec }) => (spec.minAvailable = 2));
  expect(changed).toMatchObject({ errors: [], object: { metadata: { generation: 2 } } });
  const write = (status: object) =>
    update(budget, old, (next) => (next.status = status), 'status').errors.join('\n');
  expect(write({ disruptionsAllowed: -1 })).toMatchInlineSnapshot(
    `"status.disruptionsAllowed: Invalid value: -1: must be greater than or equal to 0"`,
  );
  const object = { ...old, status: { disruptionsAllowed: 2 } };
  expect(row(budget, object)).toMatchObject({
    'Min Available': '1',
    'Max Unavailable': 'N/A',
    'Allowed Disruptions': 2,
  });
});

test('priority classes', () => {
  const refusal = (change: object) => create(priorityClass, { value: 1000, ...change }).errors.join('\n');
  expect(refusal({})).toBe('');
  expect(refusal({ value: 1_000_000_001 })).toMatchInlineSnapshot(
    `"value: Forbidden: maximum allowed value of a user defined priority is 1000000000"`,
  );
  expect(refusal({ metadata: { name: 'system-mine' } })).toMatchInlineSnapshot(
    `"metadata.name: Forbidden: priority class names with 'system-' prefix are reserved for system use only. error: system-mine is not a known system priority class"`,
  );
  expect(refusal({ metadata: { name: 'system-node-critical' }, value: 2_000_001_000 })).toBe('');
  expect(refusal({ preemptionPolicy: 'Always' })).toMatchInlineSnapshot(
    `"preemptionPolicy: Unsupported value: "Always": supported values: "PreemptLowerPriority", "Never""`,
  );
  const old = stored(priorityClass, { value: 1000 });
  expect(old.preemptionPolicy).toBe('PreemptLowerPriority');
  expect(update(priorityClass, old, (next) => (next.value = 2000)).errors.join('\n')).toMatchInlineSnapshot(
    `"value: Forbidden: may not be changed in an update."`,
  );
  expect(row(priorityClass, old)).toMatchObject({
    Value: 1000,
    'Global-Default': false,
    PreemptionPolicy: 'PreemptLowerPriority',
  });
});

test('runtime classes', () => {
  const refusal = (change: object) => create(runtimeClass, { handler: 'runsc', ...change }).errors.join('\n');
  expect(refusal({})).toBe('');
  expect(refusal({ handler: 'Run_SC' })).toMatchInlineSnapshot(
    `"handler: Invalid value: "Run_SC": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"`,
  );
  expect(refusal({ overhead: { podFixed: { cpu: '-1' } } })).toMatchInlineSnapshot(
    `"overhead.limits[cpu]: Invalid value: "-1": must be greater than or equal to 0"`,
  );
  expect(refusal({ scheduling: { nodeSelector: { 'a b': 'c' } } })).toMatchInlineSnapshot(
    `"scheduling.nodeSelector: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"`,
  );
  const old = stored(runtimeClass, { handler: 'runsc' });
  expect(
    update(runtimeClass, old, (next) => (next.handler = 'kata')).errors.join('\n'),
  ).toMatchInlineSnapshot(`"handler: Invalid value: "kata": field is immutable"`);
  expect(row(runtimeClass, old)).toMatchObject({ Handler: 'runsc' });
});

test('leases', () => {
  const refusal = (spec: object) => create(lease, { spec }).errors.join('\n');
  expect(refusal({ holderIdentity: 'a', leaseDurationSeconds: 15 })).toBe('');
  expect(refusal({ leaseDurationSeconds: 0 })).toMatchInlineSnapshot(
    `"spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"`,
  );
  expect(refusal({ leaseTransitions: -1 })).toMatchInlineSnapshot(
    `"spec.leaseTransitions: Invalid value: -1: must be greater than or equal to 0"`,
  );
  expect(row(lease, create(lease, { spec: { holderIdentity: 'a' } }).object)).toMatchObject({ Holder: 'a' });
});
