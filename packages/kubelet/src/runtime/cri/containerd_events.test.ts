import { makeMessageCodec } from '@kubets/api';
import { expect, test } from 'vitest';
import { containerdChanges } from './containerd_events.ts';
import type { CriClient } from './cri_client.ts';

const codec = makeMessageCodec({
  SubscribeRequest: { fields: { filters: { n: 1, type: 'string', list: 'atomic' } } },
  Envelope: { fields: { event: { n: 4, type: 'Any' } } },
  Any: { fields: { typeUrl: { n: 1, type: 'string' }, value: { n: 2, type: 'bytes' } } },
  TaskEvent: { fields: { containerId: { n: 1, type: 'string' }, id: { n: 2, type: 'string' } } },
});

function event(typeUrl: string, containerId: string, id?: string): Uint8Array {
  const value = codec.encode('TaskEvent', { containerId, id });
  return codec.encode('Envelope', { event: { typeUrl, value } });
}

test('asks for starts and exits by quoted topics and tells the containers that they are about', async () => {
  let filters: string[] = [];
  const client = {
    async *streamBytes(_path: string, request: Uint8Array) {
      filters = codec.decode('SubscribeRequest', request).filters;
      yield event('containerd.events.TaskStart', 'started');
      yield event('containerd.events.TaskExit', 'ended', 'ended');
      yield event('containerd.events.TaskExit', 'running', 'process-of-an-exec');
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
