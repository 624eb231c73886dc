// Makes one probe and tells of it when it fails.
import type { Probe } from '@kubets/api';
import { errorMessage } from '@kubets/base';
import { expandVariables } from '../container/expand.ts';
import { containerEvent, type KubeletParts } from '../kubelet_parts.ts';
import type { ProbeKind } from '../pod/probe_view.ts';
import { isTimeout } from '../runtime/runtime_error.ts';
import { httpRequest, resolvePort } from './http_action.ts';
import type { ProbeAnswer, ProbeTarget, RunProbe } from './prober.ts';

type Parts = Pick<KubeletParts, 'runtime' | 'probeIo' | 'recorder'>;

/** A probe that can't be made is tried so often before it counts as an error. */
const attempts = 3;
const titles: Record<ProbeKind, string> = {
  liveness: 'Liveness',
  readiness: 'Readiness',
  startup: 'Startup',
};

export function probeRunner(parts: Parts): RunProbe {
  return async (kind, target) => {
    const probe = target.container[`${kind}Probe`]!;
    let answer: ProbeAnswer = { outcome: 'error', message: '' };
    for (let i = 0; i < attempts && answer.outcome === 'error'; i++)
      answer = await runOnce(parts, probe, target).catch((error) => ({
        outcome: 'error' as const,
        message: errorMessage(error),
      }));
    if (answer.outcome === 'success') return answer;
    const verb =
      answer.outcome === 'failure' ? 'probe failed:' : 'probe errored and resulted in unknown state:';
    containerEvent(parts, target.pod, target.container, {
      type: 'Warning',
      reason: 'Unhealthy',
      message: `${titles[kind]} ${verb} ${answer.message}`,
    });
    return answer;
  };
}

async function runOnce(parts: Parts, probe: Probe, target: ProbeTarget): Promise<ProbeAnswer> {
  const timeoutSeconds = probe.timeoutSeconds ?? 1;
  if (probe.exec) return exec(parts, probe.exec.command ?? [], timeoutSeconds, target);
  if (probe.httpGet) return http(parts, probe, timeoutSeconds * 1000, target);
  const { container, podIP } = target;
  const { probeIo } = parts;
  const timeoutMs = timeoutSeconds * 1000;
  if (probe.tcpSocket) {
    const host = probe.tcpSocket.host || podIP;
    const port = resolvePort(probe.tcpSocket.port, container);
    return asFailure(() => probeIo.tcpConnect({ host, port, timeoutMs }));
  }
  if (probe.grpc) {
    const { port, service = '' } = probe.grpc;
    return asFailure(async () => {
      const status = await probeIo.grpcHealth({ host: podIP, port, service, timeoutMs });
      if (status !== 'SERVING') throw new Error(`service unhealthy (responded with "${status}")`);
    });
  }
  throw new Error(`missing probe handler for ${target.pod.metadata.name}:${container.name}`);
}

async function exec(
  { runtime }: Parts,
  command: string[],
  timeoutSeconds: number,
  { container, containerId }: ProbeTarget,
): Promise<ProbeAnswer> {
  // Only variables with a plain value: probes don't see the downward API.
  const values = new Map(container.env?.map(({ name, value }) => [name, value ?? '']));
  const expanded = command.map((text) => expandVariables(text, (name) => values.get(name)));
  try {
    const { exitCode = 0, stdout, stderr } = await runtime.execSync(containerId, expanded, timeoutSeconds);
    if (exitCode === 0) return { outcome: 'success' };
    const decoder = new TextDecoder();
    return { outcome: 'failure', message: decoder.decode(stdout) + decoder.decode(stderr) };
  } catch (error) {
    if (!isTimeout(error)) throw error;
    const text = expanded.join(' ');
    return { outcome: 'failure', message: `command timed out: "${text}" timed out after ${timeoutSeconds}s` };
  }
}

async function http(
  { probeIo }: Parts,
  probe: Probe,
  timeoutMs: number,
  { container, podIP }: ProbeTarget,
): Promise<ProbeAnswer> {
  const request = httpRequest({
    action: probe.httpGet!,
    container,
    podIP,
    timeoutMs,
    userAgent: 'kube-probe/1.36',
  });
  return asFailure(async () => {
    const { status } = await probeIo.httpGet(request);
    if (status < 200 || status >= 400) throw new Error(`HTTP probe failed with statuscode: ${status}`);
  });
}

async function asFailure(run: () => Promise<void>): Promise<ProbeAnswer> {
  try {
    await run();
    return { outcome: 'success' };
  } catch (error) {
    return { outcome: 'failure', message: errorMessage(error) };
  }
}
