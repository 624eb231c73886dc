// pods/proxy, services/proxy and nodes/proxy: HTTP to whatever listens there.
import { badRequest, notFound, type Pod, serviceUnavailable } from '@kubets/api';
import type { Call, Endpoint } from '../call.ts';
import type { ApiResult } from '../request.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { admissionRequest, admit, validateAdmission } from '../verbs/admit.ts';
import { waitForFreshness } from '../verbs/get.ts';
import { checkPodAddress, kubeletLocation, urlOf } from './kubelet_location.ts';

type Locate = (server: ServerContext, call: Call) => { url: URL; as: 'kubelet' | 'plain' };

const locate: Record<string, Locate> = { pods: locatePod, services: locateService, nodes: locateNode };
const optionKinds: Record<string, string> = {
  pods: 'PodProxyOptions',
  services: 'ServiceProxyOptions',
  nodes: 'NodeProxyOptions',
};

export function proxyEndpoint(server: ServerContext, target: Target): Endpoint {
  const { resource } = target.resource.id;
  return async (call): Promise<ApiResult> => {
    const { info, request } = call;
    const upgrade = request.headers['upgrade'] !== undefined;
    const reads = request.method === 'GET' || request.method === 'HEAD';
    const options = { kind: optionKinds[resource], apiVersion: 'v1', path: info.rest ?? '' };
    const admission = admissionRequest(target, call, {
      operation: 'CONNECT',
      object: options,
      old: undefined,
      name: info.name,
      subresource: 'proxy',
      kind: optionKinds[resource]!,
      dryRun: false,
    });
    await admit(server.admission, admission);
    await validateAdmission(server.admission, admission);
    await waitForFreshness(server, null);
    const { url, as } = locate[resource]!(server, call);
    const search = request.queryText ?? request.query.toString();
    const query = search ? `?${search}` : '';
    // Relative links in what is proxied need the slash.
    if (info.rest === undefined && !upgrade && reads) {
      const headers = { location: `${request.path}/${query}` };
      return { type: 'raw', status: 301, contentType: '', body: '', headers };
    }
    // A path that climbs would leave what the proxy was asked for.
    url.pathname = `/${info.rest ?? ''}`;
    url.search = query;
    return { type: 'proxy', target: { url, as, protocol: 'http' } };
  };
}

/** `name`, `name:port` or `scheme:name:port`. */
function splitName(id: string, what: string): { scheme: string; name: string; port: string } {
  const parts = id.split(':');
  const [first = '', second = '', third = ''] = parts;
  if (parts.length === 1 && first) return { scheme: 'http', name: first, port: '' };
  if (parts.length === 2 && first) return { scheme: 'http', name: first, port: second };
  if (parts.length === 3 && second && ['', 'http', 'https'].includes(first))
    return { scheme: first || 'http', name: second, port: third };
  throw badRequest(`invalid ${what} request "${id}"`);
}

function locatePod({ reader }: ServerContext, { info }: Call): ReturnType<Locate> {
  const { scheme, name, port } = splitName(info.name, 'pod');
  const pod = reader.get('', 'pods', info.namespace, name) as unknown as Pod | undefined;
  if (!pod) throw notFound({ group: '', resource: 'pods' }, name);
  const ip = checkPodAddress(pod.status?.podIPs?.[0]?.ip ?? pod.status?.podIP);
  const declared = pod.spec.containers.flatMap((container) => container.ports ?? [])[0]?.containerPort;
  return { url: urlOf(scheme, ip, port || String(declared ?? ''), '/'), as: 'plain' };
}

function locateNode(server: ServerContext, { info }: Call): ReturnType<Locate> {
  const { scheme, name, port } = splitName(info.name, 'node');
  const url = kubeletLocation(server, name);
  if (!port || port === url.port) return { url, as: 'kubelet' };
  // Another port of the machine: the server's credentials are for its kubelet alone.
  return { url: urlOf(scheme, url.hostname.replace(/^\[|\]$/g, ''), port, '/'), as: 'plain' };
}

function locateService(server: ServerContext, { info }: Call): ReturnType<Locate> {
  const { scheme, name, port } = splitName(info.name, 'service');
  const { reader, random } = server;
  const service: any = reader.get('', 'services', info.namespace, name);
  if (!service) throw notFound({ group: '', resource: 'services' }, name);
  let portName = port;
  if (/^\d+$/.test(port)) {
    const found = service.spec.ports?.find((each: any) => String(each.port) === port);
    if (!found) throw serviceUnavailable(`no service port ${port} found for service "${name}"`);
    portName = found.name ?? '';
  }
  const candidates: { ip: string; port: number }[] = [];
  for (const slice of reader.list('discovery.k8s.io', 'endpointslices', info.namespace) as any[]) {
    if (slice.metadata.labels?.['kubernetes.io/service-name'] !== name) continue;
    const number = slice.ports?.find((each: any) => (each.name ?? '') === portName)?.port;
    if (!number) continue;
    for (const endpoint of slice.endpoints ?? []) {
      if (endpoint.conditions?.ready === false || endpoint.targetRef?.kind !== 'Pod') continue;
      const pod: any = reader.get('', 'pods', endpoint.targetRef.namespace, endpoint.targetRef.name);
      // Only what really is the pod's address: slices can be written by users (CVE-2020-8554's kin).
      const own = pod?.status?.podIPs?.map((each: any) => each.ip) ?? [];
      for (const ip of endpoint.addresses) if (own.includes(ip)) candidates.push({ ip, port: number });
    }
  }
  if (candidates.length === 0) throw serviceUnavailable(`no endpoints available for service "${info.name}"`);
  const chosen = candidates[Math.floor(random.next() * candidates.length)]!;
  return { url: urlOf(scheme, checkPodAddress(chosen.ip), chosen.port, '/'), as: 'plain' };
}
