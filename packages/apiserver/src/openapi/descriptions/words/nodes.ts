// Nodes, and ways to run containers on them.
export const nodes = `
Node: A machine that runs pods.

NodeSpec: What a node should be.
  unschedulable: No new pods come here, but for those that tolerate node.kubernetes.io/unschedulable. Default
    false. kubectl cordon sets it.
  taints: Keep pods away that do not tolerate them.
  podCIDR: The range of its pods.
  podCIDRs: The ranges of its pods, at most one of each family. The first is podCIDR.
  providerID: What the cloud calls the machine: provider://... It never changes once set.
  configSource: Where the kubelet once got its configuration from. No longer supported.
  externalID: Not used any more.

NodeConfigSource: Where the kubelet once got its configuration from. No longer supported.
  configMap: The config map that it was in.

ConfigMapNodeConfigSource: A config map with the configuration of a kubelet. No longer supported.
  namespace: The namespace of the config map.
  name: The name of the config map.
  kubeletConfigKey: The key with the configuration.
  uid: The UID of the config map. Only in the status.
  resourceVersion: The version of the config map. Only in the status.

NodeStatus: What a node has, and how it is.
  capacity: What the machine has, by resource: cpu, memory, ephemeral-storage, pods and others.
  allocatable: What pods can have of it; the rest is kept for the system. Default: all.
  conditions: Ready, MemoryPressure, DiskPressure, PIDPressure, NetworkUnavailable.
  addresses: How it is reached.
  nodeInfo: Versions of its parts.
  images: Images that are on it, the largest first; as many as the kubelet tells, 50 by default.
  daemonEndpoints: Ports of the programs that run on it.
  runtimeHandlers: Ways to run containers that its runtime has.
  features: What its runtime can do altogether.
  declaredFeatures: Features of Kubernetes that it has, which the scheduler and the server go by. Beta:
    NodeDeclaredFeatures.
  volumesInUse: Volumes that are mounted, or about to be: they must not be detached.
  volumesAttached: Volumes that are attached to it.
  config: How the configuration from a config map was. No longer supported.
  phase: Not used any more.

NodeCondition:
  type: Ready, MemoryPressure, DiskPressure, PIDPressure or NetworkUnavailable.
  lastHeartbeatTime: When the kubelet last wrote the condition.

NodeAddress: An address of a node.
  type: Hostname, InternalIP, ExternalIP, InternalDNS or ExternalDNS.
  address: The address or name.

NodeDaemonEndpoints: Ports of the programs that run on a node.
  kubeletEndpoint: The port of the kubelet.

DaemonEndpoint: A port.
  Port: The number of the port.

NodeSystemInfo: Versions and names of a node.
  architecture: The architecture of the machine, such as amd64 or arm64.
  operatingSystem: linux or windows.
  osImage: The distribution, as /etc/os-release tells it.
  kernelVersion: The release of the kernel, as uname -r tells it.
  containerRuntimeVersion: The runtime and its version, such as containerd://2.1.0.
  kubeletVersion: The version of the kubelet.
  kubeProxyVersion: Deprecated: no longer the version of kube-proxy.
  machineID: The identifier in /etc/machine-id.
  systemUUID: The identifier that the firmware knows.
  bootID: Changes with each boot.
  swap: Swap space of the machine.

NodeSwapStatus: Swap space of a machine.
  capacity: How many bytes there are.

ContainerImage: An image on a node.
  names: Names and digests that it has.
  sizeBytes: How many bytes it takes.

NodeRuntimeHandler: A way to run containers.
  name: The name that runtime classes refer to. Empty: the default.
  features: What it can do.

NodeRuntimeHandlerFeatures: What a way to run containers can do.
  recursiveReadOnlyMounts: Whether mounts can be read-only with all below them.
  userNamespaces: Whether pods can have a user namespace.

NodeFeatures: What a runtime can do altogether.
  supplementalGroupsPolicy: Whether it heeds supplementalGroupsPolicy of pods.

AttachedVolume: A volume that is attached to a node.
  name: Which volume: kubernetes.io/csi/driver^handle.
  devicePath: Where the device appears on the node.

NodeConfigStatus: How a configuration from a config map was. No longer supported.
  assigned: Which one the node was to use.
  active: Which one it used.
  lastKnownGood: Which one it went back to when there was an error.
  error: What was wrong with the assigned one.

RuntimeClass: A way to run containers, for nodes that have it.
  handler: What the runtime on the nodes calls it, such as gvisor: a DNS label. It never changes.
  overhead: What running a pod takes beside its containers.
  scheduling: Which nodes have it. Default: all.

Overhead: What running a pod takes beside its containers.
  podFixed: How much for each pod, by resource.

Scheduling: Which nodes have a way to run containers.
  nodeSelector: Labels that such nodes have; added to those of the pod. A contradiction is refused.
  tolerations: Taints that such nodes have; added to the tolerations of the pod.

ComponentStatus: Whether a part of the cluster is healthy. Deprecated since v1.19.
  conditions: Its health, as one condition.

ComponentCondition:
  type: Healthy: there is no other.
  message: What the check answered.
  error: What went wrong with the check.
`;
