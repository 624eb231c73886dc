// The downward API: what a pod may read of itself.
import { type Container, goQuote, type Pod, parseQuantity, type ResourceFieldSelector } from '@kubets/api';

export interface PodFacts {
  pod: Pod;
  podIPs: readonly string[];
  hostIPs: readonly string[];
}

/** The value at a field path, e.g. `metadata.labels['app']`. Throws for a path that the downward API has not. */
export function fieldValue(path: string, { pod, podIPs, hostIPs }: PodFacts): string {
  const { metadata, spec } = pod;
  const subscript = /^(metadata\.(?:labels|annotations))\['(.*)'\]$/.exec(path);
  if (subscript) {
    const map = subscript[1] === 'metadata.labels' ? metadata.labels : metadata.annotations;
    return map?.[subscript[2]!] ?? '';
  }
  switch (path) {
    case 'metadata.name':
      return metadata.name;
    case 'metadata.namespace':
      return metadata.namespace ?? '';
    case 'metadata.uid':
      return metadata.uid;
    case 'metadata.labels':
      return formatMap(metadata.labels);
    case 'metadata.annotations':
      return formatMap(metadata.annotations);
    case 'spec.nodeName':
      return spec.nodeName ?? '';
    case 'spec.serviceAccountName':
      return spec.serviceAccountName ?? '';
    case 'spec.restartPolicy':
      return spec.restartPolicy ?? '';
    case 'status.podIP':
      return podIPs[0] ?? '';
    case 'status.podIPs':
      return podIPs.join(',');
    case 'status.hostIP':
    case 'spec.host':
      return hostIPs[0] ?? '';
    case 'status.hostIPs':
      return hostIPs.join(',');
    case 'status.phase':
      return pod.status?.phase ?? '';
    default:
      throw new Error(`field label not supported: ${path}`);
  }
}

/**
 * A request or limit in units of the divisor, rounded up. Limits that are not set count as what is available to
 * the pod.
 */
export function resourceValue(
  selector: ResourceFieldSelector,
  container: Container,
  available: Readonly<Record<string, string>>,
): string {
  const [kind, ...rest] = selector.resource.split('.');
  const name = rest.join('.');
  const known = ['cpu', 'memory', 'ephemeral-storage'].includes(name) || name.startsWith('hugepages-');
  if ((kind !== 'limits' && kind !== 'requests') || !known)
    throw new Error(`unsupported container resource : ${selector.resource}`);
  const set = container.resources?.[kind]?.[name];
  const defaulted = kind === 'limits' && !name.startsWith('hugepages-');
  const effective =
    set !== undefined && !parseQuantity(set).isZero() ? set : defaulted ? (available[name] ?? '0') : '0';
  const divisor = parseQuantity(selector.divisor ?? '0').isZero() ? '1' : selector.divisor!;
  const value = parseQuantity(effective);
  const unit = parseQuantity(divisor);
  return String(
    name === 'cpu'
      ? Math.ceil(value.milliValue() / unit.milliValue())
      : Math.ceil(value.value() / unit.value()),
  );
}

/** What a container without a limit of its own may use: the limit of its pod (KEP-2837), else all of the node. */
export function availableTo(
  { spec }: Pod,
  allocatable: Readonly<Record<string, string>>,
): Readonly<Record<string, string>> {
  const available = { ...allocatable };
  for (const name of ['cpu', 'memory']) {
    const limit = spec.resources?.limits?.[name];
    if (limit !== undefined && !parseQuantity(limit).isZero()) available[name] = limit;
  }
  return available;
}

/** `key="value"` lines in the order of keys, values quoted as Go quotes them. */
function formatMap(map: Readonly<Record<string, string>> | undefined): string {
  return Object.keys(map ?? {})
    .sort()
    .map((key) => `${key}=${goQuote(map![key]!)}`)
    .join('\n');
}
