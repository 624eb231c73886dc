import { expect, test } from 'vitest';
import { dropEmpties, dropNulls, fillNulls, nullPlan } from './fill_nulls.ts';

test.each([
  ['rbac.v1.Role', { rules: [] }, { rules: null }],
  ['rbac.v1.Role', {}, { rules: null }],
  ['rbac.v1.Role', { rules: [{ verbs: ['get'] }] }, { rules: [{ verbs: ['get'] }] }],
  ['core.v1.LimitRange', { spec: {} }, { spec: { limits: null } }],
  ['discovery.v1.EndpointSlice', { endpoints: [{}] }, { endpoints: [{ addresses: null }], ports: null }],
  [
    'apps.v1.Deployment',
    { spec: { template: { spec: { containers: [] } } }, status: { conditions: [{ type: 'a' }] } },
    {
      spec: { template: { spec: { containers: null } } },
      status: { conditions: [{ type: 'a', lastTransitionTime: null, lastUpdateTime: null }] },
    },
  ],
  ['apps.v1.ControllerRevision', { revision: 1 }, { revision: 1, data: null }],
  ['apps.v1.ControllerRevision', { data: {} }, { data: {} }],
  ['core.v1.ConfigMap', { metadata: {} }, { metadata: {} }],
])('%s %j', (type, object, filled) => {
  const plan = nullPlan(type);
  expect(plan ? fillNulls(plan, object) : object).toEqual(filled);
});

test('what is empty is nothing once it is stored', () => {
  const plan = nullPlan('discovery.v1.EndpointSlice')!;
  const slice = { endpoints: [{ addresses: [] }], ports: [] };
  expect(dropEmpties(plan, slice)).toEqual({ endpoints: [{}] });
  const full = { endpoints: [{ addresses: ['10.0.0.1'] }], ports: [{ port: 1 }] };
  expect(dropEmpties(plan, full)).toBe(full);
});

test('nothing to write leaves the object, and what was written goes again', () => {
  const plan = nullPlan('rbac.v1.Role')!;
  const role = { rules: [{ verbs: ['get'] }] };
  expect(fillNulls(plan, role)).toBe(role);
  const read = { rules: [{ verbs: null }], kind: null };
  dropNulls(plan, read);
  expect(read).toEqual({ rules: [{ verbs: [] }], kind: null });
});
