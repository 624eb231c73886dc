// postStart and preStop hooks.
import type { Container, LifecycleHandler, Pod } from '@kubets/api';
import { type Clock, errorMessage } from '@kubets/base';
import { podText } from '../node/node_config.ts';
import { httpRequest } from '../probes/http_action.ts';
import type { ProbeIo } from '../probes/probe_io.ts';
import type { ContainerRuntime } from '../runtime/runtime.ts';

export interface HookOptions {
  runtime: ContainerRuntime;
  io: ProbeIo;
  clock: Clock;
  pod: Pod;
  podIP: string;
  container: Container;
  containerId: string;
  hook: LifecycleHandler;
  signal: AbortSignal;
}

/** Exec hooks have no time limit of their own but that of the pod's termination; this bounds the call. */
const execTimeoutSeconds = 3600;
const httpTimeoutMs = 30_000;

/** Resolves when the hook has succeeded; rejects with the text that the container's status shows. */
export async function runHook(options: HookOptions): Promise<void> {
  const { hook, container, pod, clock, signal } = options;
  const where = `for Container "${container.name}" in Pod "${podText(pod)}" failed - error:`;
  if (hook.exec) {
    const { command = [] } = hook.exec;
    const what = `Exec lifecycle hook ([${command.join(' ')}]) ${where}`;
    const { code, output } = await exec(options, command, what);
    if (code !== 0)
      throw new Error(
        `${what} command '${command.join(' ')}' exited with ${code}: ${output}, message: "${output}"`,
      );
  } else if (hook.httpGet) {
    try {
      await get(options);
    } catch (error) {
      throw new Error(`HTTP lifecycle hook (${hook.httpGet.path}) ${where} ${errorMessage(error)}`);
    }
  } else if (hook.sleep) {
    await clock.sleep(hook.sleep.seconds * 1000, signal);
  } else throw new Error(`Cannot run handler: invalid handler: ${JSON.stringify(hook)}`);
}

async function exec({ runtime, containerId }: HookOptions, command: string[], what: string) {
  try {
    const answer = await runtime.execSync(containerId, command, execTimeoutSeconds);
    const decoder = new TextDecoder();
    const output = decoder.decode(answer.stdout) + decoder.decode(answer.stderr);
    return { code: answer.exitCode ?? 0, output };
  } catch (error) {
    throw new Error(`${what} ${errorMessage(error)}, message: ""`);
  }
}

/** Any answer is a good one: the status of the response does not count. */
async function get({ io, hook, container, podIP, signal }: HookOptions): Promise<void> {
  const action = hook.httpGet!;
  const request = httpRequest({
    action,
    container,
    podIP,
    timeoutMs: httpTimeoutMs,
    userAgent: 'kube-lifecycle/1.36',
  });
  try {
    await io.httpGet({ ...request, signal });
  } catch (error) {
    // Hooks were once sent as http whatever their scheme; servers that relied on it still answer.
    if (request.scheme !== 'https' || signal.aborted) throw error;
    const headers = request.headers.filter(([name]) => name.toLowerCase() !== 'authorization');
    await io.httpGet({ ...request, scheme: 'http', headers, signal });
  }
}
