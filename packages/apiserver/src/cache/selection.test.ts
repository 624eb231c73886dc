import { findResource } from '@kubets/resources';
import { expect, test } from 'vitest';
import { selectionOf } from './selection.ts';
import { StoredEntry } from './stored_entry.ts';

const view = (group: string, resource: string, version?: string) => {
  const found = findResource(group === 'events.k8s.io' ? '' : group, resource)!;
  return { resource: found, group, version: version ?? found.id.version, kind: found.id.kind };
};
const events = view('events.k8s.io', 'events', 'v1');

test.each([
  [
    view('', 'configmaps'),
    'a',
    '"a" is not a known field selector: only "metadata.name", "metadata.namespace"',
  ],
  [view('', 'pods'), 'a', 'field label not supported: a'],
  [view('', 'nodes'), 'metadata.namespace', 'field label not supported: metadata.namespace'],
  [view('batch', 'jobs'), 'a', 'field label "a" not supported for Job'],
  [
    view('resource.k8s.io', 'resourceslices'),
    'a',
    'field label not supported for resource.k8s.io/v1, Kind=ResourceSlice: a',
  ],
  [view('', 'events'), 'regarding.name', 'field label not supported: regarding.name'],
  [events, 'involvedObject.name', 'field label not supported: involvedObject.name'],
  [
    view('', 'persistentvolumes'),
    'name',
    '"name" is not a known field selector: only "metadata.name", "metadata.namespace"',
  ],
])('a field that %# does not know', (of, field, message) => {
  expect(() => selectionOf(of, '', `${field}=x`)).toThrow(message);
});

test.each([
  [view('storage.k8s.io', 'storageclasses'), 'metadata.namespace'],
  [view('', 'pods'), 'spec.host'],
  [view('', 'pods'), 'status.podIPs'],
  [view('', 'services'), 'spec.clusterIP'],
])('a field that %# knows', (of, field) => {
  expect(selectionOf(of, '', `${field}=x`).trigger).toEqual({ field, value: 'x' });
});

test('a field of another version is the stored one', () => {
  const { trigger, matches } = selectionOf(events, '', 'reportingController=a.b/c');
  expect(trigger).toEqual({ field: 'reportingComponent', value: 'a.b/c' });
  expect(matches!({ object: { metadata: {}, reportingComponent: 'a.b/c' } } as any)).toBe(true);
});

test('what a selector has asked for is kept when the object is let go', () => {
  const pod = (nodeName: string, app: string) =>
    new StoredEntry(
      '/registry/pods/default/a',
      1,
      new TextEncoder().encode(
        JSON.stringify({ kind: 'Pod', metadata: { name: 'a', labels: { app } }, spec: { nodeName } }),
      ),
    );
  const entry = pod('node-1', 'web');
  const { matches } = selectionOf(view('', 'pods'), 'app=web', 'spec.nodeName=node-1,metadata.name=a');
  expect(matches!(entry)).toBe(true);
  entry.forgetObject();
  expect(matches!(entry)).toBe(true);
  expect(entry.parsed).toBe(false);
  expect(matches!(pod('node-2', 'web'))).toBe(false);
  expect(matches!(pod('node-1', 'db'))).toBe(false);
});

test('an entry without labels keeps that it has none', () => {
  const entry = new StoredEntry('/registry/pods/default/a', 1, new TextEncoder().encode('{"metadata":{}}'));
  const { matches } = selectionOf(view('', 'pods'), '!app', '');
  expect(matches!(entry)).toBe(true);
  entry.forgetObject();
  expect(matches!(entry)).toBe(true);
  expect(entry.parsed).toBe(false);
});
