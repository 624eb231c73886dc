// The kubelet's API, in one list.

import { configz } from './configz.ts';
import { containerLogs } from './container_logs.ts';
import { json, type KubeletAnswer, type KubeletApi, type KubeletRequest, text } from './kubelet_request.ts';
import { kubeletMetrics, resourceMetrics } from './metrics.ts';
import { usageReader } from './pod_usage.ts';
import { runCommand } from './run_command.ts';
import { summaryHandler } from './stats_summary.ts';
import { systemLogs } from './system_logs.ts';

export interface Route {
  methods: readonly string[];
  /** `/run/{namespace}/{pod}/{container}` */
  path: string;
  handle(request: KubeletRequest): KubeletAnswer | Promise<KubeletAnswer>;
}

/** These are answered by the runtime's streaming server, on upgraded connections. */
export const streamPaths = [
  '/exec/{namespace}/{pod}/{container}',
  '/exec/{namespace}/{pod}/{uid}/{container}',
  '/attach/{namespace}/{pod}/{container}',
  '/attach/{namespace}/{pod}/{uid}/{container}',
  '/portForward/{namespace}/{pod}',
  '/portForward/{namespace}/{pod}/{uid}',
];

export function kubeletRoutes(api: KubeletApi): Route[] {
  const usage = usageReader(api);
  const get = ['GET'];
  const ok = () => text(200, 'ok');
  return [
    { methods: get, path: '/healthz', handle: ok },
    { methods: get, path: '/healthz/ping', handle: ok },
    { methods: get, path: '/healthz/syncloop', handle: ok },
    { methods: get, path: '/pods', handle: () => podList(api) },
    { methods: get, path: '/runningpods', handle: () => podList(api) },
    {
      methods: get,
      path: '/containerLogs/{namespace}/{pod}/{container}',
      handle: (request) => containerLogs(api, request),
    },
    {
      methods: ['POST'],
      path: '/run/{namespace}/{pod}/{container}',
      handle: (request) => runCommand(api, request),
    },
    {
      methods: ['POST'],
      path: '/run/{namespace}/{pod}/{uid}/{container}',
      handle: (request) => runCommand(api, request),
    },
    { methods: get, path: '/stats/summary', handle: summaryHandler(api, usage) },
    { methods: get, path: '/metrics', handle: () => kubeletMetrics(api) },
    { methods: get, path: '/metrics/resource', handle: resourceMetrics(api, usage) },
    { methods: get, path: '/logs/{path...}', handle: ({ params }) => systemLogs(params['path']!) },
    { methods: get, path: '/configz', handle: () => configz(api) },
  ];
}

function podList({ kubelet }: KubeletApi): KubeletAnswer {
  return json({ kind: 'PodList', apiVersion: 'v1', metadata: {}, items: kubelet.podObjects() });
}

/** The values of `{name}` when the path is of that form; undefined when it is not. A last `{name...}` takes the rest. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const wanted = pattern.split('/');
  const given = path.split('/');
  const params: Record<string, string> = {};
  for (const [i, part] of wanted.entries()) {
    if (part.endsWith('...}')) {
      if (given.length <= i) return undefined;
      params[part.slice(1, -4)] = decodeURIComponent(given.slice(i).join('/'));
      return params;
    }
    if (part.startsWith('{')) {
      if (!given[i]) return undefined;
      params[part.slice(1, -1)] = decodeURIComponent(given[i]);
    } else if (part !== given[i]) return undefined;
  }
  return wanted.length === given.length ? params : undefined;
}
