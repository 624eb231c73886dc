// Where the kubelet of a node listens.
import { badRequest, internalError, notFound } from '@kubets/api';
import type { ServerContext } from '../server_context.ts';

/** Addresses in the order in which they are tried. */
const preferred = ['InternalIP', 'ExternalIP', 'Hostname', 'InternalDNS'];

/** `https://10.0.0.5:10250`, of the node's first address. @throws ApiError 404, 500 */
export function kubeletLocation({ reader, kubeletPort }: ServerContext, nodeName: string): URL {
  const node: any = reader.get('', 'nodes', undefined, nodeName);
  if (!node) throw notFound({ group: '', resource: 'nodes' }, nodeName);
  const addresses: { type: string; address: string }[] = node.status?.addresses ?? [];
  for (const type of preferred) {
    const found = addresses.find((each) => each.type === type && each.address);
    if (!found) continue;
    const port = node.status?.daemonEndpoints?.kubeletEndpoint?.Port || kubeletPort;
    return urlOf('https', found.address, port, '/');
  }
  throw internalError(
    `no preferred addresses found; known addresses: [${addresses.map(({ address }) => address).join(' ')}]`,
  );
}

export function urlOf(scheme: string, host: string, port: number | string, path: string): URL {
  const url = new URL(`${scheme}://${host.includes(':') ? `[${host}]` : host}`);
  url.port = String(port);
  url.pathname = path;
  return url;
}

/**
 * Loopback, link-local, multicast and unspecified addresses are no pods: whoever may write a pod's status must
 * not reach the server's own machine through the proxy.
 */
export function checkPodAddress(ip: string | undefined): string {
  if (!ip || !isGlobalUnicast(ip)) throw badRequest('address not allowed');
  return ip;
}

function isGlobalUnicast(ip: string): boolean {
  if (ip.includes(':')) {
    const lower = ip.toLowerCase();
    return !/^(::|::1|fe[89ab].*|ff.*|::ffff:.*)$/.test(lower);
  }
  const parts = ip.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return false;
  const [a = 0, b = 0] = parts;
  return a !== 0 && a !== 127 && a < 224 && !(a === 169 && b === 254);
}
