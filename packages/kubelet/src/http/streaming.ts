// exec, attach and port-forward: the runtime serves the streams; the kubelet joins caller and runtime byte for byte.
import type { IncomingMessage } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { joinSockets } from '@kubets/apiserver/http/streaming/index.ts';
import type { Clock } from '@kubets/base';
import { podOf, readySandbox, runningContainer } from './find_container.ts';
import type { KubeletApi, KubeletRequest } from './kubelet_request.ts';

/** Asks the runtime where the stream is served. */
export async function streamUrl(
  api: KubeletApi,
  action: string,
  { params, query }: KubeletRequest,
): Promise<URL> {
  const { runtime } = api;
  const pod = podOf(api, params['namespace']!, params['pod']!);
  if (action === 'portForward') {
    const port = query.getAll('port').flatMap((ports) => ports.split(',').map(Number));
    return new URL(await runtime.portForward({ podSandboxId: await readySandbox(api, pod), port }));
  }
  const containerId = await runningContainer(api, pod, params['container']!);
  const flag = (...names: string[]) => names.some((name) => ['1', 'true'].includes(query.get(name) ?? ''));
  const tty = flag('tty');
  const streams = {
    stdin: flag('input', 'stdin'),
    stdout: flag('output', 'stdout'),
    // A terminal has one output.
    stderr: flag('error', 'stderr') && !tty,
    tty,
  };
  return new URL(
    action === 'attach'
      ? await runtime.attach({ containerId, ...streams })
      : await runtime.exec({ containerId, cmd: query.getAll('command'), ...streams }),
  );
}

export interface TunnelRequest {
  request: IncomingMessage;
  caller: Duplex;
  /** What came with the request past its head. */
  head: Buffer;
  url: URL;
  clock: Clock;
}

/** Sends the caller's own upgrade request on to `url` and joins the two connections. */
export function tunnel({ request, caller, head, url, clock }: TunnelRequest): void {
  const runtime = connect({ host: url.hostname, port: Number(url.port) });
  const headers: string[] = [];
  for (let i = 0; i < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i]!;
    const lower = name.toLowerCase();
    // Who the caller is has been settled here.
    if (lower === 'authorization') continue;
    headers.push(`${name}: ${lower === 'host' ? url.host : request.rawHeaders[i + 1]}`);
  }
  const refused = () => caller.destroy();
  runtime.once('error', refused);
  caller.once('error', () => runtime.destroy());
  runtime.once('connect', () => {
    runtime.off('error', refused);
    runtime.setNoDelay(true);
    runtime.write(
      `${request.method} ${url.pathname}${url.search} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`,
    );
    runtime.write(head);
    void joinSockets(caller, runtime, { clock });
  });
}
