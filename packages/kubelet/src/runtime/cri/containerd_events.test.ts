import { makeMessageCodec } from '@kubets/api';
import { expect, test } from 'vitest';
import { containerdChanges } from './containerd_events.ts';
import type { CriClient } from './cri_client.ts';

const codec = makeMessageCodec({
  SubscribeRequest: { fields: { filters: { n: 1, type: 'string', list: 'atomic' } } },
  Envelope: { fields: { event: { n: 4, type: 'Any' } } },
  Any: { fields: { typeUrl: { n: 1, type: 'string' }, value: { n: 2, type: 'bytes' } } },
  TaskExit: { fields: { containerId: { n: 1, type: 'string' }, id: { n: 2, type: 'string' } } },
  TaskStart: { fields: { containerId: { n: 1, type: 'string' }, pid: { n: 2, type: 'uint32' } } },
});

function event(type: 'TaskExit' | 'TaskStart', fields: object): Uint8Array {
  const value = codec.encode(type, fields);
  return codec.encode('Envelope', { event: { typeUrl: `containerd.events.${type}`, value } });
}

test('asks for starts and exits by quoted topics and tells the containers that they are about', async () => {
  let filters: string[] = [];
  const client = {
    async *streamBytes(_path: string, request: Uint8Array) {
      filters = codec.decode('SubscribeRequest', request).filters;
      yield event('TaskStart', { containerId: 'started', pid: 7 });
      yield event('TaskExit', { containerId: 'ended', id: 'ended' });
      yield event('TaskExit', { containerId: 'running', id: 'process-of-an-exec' });
    },
  } as Partial<CriClient> as CriClient;

  const told: string[] = [];
  for await (const id of containerdChanges(client, new AbortController().signal)) told.push(id);

  expect(told).toEqual(['started', 'ended']);
  expect(filters).toEqual([
    'namespace==k8s.io,topic=="/tasks/exit"',
    'namespace==k8s.io,topic=="/tasks/start"',
  ]);
});
