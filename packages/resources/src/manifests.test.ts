import { readFileSync } from 'node:fs';
import { parseYamlDocuments, typeSchema } from '@kubets/api';
import { FakeClock, seededRandom } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { resources } from './resources.ts';

const context = {
  clock: new FakeClock(),
  random: seededRandom(1),
  user: { username: 'jane', groups: ['shop'] },
};
const text = readFileSync(new URL('../testdata/manifests.yaml', import.meta.url), 'utf8');
const manifests = parseYamlDocuments(text) as any[];

/** Kinds that mean something without any setting. */
const emptyIsFine = ['CSIDriver', 'CSINode', 'DeviceClass', 'ResourceClaim', 'ResourceClaimTemplate'];

function manifestOf(group: string, version: string, kind: string): any {
  const apiVersion = group ? `${group}/${version}` : version;
  return structuredClone(manifests.find((each) => each.apiVersion === apiVersion && each.kind === kind));
}

describe.each(resources.map((resource) => [resource.id.kind, resource] as const))('%s', (kind, resource) => {
  const { group, version } = resource.id;

  function created(): any {
    const object = manifestOf(group, version, kind);
    Object.assign(object.metadata, { uid: '1b5d', creationTimestamp: '2026-01-01T00:00:00Z' });
    if (resource.scope === 'Namespaced') object.metadata.namespace ??= 'default';
    resource.defaults?.(object);
    resource.prepareCreate?.(object, context);
    return object;
  }

  test('accepts a realistic manifest', () => {
    expect(resource.validateCreate(created())).toEqual([]);
  });

  test('defaults are stable: filling them twice changes nothing', () => {
    const once = created();
    const twice = structuredClone(once);
    resource.defaults?.(twice);
    expect(twice).toEqual(once);
  });

  test('an update that changes nothing is accepted and changes nothing', () => {
    const old = created();
    old.metadata.resourceVersion = '7';
    const next = structuredClone(old);
    resource.prepareUpdate?.(next, old, context);
    expect(next).toEqual(old);
    expect(resource.validateUpdate(next, old)).toEqual([]);
  });

  test('its status can be written back, and nothing else changes with it', () => {
    const status = resource.subresources.find(({ name }) => name === 'status');
    if (!status?.prepareUpdate) return;
    const old = created();
    old.metadata.resourceVersion = '7';
    const next = structuredClone(old);
    if (next.spec) next.spec = { changed: true };
    const result = status.prepareUpdate(next, old, context);
    expect(result.spec).toEqual(old.spec);
    expect(result.metadata).toEqual(old.metadata);
    expect(status.validateUpdate?.(result, old) ?? []).toEqual([]);
  });

  test('an empty spec is refused, where a spec is needed', () => {
    if (!typeSchema(resource.type)?.required?.includes('spec') || emptyIsFine.includes(kind)) return;
    const object = { ...created(), spec: {} };
    resource.defaults?.(object);
    expect(resource.validateCreate(object)).not.toEqual([]);
  });
});

test('there is a manifest for every kind', () => {
  expect(manifests).toHaveLength(resources.length);
});
