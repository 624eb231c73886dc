import { existsSync, readFileSync } from 'node:fs';
import { typeNames, typeSchema } from '@kubets/api';
import { beforeAll, describe, expect, test } from 'vitest';
import { startTestServer } from '../../testing/test_server.ts';
import { definitionName } from '../definition_names.ts';
import type { Schema } from '../definitions.ts';
import { describeField, describeType, placeOf, wordsFingerprint } from './index.ts';
import { readWords } from './read_words.ts';
import { areas } from './words/index.ts';

const upstream = new URL('../../../../../../shared/upstream/openapi/swagger.json', import.meta.url);
const words = readWords(areas);
/** Of everything that can be served. */
let definitions: Record<string, Schema>;

beforeAll(async () => {
  const server = await startTestServer({
    runtimeConfig: 'api/all=true',
    featureGates:
      'ClusterTrustBundle=true,GenericWorkload=true,PodCertificateRequest=true,StorageVersionMigrator=true',
  });
  const { body }: any = await server.call('GET', '/openapi/v2');
  definitions = JSON.parse(new TextDecoder().decode(body)).definitions;
  await server.stop();
});

describe('where words are found', () => {
  test('of a type, of its field, and those that types share', () => {
    expect(describeType('core.v1.Pod')).toContain('share its network address');
    expect(describeField('core.v1.PodSpec', 'nodeName')).toContain('scheduler');
    expect(describeField('apps.v1.Deployment', 'spec')).toBe('What is wanted.');
    expect(describeField('core.v1.PodSpec', 'none')).toBeUndefined();
    expect(describeType('example.v1.Widget')).toBeUndefined();
  });

  test('of all versions, and of types by the last part of their names', () => {
    expect(describeField('resource.v1beta1.Device', 'taints')).toBe(
      describeField('resource.v1.Device', 'taints'),
    );
    expect(describeField('apps.v1.DeploymentCondition', 'status')).toBe('True, False or Unknown.');
    expect(describeField('apps.v1.DeploymentCondition', 'type')).toContain('Progressing');
  });

  test('of types of the same name in several groups', () => {
    expect(describeType('core.v1.ResourceClaim')).toContain('container');
    expect(describeType('resource.v1.ResourceClaim')).toContain('allocated');
    expect(describeField('events.v1.Event', 'type')).toBe(describeField('core.v1.Event', 'type'));
    expect(describeField('events.v1.Event', 'note')).toContain('1 KiB');
  });

  test('their fingerprint is short and stays', () => {
    expect(wordsFingerprint()).toMatch(/^[0-9a-z]{1,7}$/);
    expect(wordsFingerprint()).toBe(wordsFingerprint());
  });
});

describe('words', () => {
  test('there are of every type and every field', () => {
    const missing = Object.entries(definitions).flatMap(([name, { description, properties = {} }]) => [
      ...(description ? [] : [name]),
      ...Object.entries(properties)
        .filter(([, field]) => !field.description)
        .map(([field]) => `${name}.${field}`),
    ]);
    expect(missing).toEqual([]);
    expect(Object.keys(definitions).length).toBeGreaterThan(700);
  });

  test('there are none of what does not exist', () => {
    const served = typeNames().filter((type) => definitions[definitionName(type)]);
    const used = served.flatMap((type) => [
      placeOf(type),
      ...Object.keys(typeSchema(type)!.fields ?? {}).map((field) => placeOf(type, field)),
    ]);
    const known = new Set([...used, placeOf('meta.v1.Patch')]);
    expect([...words.keys()].filter((place) => !known.has(place))).toEqual([]);
  });

  test('are sentences, neither empty nor long, in ASCII (which takes half the memory)', () => {
    const wrong = [...words].filter(
      ([, said]) => said.length > 300 || !/^[\x20-\x7e]+$/.test(said) || !/[.)]$/.test(said),
    );
    expect(wrong).toEqual([]);
  });

  test.skipIf(!existsSync(upstream))('are our own', () => {
    const theirs = JSON.parse(readFileSync(upstream, 'utf8')).definitions as Record<string, Schema>;
    const same = Object.entries(definitions).flatMap(([name, { description, properties = {} }]) => [
      ...sharedWords(name, description, theirs[name]?.description),
      ...Object.entries(properties).flatMap(([field, ours]) =>
        sharedWords(`${name}.${field}`, ours.description, theirs[name]?.properties?.[field]?.description),
      ),
    ]);
    expect(same).toEqual([]);
  });
});

test('words are loaded when they are asked for', () => {
  for (const file of ['definitions', 'documents', 'endpoints', 'fingerprint']) {
    const text = readFileSync(new URL(`../${file}.ts`, import.meta.url), 'utf8');
    expect(text, file).not.toMatch(/^import \{.*\.\/descriptions\//m);
  }
});

const longestRun = 8;

/** A long run of words that both texts have, if there is one. */
function sharedWords(name: string, ours = '', theirs = ''): string[] {
  const [a, b] = [plainWords(ours), plainWords(theirs)];
  if (a.join(' ') === b.join(' ')) return [`${name}: the same`];
  const text = ` ${b.join(' ')} `;
  const runs = a
    .slice(longestRun - 1)
    .map((_, i) => a.slice(i, i + longestRun).join(' '))
    .filter((run) => text.includes(` ${run} `));
  return runs.slice(0, 1).map((run) => `${name}: ${run}`);
}

function plainWords(text: string): string[] {
  return text.toLowerCase().match(/[a-z0-9]+/g) ?? [];
}
