import { expect, test } from 'vitest';
import { create, row, texts } from '../../testing.ts';
import { event } from './event.ts';

const given = {
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: 'web.1', namespace: 'shop' },
  involvedObject: {
    kind: 'Pod',
    namespace: 'shop',
    name: 'web',
    uid: 'u',
    fieldPath: 'spec.containers{web}',
  },
  reason: 'Started',
  message: 'Started container web ',
  type: 'Normal',
  source: { component: 'kubelet', host: 'node-1' },
  firstTimestamp: '2025-12-31T23:50:00Z',
  lastTimestamp: '2025-12-31T23:59:00Z',
  count: 4,
};
const series = {
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  metadata: { name: 'web.2', namespace: 'shop' },
  eventTime: '2025-12-31T23:50:00.000000Z',
  reportingController: 'example.com/scheduler',
  reportingInstance: 'scheduler-1',
  action: 'Binding',
  reason: 'Scheduled',
  regarding: { kind: 'Pod', namespace: 'shop', name: 'web' },
  related: { kind: 'Node', name: 'node-1' },
  note: 'Assigned web to node-1',
  type: 'Normal',
  series: { count: 3, lastObservedTime: '2025-12-31T23:58:00.000000Z' },
};
const [newVersion] = event.otherVersions!;

test('lives an hour', () => {
  expect(event.ttlSeconds).toBe(3600);
});

test('both versions are two views of one object', () => {
  const stored = create(event, given).object;
  const shown = newVersion!.fromStored(stored) as any;
  expect(shown).toMatchObject({
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    regarding: given.involvedObject,
    note: given.message,
    deprecatedSource: given.source,
    deprecatedFirstTimestamp: given.firstTimestamp,
    deprecatedLastTimestamp: given.lastTimestamp,
    deprecatedCount: 4,
  });
  expect(newVersion!.toStored(shown)).toEqual(stored);
  expect(newVersion!.fromStored(newVersion!.toStored(series))).toMatchObject(series);
});

test('new events say who did what', () => {
  const refusal = (change: object) => {
    const { object } = create(event, newVersion!.toStored({ ...series, ...change }));
    return texts(newVersion!.validateCreate!(object)).join('\n');
  };
  expect(refusal({})).toBe('');
  expect(refusal({ eventTime: undefined })).toMatchInlineSnapshot(`"eventTime: Required value"`);
  expect(refusal({ action: '' })).toMatchInlineSnapshot(`"action: Required value"`);
  expect(refusal({ reason: '' })).toMatchInlineSnapshot(`"reason: Required value"`);
  expect(refusal({ reportingInstance: '' })).toMatchInlineSnapshot(`"reportingInstance: Required value"`);
  expect(refusal({ type: 'Odd' })).toMatchInlineSnapshot(`"type: Invalid value: "": has invalid value: Odd"`);
  expect(refusal({ note: 'x'.repeat(1025) })).toMatchInlineSnapshot(
    `"message: Invalid value: "": can have at most 1024 characters"`,
  );
});

test('belongs to the namespace of what it is about', () => {
  const { errors } = create(event, {
    ...given,
    involvedObject: { ...given.involvedObject, namespace: 'other' },
  });
  expect(errors.join('\n')).toMatchInlineSnapshot(
    `"involvedObject.namespace: Invalid value: "other": does not match event.namespace"`,
  );
  expect(
    create(event, {
      ...given,
      involvedObject: { kind: 'Node', name: 'node-1' },
      metadata: { name: 'a', namespace: 'default' },
    }).errors,
  ).toEqual([]);
});

test('kubectl get events', () => {
  expect(row(event, create(event, given).object)).toEqual({
    'Last Seen': '60s',
    Type: 'Normal',
    Reason: 'Started',
    Object: 'pod/web',
    Subobject: 'spec.containers{web}',
    Source: 'kubelet, node-1',
    Message: 'Started container web',
    'First Seen': '10m',
    Count: 4,
    Name: 'web.1',
  });
  const seen = row(event, create(event, newVersion!.toStored(series)).object);
  expect(seen).toMatchObject({
    'Last Seen': '2m',
    'First Seen': '10m',
    Count: 3,
    Source: 'example.com/scheduler, scheduler-1',
  });
});

test('field selectors know both versions', () => {
  const { object } = create(event, given);
  const value = (field: string) => event.selectableFields![field]!(object);
  expect(value('involvedObject.name')).toBe('web');
  expect(value('involvedObject.kind')).toBe('Pod');
  expect(newVersion!.selectableFields!['regarding.name']).toBe('involvedObject.name');
  expect(value('reason')).toBe('Started');
  expect(value('type')).toBe('Normal');
  expect(value('source')).toBe('kubelet');
});

test('names are any text that fits a path', () => {
  const errors = (name: string) => create(event, { ...given, metadata: { name, namespace: 'shop' } }).errors;
  expect(errors('A b!')).toEqual([]);
  expect(errors('a/b')).toEqual(['metadata.name: Invalid value: "a/b": may not contain \'/\'']);
});

test('each version names the reporter by its own field', () => {
  const { object } = create(event, newVersion!.toStored({ ...series, reportingController: '' }));
  const fields = (errors: { field: string }[]) => [...new Set(errors.map(({ field }) => field))];
  expect(fields(event.validateCreate(object))).toEqual(['reportingComponent']);
  expect(fields(newVersion!.validateCreate!(object))).toEqual(['reportingController']);
});

test.each([
  ['note', { note: 'other' }, 'message'],
  ['regarding', { regarding: { kind: 'Pod', namespace: 'shop', name: 'api' } }, 'involvedObject'],
  ['reason', { reason: 'Other' }, 'reason'],
  [
    'series count',
    { series: { count: 1, lastObservedTime: series.series.lastObservedTime } },
    'series.count',
  ],
])('an update through the new version may not change %s', (_, change, field) => {
  const old = create(event, newVersion!.toStored(series)).object;
  old.metadata.resourceVersion = '1';
  const next = { ...newVersion!.toStored({ ...series, ...change }), metadata: old.metadata };
  expect(newVersion!.validateUpdate!(next, old).map((each) => each.field)).toContain(field);
  expect(newVersion!.validateUpdate!(old, old)).toEqual([]);
});
