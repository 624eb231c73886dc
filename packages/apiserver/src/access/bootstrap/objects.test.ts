import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { describe, expect, test } from 'vitest';
import { bootstrapObjects } from './objects.ts';

const facts = join(import.meta.dirname, '../../../../../../shared/upstream/rbac');

describe.skipIf(!existsSync(facts))('default RBAC objects equal upstream', () => {
  const upstream = (file: string) =>
    (load(readFileSync(join(facts, `${file}.yaml`), 'utf8')) as { items: any[] }).items;
  const ours = (resource: string) =>
    bootstrapObjects()
      .filter((item) => item.resource === resource && !item.object.metadata.name!.startsWith('kubets:'))
      .map((item) => item.object);
  test.each([
    ['clusterroles', ['cluster-roles', 'controller-roles']],
    ['clusterrolebindings', ['cluster-role-bindings', 'controller-role-bindings']],
    ['roles', ['namespace-roles']],
    ['rolebindings', ['namespace-role-bindings']],
  ])('%s', (resource, files) => {
    const byName = (items: any[]) =>
      Object.fromEntries(
        items.map((item) => [`${item.metadata.namespace ?? ''}/${item.metadata.name}`, strip(item)]),
      );
    expect(byName(ours(resource))).toEqual(byName(files.flatMap(upstream)));
  });
});

/** Without what says the same in two ways: a null list of rules is an empty one. */
function strip(item: any) {
  const { rules, subjects, ...rest } = JSON.parse(JSON.stringify(item));
  delete rest.metadata.creationTimestamp;
  return { ...rest, rules: rules ?? [], subjects: subjects ?? [] };
}
