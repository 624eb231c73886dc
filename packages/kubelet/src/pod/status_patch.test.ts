import type { PodStatus } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import { sameValue, statusPatch } from './status_patch.ts';

const ready = { type: 'Ready', status: 'False', reason: 'x', lastTransitionTime: 't1' };

describe('statusPatch', () => {
  test.each<[string, PodStatus, PodStatus, object | undefined]>([
    [
      'nothing changed',
      { phase: 'Running', conditions: [ready] },
      { phase: 'Running', conditions: [ready] },
      undefined,
    ],
    ['empty is absent', { phase: 'Running' }, { phase: 'Running', message: '', podIPs: [] }, undefined],
    ['a changed field', { phase: 'Pending' }, { phase: 'Running' }, { phase: 'Running' }],
    ['a field taken away', { message: 'x' }, {}, { message: null }],
    [
      'only changed conditions, and what they had cleared',
      { conditions: [ready, { type: 'PodScheduled', status: 'True' }] },
      {
        conditions: [
          { type: 'Ready', status: 'True', lastTransitionTime: 't2' },
          { type: 'PodScheduled', status: 'True' },
        ],
      },
      { conditions: [{ type: 'Ready', status: 'True', reason: null, lastTransitionTime: 't2' }] },
    ],
    [
      'conditions of others stay',
      { conditions: [{ type: 'example.com/x', status: 'True' }] },
      { conditions: [{ type: 'example.com/x', status: 'False' }] },
      undefined,
    ],
    [
      'a condition of its own that has gone',
      { conditions: [{ type: 'PodResizePending', status: 'True' }] },
      { conditions: [] },
      { conditions: [{ $patch: 'delete', type: 'PodResizePending' }] },
    ],
    [
      'addresses replace each other',
      { podIPs: [{ ip: '10.0.0.1' }] },
      { podIPs: [{ ip: '10.0.0.2' }] },
      { podIPs: [{ ip: '10.0.0.2' }, { $patch: 'replace' }] },
    ],
    ['fields of the scheduler stay', { nominatedNodeName: 'x' }, {}, undefined],
  ])('%s', (_, from, to, expected) => {
    expect(statusPatch(from, to)).toEqual(expected);
  });
});

test.each([
  [{ a: 1, b: {} }, { a: 1 }, true],
  [{ a: [1, 2] }, { a: [1] }, false],
  [{ a: [] }, {}, true],
  [{ a: [0] }, { a: [] }, true],
  [{ a: 'x' }, { a: 'y' }, false],
  [[{}], [{ a: 0 }], true],
])('%j and %j are the same: %s', (a, b, expected) => {
  expect(sameValue(a, b)).toBe(expected);
});
