import type { Node } from '@kubets/api';
import type { AdmissionPlugin, Reader } from '../../access.ts';
import { concerns } from './concerns.ts';

const copied = ['topology.kubernetes.io/zone', 'topology.kubernetes.io/region'];

/** A pod on a node knows the zone and the region that it is in (KEP-4742). */
export function podTopologyLabels(reader: Reader): AdmissionPlugin {
  return {
    name: 'PodTopologyLabels',
    handles: concerns({ operations: ['CREATE'], resource: 'pods', subresources: ['', 'binding'] }),
    admit({ object, subresource }) {
      // The labels of a binding become those of its pod.
      const name = subresource === 'binding' ? nodeOfBinding(object) : object.spec.nodeName;
      if (!name) return;
      const labels = reader.get<Node>('', 'nodes', undefined, name)?.metadata.labels;
      const found = copied.filter((key) => labels?.[key] !== undefined);
      if (found.length === 0) return;
      const own = Object.fromEntries(found.map((key) => [key, labels![key]]));
      object.metadata.labels = { ...object.metadata.labels, ...own };
    },
  };
}

function nodeOfBinding({ target }: { target?: { kind?: string; name?: string } }): string | undefined {
  return target?.kind === 'Node' ? target.name : undefined;
}
