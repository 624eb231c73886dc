import { type ApiError, type Node, type Pod, parseQuantity } from '@kubets/api';
import { addAmounts, aggregateContainers } from '@kubets/resources';
import type { AdmissionPlugin, AdmissionRequest, Reader } from '../../access.ts';
import { concerns } from './concerns.ts';
import { refusal } from './refusal.ts';

/** A pod grows no larger than its node (KEP-1287). */
export function podResizeValidator(reader: Reader): AdmissionPlugin {
  return {
    name: 'PodResizeValidator',
    handles: concerns({ operations: ['UPDATE'], resource: 'pods', subresources: ['resize'] }),
    validate(request) {
      const pod = request.object as Pod;
      const { nodeName } = pod.spec;
      if (!nodeName || pod.metadata.generation === request.old.metadata.generation) return;
      const node = reader.get<Node>('', 'nodes', undefined, nodeName);
      if (!node) throw refusal(request, `node "${nodeName}" not found`);
      const os = node.metadata.labels?.['kubernetes.io/os'] ?? 'linux';
      if (os !== 'linux')
        throw refusalFor(
          request,
          `pod resize is only supported on linux nodes, node "${nodeName}" is "${os}"`,
          'UnsupportedPlatform',
        );
      const lacking = lackingOf(pod, node);
      if (lacking.length > 0)
        throw refusalFor(
          request,
          `node didn't have enough allocatable resources: ${lacking.join('; ')}`,
          'NodeCapacity',
        );
    },
  };
}

function lackingOf({ spec }: Pod, node: Node): string[] {
  const asked = { ...aggregateContainers(spec, 'requests'), ...spec.resources?.requests };
  addAmounts(asked, spec.overhead);
  return (['cpu', 'memory'] as const).flatMap((name) => {
    const wanted = parseQuantity(asked[name] ?? '0');
    const there = parseQuantity(node.status?.allocatable?.[name] ?? '0');
    if (wanted.cmp(there) <= 0) return [];
    const amount = (quantity: typeof wanted) => (name === 'cpu' ? quantity.milliValue() : quantity.value());
    return [`${name}, requested: ${amount(wanted)}, allocatable: ${amount(there)}`];
  });
}

function refusalFor(request: AdmissionRequest, message: string, reason: string): ApiError {
  const error = refusal(request, message);
  error.status.details = { ...error.status.details, causes: [{ reason }] };
  return error;
}
