// Pods: what is wanted of one, and what has become of it.
export const pods = `
Pod: Containers that run together on one node and share its network address and volumes.

PodTemplateSpec: What pods are made from: metadata and a specification.
  metadata: Labels and annotations of the pods. The labels must match the selector of the owner.
  spec: What each pod should be.

PodTemplate: A template of pods, stored by itself.
  template: What pods would be made from.

PodSpec: What a pod should be. After creation, little of it can change: images, the deadline, tolerations
    (only more of them), resources by way of resize.
  containers: The containers of the pod. There has to be one at least.
  initContainers: Run before the containers, one after the other, each to its end; those with restartPolicy
    Always are sidecars and keep running.
  ephemeralContainers: Containers that were added later, to look into the pod. Only written through the
    subresource ephemeralcontainers.
  volumes: Directories that containers can mount.
  restartPolicy: What becomes of containers that end: Always (restarted), OnFailure or Never. Default Always.
    Restarts wait longer each time, up to 5 minutes.
  terminationGracePeriodSeconds: How many seconds processes have to end before they are killed. Default 30. 0:
    killed at once.
  activeDeadlineSeconds: How many seconds the pod may be on its node before it is stopped as failed
    (DeadlineExceeded). Default: no limit.
  dnsPolicy: Where names are resolved: ClusterFirst, ClusterFirstWithHostNet (the same, for hostNetwork),
    Default (as the node does) or None (only dnsConfig). Default ClusterFirst.
  dnsConfig: Further settings for the resolver, beside what dnsPolicy gives. Required with None.
  nodeSelector: Labels that the node must have.
  nodeName: The node that the pod runs on. The scheduler sets it; given at creation, the pod is never
    scheduled.
  serviceAccountName: The service account that the pod acts as towards the API. Default: the one named
    default.
  serviceAccount: The old name of serviceAccountName.
  automountServiceAccountToken: Whether a token of the service account is mounted. Default: as the service
    account says, else true.
  hostNetwork: Uses the network of the node instead of one of its own. Ports of containers must then be ports
    of the node. Default false.
  hostPID: Sees the processes of the node. Default false; not together with shareProcessNamespace.
  hostIPC: Shares the IPC namespace of the node. Default false.
  hostUsers: Whether users in the pod are those of the node. Default true; false gives it a user namespace of
    its own.
  shareProcessNamespace: Whether containers see each other's processes. Default false; not together with
    hostPID.
  securityContext: Rights of all containers. A container can say otherwise for itself.
  imagePullSecrets: Secrets of the namespace with which images are pulled. Where none is given, those of the
    service account are taken.
  hostname: The name of the host, up to 63 characters. Default: the name of the pod.
  subdomain: With it the full name is hostname.subdomain.namespace.svc and the cluster domain, which resolves
    where a headless service has the name of the subdomain.
  hostnameOverride: The name of the host, whatever hostname and subdomain say, up to 64 characters. DNS does
    not change. Not with hostNetwork or setHostnameAsFQDN. Beta: HostnameOverride.
  setHostnameAsFQDN: Whether the host name of the kernel is the full name in the domain, which then must fit
    into 64 characters. Default false.
  affinity: Which nodes, and which other pods beside it, the pod prefers or needs.
  schedulerName: Which scheduler finds its node. Default default-scheduler.
  tolerations: Which taints of nodes it puts up with. Once set, entries can only be added.
  hostAliases: Further lines for the hosts file.
  priorityClassName: How important the pod is, by the name of a class. Default: the class marked
    globalDefault, else none (priority 0).
  priority: How important the pod is, as a number. Admission sets it from the class.
  preemptionPolicy: Whether the pod may push less important ones out: PreemptLowerPriority or Never. Default:
    as its class says, else PreemptLowerPriority.
  readinessGates: Conditions that must be True, beside its containers being ready, for the pod to be ready.
  runtimeClassName: How its containers are run, by the name of a RuntimeClass. Default: as the node does.
  overhead: What running the pod takes beside its containers. Admission sets it from the runtime class.
  enableServiceLinks: Whether variables tell of the services of the namespace, as in REDIS_SERVICE_HOST.
    Default true.
  topologySpreadConstraints: How evenly such pods are spread over domains of nodes. All of them must hold.
  os: The operating system that the pod needs. Some fields are then refused, such as those of Linux in a pod
    for Windows.
  schedulingGates: The pod is not scheduled until all of them are removed. They can only be given at creation.
  schedulingGroup: The group that the pod is scheduled with. It never changes. Alpha: needs GenericWorkload.
  resourceClaims: Claims for devices that containers can refer to, made or found before the pod starts.
  resources: What all containers may use together; for cpu, memory and huge pages. Beta: PodLevelResources.

PodOS: An operating system.
  name: linux or windows.

PodReadinessGate: A condition that must be True for the pod to be ready.
  conditionType: The type of the condition, among those of the pod. Somebody else has to set it.

PodSchedulingGate: Something that has to be done before the pod is scheduled.
  name: What whoever removes the gate knows it by.

PodSchedulingGroup: The group that a pod is scheduled with.
  podGroupName: The name of a PodGroup in the namespace. The pod waits until there is one.

PodResourceClaim: A claim for devices that the pod uses. Either an existing claim or a template is named.
  name: What containers call it. Unique in the pod.
  resourceClaimName: A ResourceClaim of the namespace, which other pods can share.
  resourceClaimTemplateName: A ResourceClaimTemplate of the namespace, from which the pod gets a claim of its
    own, which goes with it.

HostAlias: Names for an address in the hosts file of the pod.
  ip: The address.
  hostnames: Its names.

PodDNSConfig: Settings for the resolver in addition to those of the policy.
  nameservers: Addresses of name servers, put before those of the policy. At most 3 altogether.
  searches: Domains in which short names are looked for. At most 32, of 2,048 characters altogether.
  options: Options of the resolver. One of the same name replaces that of the policy.

PodDNSConfigOption: An option of the resolver.
  name: The name of the option, such as ndots.
  value: Its value, where it has one.

PodSecurityContext: Rights of all containers of a pod. Not all of it applies on Windows.
  fsGroup: A group that owns the files of volumes, and which all processes are in. Absent: volumes stay as
    they are.
  fsGroupChangePolicy: When owner and rights of files in a volume are changed to fsGroup: Always, or
    OnRootMismatch (only where the top directory is not right). Default Always.
  supplementalGroups: Further groups of the first process of each container.
  supplementalGroupsPolicy: Whether the groups that the image gives the user count too: Merge (they do) or
    Strict (they do not). Default Merge.
  seLinuxChangePolicy: How files of volumes get their SELinux label: MountOption (by an option of the mount;
    only to be chosen with SELinuxMount, beta and off) or Recursive (file by file). Default: MountOption for
    ReadWriteOncePod volumes, with SELinuxMount for all.
  sysctls: Settings of the kernel for the pod, such as net.ipv4.ip_local_port_range. Unsafe ones must be
    allowed on the node.

Sysctl: A setting of the kernel.
  name: Its name, with dots, such as kernel.shm_rmid_forced.
  value: Its value.

PodStatus: What a pod is, as the kubelet of its node last said.
  phase: Pending (not all containers have started), Running, Succeeded (all have ended well), Failed (all have
    ended, one of them badly) or Unknown.
  conditions: What is true of the pod: PodScheduled, Initialized, ContainersReady, Ready,
    PodReadyToStartContainers, DisruptionTarget, PodResizePending, PodResizeInProgress.
  podIP: The address of the pod. Empty until it has one.
  podIPs: Its addresses, at most one of each family. The first is podIP.
  hostIP: The address of its node.
  hostIPs: The addresses of its node. The first is hostIP.
  qosClass: Who goes first when memory of the node is short: BestEffort, then Burstable, then Guaranteed.
    Follows from requests and limits.
  startTime: When the kubelet took the pod, before it pulled images.
  containerStatuses: How each of the containers is.
  initContainerStatuses: How each init container is, in the order of the specification.
  ephemeralContainerStatuses: How each ephemeral container is.
  nominatedNodeName: The node on which the scheduler is making room by preemption, or which it expects to
    take. The pod may still go elsewhere.
  reason: Why the pod is as it is, as one word, such as Evicted.
  message: Why the pod is as it is, for people.
  resize: The old way to tell of a resize in progress. The conditions PodResizePending and PodResizeInProgress
    have taken its place.
  resources: Requests and limits of the whole pod that are in force. Beta:
    InPlacePodLevelResourcesVerticalScaling.
  allocatedResources: What the node has set aside for the whole pod. Beta:
    InPlacePodLevelResourcesVerticalScaling.
  resourceClaimStatuses: Which claims were made from the templates of spec.resourceClaims.
  extendedResourceClaimStatus: The claim that was made for extended resources which devices provide. Beta:
    DRAExtendedResource.
  nodeAllocatableResourceClaimStatuses: What claims for devices took of the cpu, memory and the like of the
    node. Alpha: needs DRANodeAllocatableResources.

PodCondition:
  type: PodScheduled, Initialized, ContainersReady, Ready, PodReadyToStartContainers, DisruptionTarget,
    PodResizePending, PodResizeInProgress, or one of a readiness gate.

PodIP: An address of a pod.
  ip: The address, of IPv4 or IPv6.

HostIP: An address of a node.
  ip: The address, of IPv4 or IPv6.

PodResourceClaimStatus: What has become of an entry of spec.resourceClaims that names a template.
  name: Which entry it is.
  resourceClaimName: The claim that was made. Absent: none was needed.

PodExtendedResourceClaimStatus: A claim that stands for extended resources of the pod.
  resourceClaimName: The claim, of the same namespace.
  requestMappings: Which request of the claim is for which resource of which container.

ContainerExtendedResourceRequest: The extended resource of a container, and the request of a claim that
    provides it.
  containerName: The container.
  resourceName: The extended resource that the container asks for.
  requestName: The request in the claim.

NodeAllocatableResourceClaimStatus: What one claim took of the resources of the node.
  resourceClaimName: The claim.
  containers: The containers of the pod that use the claim.
  resources: How much was taken, by resource.

Binding: Puts a pod onto a node. Schedulers create it as the subresource binding.
  target: The node.

Eviction: Asks that a pod be taken from its node. Refused (429) while a disruption budget does not allow it.
  deleteOptions: How the pod is deleted then.
`;
