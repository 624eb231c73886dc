import type { Pod } from '@kubets/api';
import { isNotFound } from '@kubets/api';
import type { PodSandboxConfig } from '@kubets/api/generated/cri.ts';
import { podDns } from '../container/dns.ts';
import { sandboxConfig } from '../container/sandbox_config.ts';
import type { KubeletParts } from '../kubelet_parts.ts';
import { podLogDir } from '../node/pod_paths.ts';
import type { ObservedSandbox } from '../pod/observed.ts';
import { observedSandbox } from '../runtime/observe.ts';

/** The configuration that the runtime wants with every container too. */
export async function podSandboxConfig(
  parts: KubeletParts,
  pod: Pod,
  attempt: number,
): Promise<PodSandboxConfig> {
  const { node, host, recorder } = parts;
  const resolvConf = node.resolvConf ? await host.files.read(node.resolvConf) : undefined;
  const dns = podDns({
    pod,
    hostResolvConf: new TextDecoder().decode(resolvConf),
    clusterDns: node.clusterDns,
    clusterDomain: node.clusterDomain,
    warn: (reason, message) => recorder.event(pod, 'Warning', reason, message),
  });
  return sandboxConfig({ pod, node, attempt, dns });
}

/** Makes the pod's network and namespaces. */
export async function createSandbox(
  parts: KubeletParts,
  pod: Pod,
  attempt: number,
): Promise<ObservedSandbox> {
  const { runtime, host, node } = parts;
  const handler = await handlerOf(parts, pod);
  // Better not at all than with the node's users.
  if (pod.spec.hostUsers === false)
    throw new Error(`the handler "${handler}" does not support user namespaces`);
  const config = await podSandboxConfig(parts, pod, attempt);
  await host.files.makeDirectory(podLogDir(node, pod), { mode: 0o755 });
  const id = await runtime.runPodSandbox(config, handler);
  const status = await runtime.podSandboxStatus(id);
  if (!status) throw new Error('pod sandbox status is nil');
  return observedSandbox(status);
}

async function handlerOf({ runtimeHandler }: KubeletParts, pod: Pod): Promise<string> {
  const name = pod.spec.runtimeClassName;
  try {
    return await runtimeHandler(name);
  } catch (error) {
    if (isNotFound(error)) throw new Error(`RuntimeClass "${name}" not found`);
    throw error;
  }
}
