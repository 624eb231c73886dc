import { existsSync, readFileSync } from 'node:fs';
import { type KubeObject, typeSchema } from '@kubets/api';
import { FakeClock, seededRandom } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import type { Resource } from './resource.ts';
import { findResource, resources } from './resources.ts';

const upstream = new URL('../../../../shared/upstream/', import.meta.url);
const here = existsSync(upstream);

interface Found {
  group: string;
  version: string;
  resource: string;
  kind: string;
  singular: string;
  namespaced: boolean;
  shortNames: string[];
  categories: string[];
  verbs: string[];
  subresources: { name: string; verbs: string[]; kind: string }[];
}

/** The recorded discovery of a v1.36 that was asked for every version. */
function discovered(): Found[] {
  return [...discoveredCore(), ...discoveredGroups()];
}

function discoveredGroups(): Found[] {
  const { items } = readJson('discovery/aggregated_v2.json');
  return items.flatMap((item: any) =>
    item.versions.flatMap(({ version, resources: list }: any) =>
      list.map((found: any) => ({
        group: item.metadata.name,
        version,
        resource: found.resource,
        kind: found.responseKind.kind,
        singular: found.singularResource,
        namespaced: found.scope === 'Namespaced',
        shortNames: found.shortNames ?? [],
        categories: found.categories ?? [],
        verbs: found.verbs,
        subresources: (found.subresources ?? []).map((sub: any) => ({
          name: sub.subresource,
          verbs: sub.verbs,
          kind: sub.responseKind.kind,
        })),
      })),
    ),
  );
}

function discoveredCore(): Found[] {
  const { resources: list } = readJson('discovery/api__v1.json');
  return list
    .filter(({ name }: any) => !name.includes('/'))
    .map((found: any) => ({
      group: '',
      version: 'v1',
      resource: found.name,
      kind: found.kind,
      singular: found.singularName,
      namespaced: found.namespaced,
      shortNames: found.shortNames ?? [],
      categories: found.categories ?? [],
      verbs: found.verbs,
      subresources: list
        .filter(({ name }: any) => name.startsWith(`${found.name}/`))
        .map((sub: any) => ({ name: sub.name.split('/')[1], verbs: sub.verbs, kind: sub.kind })),
    }));
}

function readJson(path: string): any {
  return JSON.parse(readFileSync(new URL(path, upstream), 'utf8'));
}

/** Answers without a store behind them: the API server's own. */
const notStored = [
  'bindings',
  'componentstatuses',
  'tokenreviews',
  'selfsubjectreviews',
  'localsubjectaccessreviews',
  'selfsubjectaccessreviews',
  'selfsubjectrulesreviews',
  'subjectaccessreviews',
];

const sorted = (list: readonly string[] = []) => [...list].sort();

