// Takes a node off the machine: pods through the runtime where it still answers, and whatever is left by path.
import { silentLogger } from '@kubets/base';
import { criRuntime } from '@kubets/kubelet/runtime/cri/index.ts';
import { removePodNetwork } from '@kubets/network/cni/set_up_pod_network.ts';
import { nftBackend } from '@kubets/network/proxy/nft/nft_backend.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { ensureContainerd } from '../containerd/containerd_start.ts';
import { dnsLinkName, removeLink } from '../host/dns_link.ts';
import { processesNaming, removeCgroups, unmountBelow } from '../host/leftovers.ts';
import { stopProcess } from '../processes/process_record.ts';

export async function removeNode(paths: ClusterPaths): Promise<void> {
  await removePods(paths);
  await stopProcess(paths, 'containerd', 5_000);
  killShims(paths);
  await nftBackend({ clusterName: paths.machineName, log: silentLogger }).remove();
  removeLink(dnsLinkName(paths.machineName));
  await removePodNetwork({
    clusterName: paths.machineName,
    configDir: paths.cniConfig,
    stateDir: paths.cniState,
  });
  unmountBelow([paths.root, paths.run]);
  removeCgroups(cgroupName(paths.machineName));
}

/** The cgroup below which all pods of the cluster are. */
export function cgroupName(machineName: string): string {
  return `kubets-${machineName}`;
}

/** Through the runtime, so that CNI gives addresses back and network namespaces go. */
async function removePods(paths: ClusterPaths): Promise<void> {
  try {
    await ensureContainerd(paths);
  } catch {
    // A containerd that can't start any more has no pods that it could end: the leftovers are taken by path.
    return;
  }
  const runtime = criRuntime({ endpoint: `unix://${paths.containerdSocket}` });
  try {
    const sandboxes = await runtime.listPodSandboxes();
    await Promise.all(
      sandboxes.map(async ({ id }) => {
        await runtime.stopPodSandbox(id!);
        await runtime.removePodSandbox(id!);
      }),
    );
  } finally {
    runtime.close();
  }
}

/** Shims carry the address of their containerd in their command line. */
function killShims(paths: ClusterPaths): void {
  for (const pid of processesNaming(paths.containerdSocket)) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}
