import { seededRandom } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import {
  difference,
  emptySet,
  hasPath,
  intersection,
  isEmptySet,
  pathsOf,
  recursiveDifference,
  setOf,
  showPath,
  union,
} from './field_set.ts';
import { FieldsProblem, readFieldsV1, writeFieldsV1 } from './fields_v1.ts';
import { OwnedFields } from './owned_fields.ts';
import { keyElement, sortElements, valueElement } from './path_element.ts';

const container = keyElement([['name', 'web']]);
const a = setOf([
  ['f:spec', 'f:replicas'],
  ['f:spec', 'f:containers', container],
  ['f:spec', 'f:containers', container, 'f:image'],
]);

test('elements are canonical', () => {
  expect(
    keyElement([
      ['protocol', 'TCP'],
      ['containerPort', 80],
    ]),
  ).toBe('k:{"containerPort":80,"protocol":"TCP"}');
  expect(valueElement('x')).toBe('v:"x"');
  expect(sortElements(['v:"b"', 'k:{"n":10}', 'k:{"n":9}', 'f:b', 'i:1', 'f:a', 'v:"a"', 'i:0'])).toEqual([
    'f:a',
    'f:b',
    'k:{"n":9}',
    'k:{"n":10}',
    'v:"a"',
    'v:"b"',
    'i:0',
    'i:1',
  ]);
});

test('FieldsV1', () => {
  const fields = {
    'f:spec': { 'f:containers': { 'k:{"name":"web"}': { '.': {}, 'f:image': {} } }, 'f:replicas': {} },
  };
  expect(writeFieldsV1(a)).toEqual(fields);
  expect(pathsOf(readFieldsV1(fields))).toEqual(pathsOf(a));
  expect(pathsOf(readFieldsV1({ 'k:{"b":1,"a":"x"}': {}, 'x:later': {} }))).toEqual([['k:{"a":"x","b":1}']]);
  for (const bad of [5, { 'f:a': 5 }, { x: {} }, { 'k:{': {} }])
    expect(() => readFieldsV1(bad)).toThrow(FieldsProblem);
});

test('paths are shown as upstream shows them', () => {
  expect(pathsOf(a).map(showPath)).toEqual([
    '.spec.replicas',
    '.spec.containers[name="web"]',
    '.spec.containers[name="web"].image',
  ]);
  expect(showPath(['f:metadata', 'f:finalizers', 'v:"a"'])).toBe('.metadata.finalizers[="a"]');
});

test('differences', () => {
  const item = setOf([['f:spec', 'f:containers', container]]);
  expect(pathsOf(difference(a, item)).map(showPath)).toEqual([
    '.spec.replicas',
    '.spec.containers[name="web"].image',
  ]);
  expect(pathsOf(recursiveDifference(a, item)).map(showPath)).toEqual(['.spec.replicas']);
  expect(difference(a, setOf([['f:status']]))).toBe(a);
  expect(difference(a, a)).toBe(emptySet);
});

describe.each([1, 2, 3])('laws (seed %d)', (seed) => {
  const random = seededRandom(seed);
  const some = () =>
    setOf(
      Array.from({ length: 8 }, () =>
        Array.from(
          { length: 1 + Math.floor(random.next() * 3) },
          () => `f:${'abc'[Math.floor(random.next() * 3)]}`,
        ),
      ),
    );
  test.each(Array.from({ length: 50 }, () => [some(), some()]))('', (x, y) => {
    const paths = (set: typeof x) => new Set(pathsOf(set).map(showPath));
    const [px, py] = [paths(x), paths(y)];
    expect(paths(union(x, y))).toEqual(new Set([...px, ...py]));
    expect(paths(intersection(x, y))).toEqual(new Set([...px].filter((path) => py.has(path))));
    expect(paths(difference(x, y))).toEqual(new Set([...px].filter((path) => !py.has(path))));
    expect(isEmptySet(difference(x, union(x, y)))).toBe(true);
    for (const path of pathsOf(x)) expect(hasPath(x, path)).toBe(true);
    expect(paths(readFieldsV1(writeFieldsV1(x)))).toEqual(px);
    const owned = OwnedFields.ofFields(writeFieldsV1(x));
    expect(paths(owned.minus(y).set)).toEqual(paths(difference(x, y)));
    expect(paths(owned.plus(y).set)).toEqual(paths(union(x, y)));
    expect(owned.touches(y)).toBe(!isEmptySet(intersection(x, y)));
  });
});
