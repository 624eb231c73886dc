// The HTTP adapter with only as much of an API behind it as `kubectl exec` asks for, for tests.
import { silentLogger, systemClock, systemRandom } from '@kubets/base';
import type { ApiRequest, ApiResult } from '../../../request.ts';
import { type HttpServer, serveHttp } from '../../index.ts';
import { serveStreaming } from '../serve_streaming.ts';

const kubeletParameters: Record<string, string> = {
  stdin: 'input',
  stdout: 'output',
  stderr: 'error',
  tty: 'tty',
};

export function startFakeApi(kubeletUrl: string): Promise<HttpServer> {
  return serveHttp({
    handle: async (request) => answer(request, kubeletUrl),
    tls: undefined,
    host: '127.0.0.1',
    port: 0,
    clock: systemClock,
    random: systemRandom,
    log: silentLogger,
    serveStreaming,
  });
}

function answer(request: ApiRequest, kubeletUrl: string): ApiResult {
  const [, , , , , , pod, subresource] = request.path.split('/');
  if (subresource)
    return { type: 'proxy', target: { as: 'kubelet', ...target(request, pod!, subresource, kubeletUrl) } };
  const object = objects[request.path] ?? (pod && podObject(pod));
  if (object) return { type: 'object', status: 200, object };
  const status = {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    reason: 'NotFound',
    code: 404,
  };
  return { type: 'object', status: 404, object: status };
}

function target({ query }: ApiRequest, pod: string, subresource: string, kubeletUrl: string) {
  if (subresource === 'portforward') {
    const url = new URL(`${kubeletUrl}/portForward/default/${pod}`);
    for (const ports of query.getAll('ports')) url.searchParams.append('port', ports);
    return { protocol: 'portforward', url } as const;
  }
  const url = new URL(`${kubeletUrl}/${subresource}/default/${pod}/c`);
  for (const [name, value] of query) {
    const of = kubeletParameters[name];
    if (name === 'command') url.searchParams.append(name, value);
    else if (of && value === 'true') url.searchParams.append(of, '1');
  }
  return { protocol: subresource as 'exec' | 'attach', url };
}

const podResource = {
  name: 'pods',
  singularName: 'pod',
  namespaced: true,
  kind: 'Pod',
  verbs: ['get', 'list'],
};

const objects: Record<string, object> = {
  '/api': { kind: 'APIVersions', versions: ['v1'] },
  '/apis': { kind: 'APIGroupList', apiVersion: 'v1', groups: [] },
  '/api/v1': { kind: 'APIResourceList', groupVersion: 'v1', resources: [podResource] },
};

function podObject(name: string): object {
  return {
    kind: 'Pod',
    apiVersion: 'v1',
    metadata: { name, namespace: 'default', uid: 'u1' },
    spec: { containers: [{ name: 'c', image: 'i', stdin: true }] },
    status: { phase: 'Running' },
  };
}
