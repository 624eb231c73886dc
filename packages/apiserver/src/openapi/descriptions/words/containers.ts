// Containers: what runs in a pod, with what rights and resources, and how it fares.
export const containers = `
Container: One container of a pod.
  name: What it is called: a DNS label, unique in the pod. It never changes.
  ports: Ports that it listens on. Only for information: what listens can be reached, listed or not.
  restartPolicy: What becomes of this container when it ends: Always, OnFailure or Never. Default: as the pod
    says. Always makes an init container a sidecar, which keeps running.
  restartPolicyRules: What becomes of it for certain exit codes; the first rule that matches wins, else
    restartPolicy, which must be given too. At most 20. Beta: ContainerRestartRules.
  livenessProbe: When it fails, the container is restarted. Default: none.
  readinessProbe: While it fails, services send nothing to the pod. Default: none, which counts as ready.
  startupProbe: The other probes wait until it succeeds. When it fails, the container is restarted.
  lifecycle: What happens right after the start and right before the end.
  resizePolicy: Whether the container restarts when its cpu or memory is resized. Default: it does not.
  resources: What it needs at least and may use at most.

EphemeralContainer: A container that is added to a running pod to look into it. It never restarts, and it
    cannot be removed.
  name: What it is called: a DNS label, unique among all containers of the pod.
  targetContainerName: The container whose processes it sees. Empty: those that the pod lets it see. The
    runtime must be able to do it.
  ports: Not allowed here.
  restartPolicy: Not allowed here: it never restarts.
  restartPolicyRules: Not allowed here: it never restarts.
  livenessProbe: Not allowed here.
  readinessProbe: Not allowed here.
  startupProbe: Not allowed here.
  lifecycle: Not allowed here.
  resizePolicy: Not allowed here.
  resources: Not allowed here: it uses what the pod has left.

Container, EphemeralContainer:
  image: The image, such as registry.example.com/app:1.2.
  imagePullPolicy: When the image is pulled: Always, IfNotPresent or Never. Default: Always for the tag latest
    or none, else IfNotPresent.
  command: The program and its first arguments, instead of the entry point of the image. $(NAME) is replaced
    by a variable, $$(NAME) by the text $(NAME). No shell.
  args: Arguments, instead of those of the image. $(NAME) is replaced by a variable, $$(NAME) by the text
    $(NAME).
  workingDir: Where the program starts. Default: as the image says.
  env: Variables of the environment. One that is given twice has the last value.
  envFrom: Config maps and secrets whose keys become variables. The last one wins, and env wins over all.
  volumeMounts: Where volumes appear.
  volumeDevices: Where block devices appear.
  terminationMessagePath: A file whose content becomes the message of the end, up to 4,096 bytes. Default
    /dev/termination-log.
  terminationMessagePolicy: File, or FallbackToLogsOnError: where the file is empty after a failure, the end
    of the log (2,048 bytes or 80 lines). Default File.
  securityContext: Rights of its processes. They win over those of the pod.
  stdin: Keeps the standard input open; without, reading it ends at once. Default false.
  stdinOnce: Closes the standard input after the first client who attached has gone. Default false.
  tty: Gives the container a terminal; stdin must be true. Default false.

ContainerPort: A port that a container listens on. Leaving one out closes nothing.
  containerPort: The port in the container, 1 to 65535.
  hostPort: The same port of the node leads there, 1 to 65535. With hostNetwork it equals containerPort.
  hostIP: The address of the node that hostPort is opened at. Default: all.
  name: What services can call it; unique in the pod, up to 15 characters.
  protocol: TCP, UDP or SCTP. Default TCP.

EnvVar: A variable in the environment of a container.
  name: The name of the variable: any printable ASCII but =.
  value: Its value. $(NAME) is replaced by a variable that stands before, $$(NAME) by the text $(NAME).
    Default empty. Not together with valueFrom.
  valueFrom: Where the value comes from. Not together with value.

EnvVarSource: Where the value of a variable comes from. Exactly one is given.
  configMapKeyRef: A key of a config map of the namespace.
  secretKeyRef: A key of a secret of the namespace.
  fieldRef: A field of the pod: its name, namespace, uid, one label or annotation (metadata.labels['key']),
    spec.nodeName or serviceAccountName, status.podIP, podIPs, hostIP or hostIPs.
  resourceFieldRef: A request or limit of a container: of cpu, memory, ephemeral-storage or huge pages.
  fileKeyRef: A key of a file, in the form of .env, in an emptyDir volume that an init container has written.
    Beta: EnvFiles.

ObjectFieldSelector: A field of the pod.
  apiVersion: In which version of the API the field is named. Default v1.
  fieldPath: Which field, such as metadata.name or metadata.labels['app'].

ResourceFieldSelector: A request or limit of a container.
  containerName: Which container. Needed in volumes; in variables, by default the container itself.
  resource: What of it: limits.cpu, limits.memory, limits.ephemeral-storage, or the same of requests. A
    missing limit counts as what the node has.
  divisor: The unit of the answer, such as 1m or 1Mi; it is rounded up. Default 1.

ConfigMapKeySelector: A key of a config map of the namespace.
  key: Which key.
  name: The name of the config map.
  optional: Whether the config map or the key may be missing. Default false: the container then does not
    start.

SecretKeySelector: A key of a secret of the namespace.
  key: Which key.
  name: The name of the secret.
  optional: Whether the secret or the key may be missing. Default false: the container then does not start.

FileKeySelector: A key of a file of variables in a volume.
  volumeName: The volume with the file, an emptyDir.
  path: The file in the volume: relative, without .. in it.
  key: Which variable of the file, up to 128 characters.
  optional: Whether the file or the key may be missing. Default false: the container then does not start.

EnvFromSource: A config map or secret whose every key becomes a variable.
  configMapRef: The config map.
  secretRef: The secret.
  prefix: Put before each key.

ConfigMapEnvSource: A config map of the namespace.
  name: The name of the config map.
  optional: Whether it may be missing. Default false: the container then does not start.

SecretEnvSource: A secret of the namespace.
  name: The name of the secret.
  optional: Whether it may be missing. Default false: the container then does not start.

Probe: A check that is repeated while a container runs. Exactly one of exec, grpc, httpGet and tcpSocket is
    given.
  exec: Runs a command in the container.
  grpc: Calls the gRPC health protocol.
  httpGet: Sends a GET request.
  tcpSocket: Connects to a port.
  initialDelaySeconds: How many seconds after the start the first check is made. Default 0.
  timeoutSeconds: How many seconds a check may take, at least 1. Default 1.
  periodSeconds: Every how many seconds the check is made, at least 1. Default 10.
  successThreshold: After how many successes in a row a failed probe succeeds again. Default 1; liveness and
    startup allow no other.
  failureThreshold: After how many failures in a row the probe has failed. Default 3, at least 1.
  terminationGracePeriodSeconds: How many seconds the container has to end when the probe has failed, at least
    1. Default: as the pod says. Not for readiness.

HTTPGetAction: A GET request; codes from 200 to 399 are a success.
  path: The path that is asked for. Default /.
  port: The port: 1 to 65535, or the name of a port of the container.
  host: Whom to ask. Default: the address of the pod. To set the Host header, use httpHeaders.
  scheme: HTTP or HTTPS, whose certificate is not checked. Default HTTP.
  httpHeaders: Headers of the request; one name may come more than once.

HTTPHeader: A header of a request.
  name: The name of the header.
  value: Its value.

TCPSocketAction: A connection that has to come about.
  port: The port: 1 to 65535, or the name of a port of the container.
  host: Whom to connect to. Default: the address of the pod.

ExecAction: A command in the container; exit code 0 is a success.
  command: The program and its arguments; relative to the root of the container's files. No shell.

GRPCAction: A call of the gRPC health protocol; SERVING is a success.
  port: The port, 1 to 65535.
  service: The name of the service that is asked about. Default empty: the server as a whole.

SleepAction: A pause.
  seconds: How many seconds, not more than the grace period of the pod.

Lifecycle: What happens right after a container starts and right before it stops.
  postStart: Right after the start, perhaps before the entry point. When it fails, the container is killed and
    its restart policy decides.
  preStop: Right before the end that Kubernetes asks for, within the grace period. Processes get their signal
    when it is done.
  stopSignal: The signal that asks the container to end, such as SIGTERM; default: as the image or runtime
    says. Needs spec.os.name. Alpha: ContainerStopSignals.

LifecycleHandler: What to do at such a moment. Exactly one is given.
  exec: Runs a command in the container.
  httpGet: Sends a GET request.
  sleep: Waits.
  tcpSocket: Not supported any more: it fails when the moment comes. Use the others.

ResourceRequirements: What a container needs at least, and may use at most.
  limits: The most that may be used, by resource. Beyond its cpu it is slowed down, beyond its memory killed.
  requests: What is set aside, by resource; the scheduler goes by it. Default: the limits, else none.
  claims: Claims for devices that the container uses, among spec.resourceClaims of the pod.

core.ResourceClaim: A claim of the pod that a container uses.
  name: Which entry of spec.resourceClaims of the pod.
  request: Only this request of the claim. Default: all of it.

ContainerResizePolicy: What a resize of one resource does to the container.
  resourceName: cpu or memory.
  restartPolicy: NotRequired (changed while it runs) or RestartContainer. Default NotRequired.

ContainerRestartRule: What becomes of a container for some exit codes.
  action: Restart, or RestartAllContainers: the whole pod begins again in its place (beta:
    RestartAllContainersOnContainerExits).
  exitCodes: For which exit codes.

ContainerRestartRuleOnExitCodes: Some exit codes.
  operator: In (one of the values) or NotIn (none of them).
  values: The exit codes, at most 255 of them.

SecurityContext: Rights of a container. They win over those of the pod.
  privileged: Whether its processes can do what root of the node can. Default false.
  allowPrivilegeEscalation: Whether a process can gain more rights than its parent has. Default true; always
    true when privileged or with CAP_SYS_ADMIN.
  capabilities: Capabilities beside, or instead of, those that the runtime gives. Default: just those.
  procMount: How /proc appears: Default (parts of it hidden or read-only) or Unmasked, which needs hostUsers
    false. Default Default.
  readOnlyRootFilesystem: Whether only volumes can be written to. Default false.

SecurityContext, PodSecurityContext:
  runAsUser: The user, as a number, that processes run as. Default: as the image says.
  runAsGroup: The first group, as a number, of processes. Default: as the runtime says.
  runAsNonRoot: Whether a container that would run as root is refused when it starts. Default false.
  seLinuxOptions: Their SELinux label. Default: the runtime chooses one for each container.
  seccompProfile: Which calls of the kernel are allowed. Default: as the kubelet is set, mostly Unconfined.
  appArmorProfile: The AppArmor profile. Default: as the runtime does.
  windowsOptions: Settings for Windows alone.

Capabilities: POSIX capabilities that are added or taken away.
  add: What is added, such as NET_ADMIN, without CAP_ before it. ALL: all of them.
  drop: What is taken away. ALL: all of them; what is added then stays.

SELinuxOptions: An SELinux label.
  level: The level, such as s0:c123,c456.
  role: The role.
  type: The type.
  user: The user.

SeccompProfile: Which calls of the kernel are allowed.
  type: RuntimeDefault (the profile of the runtime), Unconfined (none) or Localhost (a file of the node).
  localhostProfile: For Localhost, and required with it: the file, below the kubelet's folder for seccomp
    profiles.

AppArmorProfile: An AppArmor profile.
  type: RuntimeDefault (the profile of the runtime), Unconfined (none) or Localhost (one loaded on the node).
  localhostProfile: For Localhost, and required with it: the name of the profile.

WindowsSecurityContextOptions: Rights of processes on Windows.
  gmsaCredentialSpec: The content of a GMSA credential spec, put here by admission from the one that is named.
  gmsaCredentialSpecName: The name of a GMSA credential spec.
  hostProcess: Whether it runs as a process of the node. All containers of the pod alike, and with
    hostNetwork.
  runAsUserName: The user that processes run as. Default: as the image says.

ContainerStatus: What a container is at the moment.
  name: Which container.
  state: Waiting, running or terminated.
  lastState: How it ended the last time, where it has been restarted.
  ready: Whether it runs and its readiness probe succeeds. Init containers: whether they are done, or ready
    where they are sidecars.
  started: Whether its postStart is done and its startup probe has succeeded. False again with each restart.
  restartCount: How often it was restarted. Counted from what is left of dead containers, so it can fall when
    they are cleaned up.
  image: The image that runs. It can be called otherwise than in the specification.
  imageID: The image that runs, by its digest.
  containerID: What the runtime calls it: containerd://...
  allocatedResources: What the node has set aside for it.
  allocatedResourcesStatus: How its devices are, by resource. Beta: ResourceHealthStatus.
  resources: Requests and limits that are in force for the running container.
  user: As whom its first process runs, in the end.
  volumeMounts: How its volumes were mounted.
  stopSignal: The signal that ends it. Alpha: ContainerStopSignals.

ContainerState: Waiting, running or terminated: one of the three. None: waiting.
  waiting: Why it does not run yet, or not at present.
  running: Since when it runs.
  terminated: How it ended.

ContainerStateWaiting: A container that does not run yet, or not at present.
  reason: Why, as one word, such as ContainerCreating, ImagePullBackOff or CrashLoopBackOff.
  message: Why, for people.

ContainerStateRunning: A container that runs.
  startedAt: When it was started, the last time.

ContainerStateTerminated: A container that has ended.
  exitCode: The exit code of its first process.
  signal: The signal that ended it, where one did.
  reason: Why, as one word, such as Completed, Error or OOMKilled.
  message: What it left in the file of its termination message.
  startedAt: When it was started.
  finishedAt: When it ended.
  containerID: What the runtime called it: containerd://...

ContainerUser: As whom a process runs.
  linux: Its user and groups on Linux.

LinuxContainerUser: User and groups of the first process of a container. It may change them later.
  uid: The user, as a number.
  gid: The first group, as a number.
  supplementalGroups: Its other groups.

ResourceStatus: How the devices are that a container has of one resource.
  name: The resource, such as example.com/gpu, or claim:name/request for devices of a claim.
  resources: Each device.

ResourceHealth: How one device is.
  resourceID: What its driver calls the device.
  health: Healthy, Unhealthy or Unknown.
  message: More about it, for people, up to 1,024 characters. Beta: ResourceHealthStatusMessage.

VolumeMountStatus: How a volume was mounted.
  name: Which volume.
  mountPath: Where in the container.
  readOnly: Whether it cannot be written to.
  recursiveReadOnly: Disabled or Enabled: whether what is mounted below it is read-only too.
  volumeStatus: More, for some kinds of volumes. Alpha: ImageVolumeWithDigest.

VolumeStatus: More about a mounted volume, by its kind.
  image: For a volume from an image.

ImageVolumeStatus: A mounted image.
  imageRef: The image by its digest, up to 256 characters.
`;
