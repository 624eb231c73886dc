import type { ControllerRevision } from '@kubets/api';
import { type Client, refs } from '@kubets/client';
import { expect, test } from 'vitest';
import { syncRevision } from './revisions.ts';

test('a revision holds its template with keys in order', async () => {
  const client = { create: async (_: unknown, object: object) => object } as unknown as Client;
  const outcome = await syncRevision({
    client,
    owner: {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'd', namespace: 'default', uid: 'u' } as ControllerRevision['metadata'],
      spec: {
        selector: { matchLabels: { b: '1' } },
        template: {
          spec: { restartPolicy: 'Always', containers: [{ resources: {}, name: 'c', image: 'i' }] },
          metadata: { labels: { b: '1', a: '2' } },
        },
      },
    },
    ownerRef: refs.daemonSets,
    revisions: [],
    collisionCount: undefined,
  });
  if (!('revision' in outcome)) throw new Error('no revision');
  expect(JSON.stringify(outcome.revision.data)).toBe(
    '{"spec":{"template":{"$patch":"replace","metadata":{"labels":{"a":"2","b":"1"}},' +
      '"spec":{"containers":[{"image":"i","name":"c","resources":{}}],"restartPolicy":"Always"}}}}',
  );
});
