import { expect, test } from 'vitest';
import { orderProblems } from './order_problems.ts';
import { pruneUnknownFields } from './prune_fields.ts';

test.each([
  [
    'core.v1.ConfigMap',
    '{"foo":1,"metadata":{"bar":2,"name":"a","name":"b"}}',
    ['unknown field "foo"', 'unknown field "metadata.bar"', 'duplicate field "metadata.name"'],
  ],
  [
    'apps.v1.Deployment',
    '{"spec":{"a":{"x":1,"x":2},"replicas":1,"replicas":2,"b":1}}',
    ['unknown field "spec.a"', 'duplicate field "spec.replicas"', 'unknown field "spec.b"'],
  ],
  ['apps.v1.ControllerRevision', '{"data":{"a":1,"a":2},"zzz":1}', ['unknown field "zzz"']],
  [
    'core.v1.ConfigMap',
    '{"data":{"a":"1","a":"2"},"data":{"b":"1"}}',
    ['duplicate field "data.a"', 'duplicate field "data"'],
  ],
])('%s %s', (type, text, problems) => {
  const { unknown } = pruneUnknownFields(JSON.parse(text), type);
  expect(orderProblems(text, type, unknown)).toEqual(problems);
});
