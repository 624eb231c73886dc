// containerd's own events (containerd.services.events.v1), on the socket that serves CRI: they tell at once when a
// container has ended, where CRI has no events yet. Runtimes without them answer Unimplemented.
import { makeMessageCodec } from '@kubets/api';
import type { CriClient } from './cri_client.ts';

const codec = makeMessageCodec({
  SubscribeRequest: { fields: { filters: { n: 1, type: 'string', list: 'atomic' } } },
  Envelope: {
    fields: {
      namespace: { n: 2, type: 'string' },
      topic: { n: 3, type: 'string' },
      event: { n: 4, type: 'Any' },
    },
  },
  Any: { fields: { typeUrl: { n: 1, type: 'string' }, value: { n: 2, type: 'bytes' } } },
  TaskExit: { fields: { containerId: { n: 1, type: 'string' }, id: { n: 2, type: 'string' } } },
  TaskStart: { fields: { containerId: { n: 1, type: 'string' } } },
});

/** The namespace that containerd's CRI plugin keeps its containers in. */
const namespace = 'k8s.io';
const topics = ['/tasks/exit', '/tasks/start'];

/** The id of each container that starts or ends. */
export async function* containerdChanges(client: CriClient, signal: AbortSignal): AsyncGenerator<string> {
  // Quoted, for a bare slash opens a regular expression in containerd's filters.
  const filters = topics.map((topic) => `namespace==${namespace},topic=="${topic}"`);
  const request = codec.encode('SubscribeRequest', { filters });
  const path = '/containerd.services.events.v1.Events/Subscribe';
  for await (const bytes of client.streamBytes(path, request, signal)) {
    const { event } = codec.decode('Envelope', bytes);
    const value = event?.value ?? new Uint8Array();
    if (event?.typeUrl?.endsWith('TaskExit')) {
      const { containerId = '', id = '' } = codec.decode('TaskExit', value);
      // Processes of exec end too; their id is not the container's.
      if (id === containerId) yield containerId;
    } else {
      yield codec.decode('TaskStart', value).containerId ?? '';
    }
  }
}
