import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { refs } from './refs.ts';

const discovery = fileURLToPath(new URL('../../../../shared/upstream/discovery/', import.meta.url));

interface ApiResource {
  name: string;
  kind: string;
  namespaced: boolean;
}

test.skipIf(!existsSync(discovery))('every type that v1.36 serves has its address', () => {
  const served = new Set<string>();
  const groupResources = new Set<string>();
  for (const file of readdirSync(discovery).filter((name) => name.includes('__'))) {
    const list = JSON.parse(readFileSync(discovery + file, 'utf8'));
    for (const { name, kind, namespaced } of (list.resources ?? []) as ApiResource[]) {
      if (name.includes('/')) continue;
      served.add([list.groupVersion, name, kind, namespaced].join(' '));
      groupResources.add(`${list.groupVersion.replace(/\/?v[0-9a-z]+$/, '')} ${name}`);
    }
  }
  const addressed = Object.values(refs).map((ref) =>
    [ref.group ? `${ref.group}/${ref.version}` : ref.version, ref.resource, ref.kind, ref.namespaced].join(
      ' ',
    ),
  );
  expect(addressed.filter((ref) => !served.has(ref))).toEqual([]);
  const groups = Object.values(refs).map((ref) => `${ref.group} ${ref.resource}`);
  expect(groups.sort()).toEqual([...groupResources].sort());
});

test('names are the plurals in camel case', () => {
  for (const [name, ref] of Object.entries(refs)) {
    expect(name.toLowerCase().replace(/v1$/, '')).toBe(ref.resource);
  }
});
