import { FakeClock } from '@kubets/base';
import type { Client } from '@kubets/client';
import { expect, test } from 'vitest';
import { delegatedAuth } from './delegated_auth.ts';

test('the API server is asked, and its answers are kept for a while', async () => {
  const clock = new FakeClock();
  const asked: any[] = [];
  const client = {
    async create(ref: { resource: string }, object: any) {
      asked.push([ref.resource, object.spec]);
      if (ref.resource === 'tokenreviews')
        return { status: { authenticated: object.spec.token === 'good', user: { username: 'prometheus' } } };
      return { status: { allowed: object.spec.resourceAttributes.subresource === 'metrics' } };
    },
  } as unknown as Client;
  const { authenticate, authorize } = delegatedAuth({ client, clock, nodeName: 'node-1' });
  expect(await authenticate('good')).toEqual({ username: 'prometheus' });
  expect(await authenticate('bad')).toBeUndefined();
  const user = { username: 'prometheus', groups: ['monitoring'] };
  const may = (subresource: string) => authorize(user, { verb: 'get', subresource });
  expect([await may('metrics'), await may('proxy'), await may('metrics'), await may('proxy')]).toEqual([
    true,
    false,
    true,
    false,
  ]);
  expect(asked).toHaveLength(4);
  expect(asked[2]).toEqual([
    'subjectaccessreviews',
    {
      user: 'prometheus',
      groups: ['monitoring'],
      resourceAttributes: {
        verb: 'get',
        version: 'v1',
        resource: 'nodes',
        subresource: 'metrics',
        name: 'node-1',
      },
    },
  ]);
  await clock.advance(31_000);
  await may('metrics');
  await may('proxy');
  expect(asked).toHaveLength(5);
});
