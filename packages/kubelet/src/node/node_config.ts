// What the kubelet is told about its node.
import type { NodeAddress, NodeSystemInfo, Quantity, Taint } from '@kubets/api';

export interface NodeConfig {
  name: string;
  /** InternalIP (the preferred family first) and Hostname. */
  addresses: readonly NodeAddress[];
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  /** Set when the node registers itself. */
  taints?: readonly Taint[];
  /** cpu, memory, pods, ephemeral-storage, hugepages-*, and whatever else the node has. */
  capacity: Readonly<Record<string, Quantity>>;
  /** What pods may take of it; all of it where absent. */
  allocatable?: Readonly<Record<string, Quantity>>;
  nodeInfo: Omit<NodeSystemInfo, 'containerRuntimeVersion' | 'kubeletVersion' | 'kubeProxyVersion'>;
  kubeletVersion: string;
  /** Where volumes and other data of pods stand: `/var/lib/kubelet`. */
  rootDir: string;
  /** Where containers log to: `/var/log/pods`. */
  podLogsDir: string;
  /** Where log collectors look for links to the logs: `/var/log/containers`; none are made where absent. */
  containerLogsDir?: string;
  /** Where Localhost seccomp profiles stand; `<rootDir>/seccomp` where absent. */
  seccompDir?: string;
  cgroup: { driver: 'cgroupfs' | 'systemd'; root: string };
  /** Addresses of the cluster's DNS service; without any, pods get the node's resolv.conf. */
  clusterDns: readonly string[];
  clusterDomain: string;
  /** The resolver configuration that pods inherit; empty for none. */
  resolvConf: string;
  kubeletPort: number;
  maxPods?: number;
  /** Sysctls that pods may set beside the safe ones, each a name or a prefix that ends in `*`. */
  allowedUnsafeSysctls?: readonly string[];
  /** Below what the node ends pods, by signal (`memory.available: 100Mi`); upstream's where absent, none where empty. */
  evictionHard?: Readonly<Record<string, string>>;
  /** Unused images are removed when their disk is fuller than `high`, until it is down to `low`; 100 never. */
  imageGcPercent?: { high: number; low: number };
  /** Names of images that are never removed, e.g. that of sandboxes; a trailing `*` stands for any end. */
  pinnedImages?: readonly string[];
  providerID?: string;
  /** False when someone else creates the Node object. */
  registerNode?: boolean;
}

export function hostIPs(node: NodeConfig): string[] {
  return node.addresses.filter(({ type }) => type === 'InternalIP').map(({ address }) => address);
}

/** How upstream names a pod in messages. */
export function podText(pod: { metadata: { name?: string; namespace?: string; uid?: string } }): string {
  const { name, namespace, uid } = pod.metadata;
  return `${name}_${namespace}(${uid})`;
}