/** A resource as discovery tells of it, in one of its versions. */
function told(resource: Resource, id: { group: string; version: string; kind: string }): Found {
  return {
    group: id.group,
    version: id.version,
    resource: resource.id.resource,
    kind: id.kind,
    singular: resource.id.singular,
    namespaced: resource.scope === 'Namespaced',
    shortNames: sorted(resource.id.shortNames),
    categories: sorted(resource.id.categories),
    verbs: sorted(resource.verbs),
    subresources: resource.subresources
      .map(({ name, verbs, kind }) => ({ name, verbs: sorted(verbs), kind: kind?.kind ?? id.kind }))
      .sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

describe.skipIf(!here)('discovery of v1.36', () => {
  const expected = discovered().filter(({ resource }) => !notStored.includes(resource));

  test.each(expected.map((found) => [`${found.group}/${found.version} ${found.resource}`, found]))(
    '%s',
    (_, found) => {
      const resource = findResource(found.group, found.resource);
      expect(resource).toBeDefined();
      const versions = [resource!.id, ...(resource!.otherVersions ?? [])];
      const id = versions.find(({ group, version }) => group === found.group && version === found.version);
      expect(id).toBeDefined();
      expect(told(resource!, id!)).toEqual({
        ...found,
        shortNames: sorted(found.shortNames),
        categories: sorted(found.categories),
        verbs: sorted(found.verbs),
        subresources: found.subresources
          .map((sub) => ({ ...sub, verbs: sorted(sub.verbs) }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      });
    },
  );

  test('has every resource', () => {
    const names = new Set(expected.map(({ group, resource }) => `${group}/${resource}`));
    const ours = resources.map(({ id }) => `${id.group}/${id.resource}`);
    expect(ours.filter((name) => !names.has(name))).toEqual([]);
  });
});

test('every type has its table', () => {
  const types = resources.flatMap((resource) => [resource, ...(resource.otherVersions ?? [])]);
  expect(types.map(({ type }) => type).filter((type) => !typeSchema(type))).toEqual([]);
});

test('storage paths are those of upstream', () => {
  const odd = resources
    .filter(({ id, storagePath }) => id.resource !== storagePath)
    .map(({ id, storagePath }) => [id.resource, storagePath]);
  expect(Object.fromEntries(odd)).toEqual({
    endpoints: 'services/endpoints',
    services: 'services/specs',
    nodes: 'minions',
    replicationcontrollers: 'controllers',
    ingresses: 'ingress',
    customresourcedefinitions: 'apiextensions.k8s.io/customresourcedefinitions',
    apiservices: 'apiregistration.k8s.io/apiservices',
  });
});

const namesOf = (wanted: (resource: Resource) => unknown) =>
  resources.filter(wanted).map(({ id }) => id.resource);

test('PUT creates what it does not find, for few kinds', () => {
  expect(namesOf(({ allowCreateOnUpdate }) => allowCreateOnUpdate).sort()).toEqual([
    'clusterrolebindings',
    'clusterroles',
    'endpoints',
    'events',
    'leasecandidates',
    'leases',
    'limitranges',
    'rolebindings',
    'roles',
    'runtimeclasses',
    'services',
  ]);
});

test('an update must say which version it has seen, for few kinds', () => {
  expect(namesOf(({ allowUnconditionalUpdate }) => allowUnconditionalUpdate === false).sort()).toEqual([
    'apiservices',
    'clustertrustbundles',
    'csidrivers',
    'csinodes',
    'csistoragecapacities',
    'customresourcedefinitions',
    'leasecandidates',
    'leases',
    'mutatingadmissionpolicies',
    'mutatingadmissionpolicybindings',
    'mutatingwebhookconfigurations',
    'podcertificaterequests',
    'poddisruptionbudgets',
    'resourcepoolstatusrequests',
    'runtimeclasses',
    'storageversionmigrations',
    'storageversions',
    'validatingadmissionpolicies',
    'validatingadmissionpolicybindings',
    'validatingwebhookconfigurations',
    'volumeattachments',
  ]);
});

test('what is particular to deletion and age', () => {
  expect(namesOf(({ gracefulDelete }) => gracefulDelete)).toEqual(['pods']);
  expect(namesOf(({ defaultPropagation }) => defaultPropagation === 'Orphan').sort()).toEqual([
    'jobs',
    'replicationcontrollers',
  ]);
  expect(namesOf(({ ttlSeconds }) => ttlSeconds)).toEqual(['events']);
});

test('columns describe themselves', () => {
  for (const { id, columns } of resources)
    for (const { name, description } of columns) expect(`${id.kind} ${name} ${description}`).toMatch(/\.$/);
});

const context = { clock: new FakeClock(), random: seededRandom(1) };

/** Every rule of a kind, one after the other, as the server runs them. */
function runAll(resource: Resource, object: any): void {
  const created = structuredClone(object);
  resource.defaults?.(created);
  resource.prepareCreate?.(created, context);
  resource.validateCreate(created);
  resource.warnings?.(created);
  const next = structuredClone(created);
  resource.prepareUpdate?.(next, created, context);
  resource.validateUpdate(next, created);
  for (const column of resource.columns) column.value(created, context.clock.now());
  for (const select of Object.values(resource.selectableFields ?? {}))
    expect(select(created)).toBeTypeOf('string');
  for (const { prepareUpdate, validateUpdate, read, write } of resource.subresources) {
    const changed = prepareUpdate?.(structuredClone(created), created, context) ?? created;
    validateUpdate?.(changed, created);
    if (read && write) write(structuredClone(created), read(created));
  }
  for (const version of resource.otherVersions ?? []) version.toStored(version.fromStored(created));
}

function metaOf(resource: Resource): KubeObject['metadata'] {
  const namespace = resource.scope === 'Namespaced' ? { namespace: 'default' } : {};
  return {
    name: 'x',
    ...namespace,
    uid: 'u',
    resourceVersion: '1',
    creationTimestamp: '2026-01-01T00:00:00Z',
  };
}

describe.each(
  resources.map((resource) => [`${resource.id.group}/${resource.id.resource}`, resource] as const),
)('%s', (_, resource) => {
  const { group, version, kind } = resource.id;
  const apiVersion = group ? `${group}/${version}` : version;

  test('judges an empty object without falling over', () => {
    for (const spec of [undefined, {}])
      expect(() => runAll(resource, { apiVersion, kind, metadata: metaOf(resource), spec })).not.toThrow();
  });

  const [short] = resource.type.split('.v');
  const file = new URL(`objects/${groupOf(group, short!)}.${version}.${kind}.json`, upstream);
  test.skipIf(!existsSync(file))('judges an object with every field set', () => {
    const object = JSON.parse(readFileSync(file, 'utf8'));
    expect(() => runAll(resource, { ...object, metadata: metaOf(resource) })).not.toThrow();
  });
});

function groupOf(group: string, short: string): string {
  return group || short;
}
