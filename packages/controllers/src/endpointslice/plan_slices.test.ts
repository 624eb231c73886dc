import type { Endpoint, EndpointSlice } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import { planSlices } from './plan_slices.ts';

const ports = [{ name: 'http', port: 80, protocol: 'TCP' }];
const endpoint = (n: number, ready = true): Endpoint => ({
  addresses: [`10.0.0.${n}`],
  conditions: { ready },
  targetRef: { kind: 'Pod', uid: `u${n}` },
});
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => endpoint(from + i));
const slice = (name: string, endpoints: Endpoint[]) =>
  ({ metadata: { name }, addressType: 'IPv4', ports, endpoints }) as unknown as EndpointSlice;

function plan(endpoints: Endpoint[], existing: EndpointSlice[], maxEndpoints = 5, stale: string[] = []) {
  const result = planSlices({
    groups: [{ addressType: 'IPv4', ports, endpoints }],
    existing,
    maxEndpoints,
    isStale: ({ metadata }) => stale.includes(metadata.name),
  });
  return {
    create: result.create.map((each) => each.endpoints.length),
    update: Object.fromEntries(
      result.update.map((each) => [each.slice.metadata.name, each.endpoints.length]),
    ),
    remove: result.remove.map(({ metadata }) => metadata.name),
  };
}

describe('slices', () => {
  const nothing = { create: [], update: {}, remove: [] };
  test.each([
    ['new ones for all', range(1, 12), [], { create: [5, 5, 2] }],
    ['nothing to do', range(1, 3), [slice('a', range(1, 3))], {}],
    ['an empty one says that there is none', [], [], { create: [0] }],
    ['the empty one stays', [], [slice('a', [])], {}],
    ['the last endpoint goes', [], [slice('a', range(1, 2))], { update: { a: 0 } }],
    [
      'a change is written where it is',
      [endpoint(1, false), endpoint(2)],
      [slice('a', range(1, 2))],
      { update: { a: 2 } },
    ],
    ['room that is left is used', range(1, 4), [slice('a', range(1, 3))], { update: { a: 4 } }],
    ['what does not fit goes into a new one', range(1, 7), [slice('a', range(1, 4))], { create: [3] }],
    [
      'new ones go where a write is due anyway',
      [...range(1, 2), ...range(4, 9)],
      [slice('a', range(1, 3)), slice('b', range(4, 7))],
      { update: { a: 4 } },
    ],
    [
      'an emptied slice goes',
      range(4, 7),
      [slice('a', range(1, 3)), slice('b', range(4, 7))],
      { remove: ['a'] },
    ],
    [
      'an emptied slice is used before a new one',
      range(8, 12),
      [slice('a', range(1, 3))],
      { update: { a: 5 } },
    ],
  ] as const)('%s', (_, endpoints, existing, expected) => {
    expect(plan([...endpoints], [...existing])).toEqual({ ...nothing, ...expected });
  });

  test('of ports that nothing has any more go; stale ones are written again', () => {
    const other = { ...slice('b', range(5, 6)), ports: [{ name: 'http', port: 81, protocol: 'TCP' }] };
    expect(plan(range(1, 2), [slice('a', range(1, 2)), other], 5, ['a'])).toEqual({
      create: [],
      update: { a: 2 },
      remove: ['b'],
    });
  });
});
