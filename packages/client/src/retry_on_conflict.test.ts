import { badRequest, conflict } from '@kubets/api';
import { expect, test } from 'vitest';
import { retryOnConflict } from './retry_on_conflict.ts';

const lost = conflict({ group: '', resource: 'pods' }, 'web', 'the object has been modified');

function failing(...failures: Error[]) {
  let calls = 0;
  const attempt = async () => {
    const failure = failures[calls++];
    if (failure) throw failure;
    return calls;
  };
  return attempt;
}

test('tries again after a conflict', async () => {
  expect(await retryOnConflict(failing(lost, lost))).toBe(3);
});

test('gives up after five conflicts', async () => {
  await expect(retryOnConflict(failing(lost, lost, lost, lost, lost))).rejects.toBe(lost);
});

test('passes other failures up at once', async () => {
  const refusal = badRequest('no');
  await expect(retryOnConflict(failing(refusal, lost))).rejects.toBe(refusal);
});
