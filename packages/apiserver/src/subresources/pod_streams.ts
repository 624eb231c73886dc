// pods/log, exec, attach and portforward: the kubelet's address, and the query that it understands.
import { badRequest, notFound, type Pod } from '@kubets/api';
import type { Call, Endpoint } from '../call.ts';
import { attributesOf, forbiddenError, isAllowed } from '../filters/authorization.ts';
import type { ApiResult, ProxyTarget } from '../request.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { admissionRequest, admit, validateAdmission } from '../verbs/admit.ts';
import { getStored } from '../verbs/get.ts';
import { kubeletLocation } from './kubelet_location.ts';

const optionKinds = {
  exec: 'PodExecOptions',
  attach: 'PodAttachOptions',
  portforward: 'PodPortForwardOptions',
};

export function streamEndpoint(
  server: ServerContext,
  pods: Target,
  subresource: 'exec' | 'attach' | 'portforward',
): Endpoint {
  return async (call) => {
    const { query } = call.request;
    await mayStream(server, call);
    const pod = (await getStored(server, pods, call)).object as unknown as Pod;
    const admission = admissionRequest(pods, call, {
      operation: 'CONNECT',
      object: optionsOf(optionKinds[subresource], query),
      old: undefined,
      name: call.info.name,
      subresource,
      kind: optionKinds[subresource],
      dryRun: false,
    });
    await admit(server.admission, admission);
    await validateAdmission(server.admission, admission);
    const { namespace, name } = pod.metadata;
    if (subresource === 'portforward') {
      const url = location(server, pod, `/portForward/${namespace}/${name}`);
      for (const port of query.getAll('ports').flatMap((each) => each.split(',')))
        if (port) url.searchParams.append('port', port);
      return proxyTo({ url, as: 'kubelet', protocol: 'portforward' });
    }
    const container = containerOf(pod, query.get('container') ?? '');
    const url = location(server, pod, `/${subresource}/${namespace}/${name}/${container}`);
    for (const [from, to] of streamFlags) if (isTrue(query.get(from))) url.searchParams.append(to, '1');
    if (subresource === 'exec') {
      const command = query.getAll('command');
      if (command.length === 0) throw badRequest('you must specify at least 1 command for the container');
      for (const word of command) url.searchParams.append('command', word);
    }
    return proxyTo({ url, as: 'kubelet', protocol: subresource });
  };
}

// The kubelet's names of PodExecOptions' flags.
const streamFlags = [
  ['stdin', 'input'],
  ['stdout', 'output'],
  ['stderr', 'error'],
  ['tty', 'tty'],
] as const;

// WebSocket handshakes are GETs: reading must not be enough to run commands (KEP-4006).
async function mayStream(server: ServerContext, call: Call): Promise<void> {
  if (call.info.verb !== 'get') return;
  const attributes = { ...attributesOf(call.user, call.info), verb: 'create' };
  const { allowed, reason } = await isAllowed(server.authorizers, attributes);
  if (!allowed) throw forbiddenError(attributes, reason);
}

const logNumbers = ['sinceSeconds', 'tailLines', 'limitBytes'] as const;

export function logEndpoint(server: ServerContext, pods: Target): Endpoint {
  return async (call) => {
    const { query } = call.request;
    const pod = (await getStored(server, pods, call)).object as unknown as Pod;
    const container = containerOf(pod, query.get('container') ?? '');
    // Nothing runs yet, so there is nothing to read.
    if (!pod.spec.nodeName) return { type: 'raw', status: 204, contentType: '', body: '' };
    const { namespace, name } = pod.metadata;
    const url = location(server, pod, `/containerLogs/${namespace}/${name}/${container}`);
    for (const flag of ['follow', 'previous', 'timestamps'])
      if (isTrue(query.get(flag))) url.searchParams.append(flag, 'true');
    for (const number of logNumbers) {
      const value = query.get(number);
      if (!value) continue;
      if (!/^\d{1,18}$/.test(value) || (number !== 'tailLines' && Number(value) < 1))
        throw badRequest(`invalid value "${value}" of ${number}: must be a positive whole number`);
      url.searchParams.append(number, value);
    }
    const since = query.get('sinceTime');
    if (since) {
      if (query.get('sinceSeconds'))
        throw badRequest('at most one of `sinceTime` or `sinceSeconds` may be specified');
      if (Number.isNaN(Date.parse(since))) throw badRequest(`invalid sinceTime "${since}"`);
      url.searchParams.append('sinceTime', since);
    }
    const stream = query.get('stream');
    if (stream) url.searchParams.append('stream', stream);
    return proxyTo({ url, as: 'kubelet', protocol: 'http' });
  };
}

function proxyTo(target: ProxyTarget): ApiResult {
  return { type: 'proxy', target };
}

function location(server: ServerContext, pod: Pod, path: string): URL {
  const { nodeName } = pod.spec;
  if (!nodeName) throw badRequest(`pod ${pod.metadata.name} does not have a host assigned`);
  // Upstream's answer names the resource of the request.
  if (!server.reader.get('', 'nodes', undefined, nodeName))
    throw notFound({ group: '', resource: 'pods' }, nodeName);
  const url = kubeletLocation(server, nodeName);
  url.pathname = path;
  return url;
}

/** The container that is meant: the one named, or the only one. @throws ApiError 400 */
export function containerOf({ metadata, spec }: Pod, asked: string): string {
  const names = (list: { name: string }[] | undefined) => (list ?? []).map(({ name }) => name);
  const containers = names(spec.containers);
  const init = names(spec.initContainers);
  const ephemeral = names(spec.ephemeralContainers as { name: string }[] | undefined);
  if (asked) {
    if ([...containers, ...init, ...ephemeral].includes(asked)) return asked;
    throw badRequest(`container ${asked} is not valid for pod ${metadata.name}`);
  }
  if (containers.length === 1) return containers[0]!;
  const all = [...init, ...containers, ...ephemeral].join(' ');
  throw badRequest(`a container name must be specified for pod ${metadata.name}, choose one of: [${all}]`);
}

function optionsOf(kind: string, query: URLSearchParams): object {
  const options: Record<string, unknown> = { kind, apiVersion: 'v1' };
  for (const flag of ['stdin', 'stdout', 'stderr', 'tty'])
    if (query.has(flag)) options[flag] = isTrue(query.get(flag));
  const container = query.get('container');
  if (container) options['container'] = container;
  const command = query.getAll('command');
  if (command.length) options['command'] = command;
  const ports = query.getAll('ports').flatMap((each) => each.split(','));
  if (ports.length) options['ports'] = ports.map(Number);
  return options;
}

function isTrue(value: string | null): boolean {
  return value === 'true' || value === '1';
}
