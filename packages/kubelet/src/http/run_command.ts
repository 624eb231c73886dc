import { podOf, runningContainer } from './find_container.ts';
import { type KubeletAnswer, type KubeletApi, type KubeletRequest, text } from './kubelet_request.ts';

const timeoutSeconds = 120;

/** POST /run/{namespace}/{pod}/{container}?cmd=...: runs a command and answers with what it printed. */
export async function runCommand(api: KubeletApi, { params, query }: KubeletRequest): Promise<KubeletAnswer> {
  const pod = podOf(api, params['namespace']!, params['pod']!);
  const id = await runningContainer(api, pod, params['container']!);
  const command = query.getAll('cmd').flatMap((part) => part.split(' ').filter(Boolean));
  const answer = await api.runtime.execSync(id, command, timeoutSeconds);
  const decoder = new TextDecoder();
  const output = decoder.decode(answer.stdout) + decoder.decode(answer.stderr);
  const code = answer.exitCode ?? 0;
  return code === 0
    ? text(200, output)
    : text(500, `command '${command.join(' ')}' exited with ${code}: ${output}`);
}
