// Persistent storage: volumes, claims, classes and the drivers behind them.
export const persistentVolumes = `
PersistentVolume: A piece of storage in the cluster, made by an administrator or for a claim.

PersistentVolumeSpec: What a volume is, and whose. Exactly one kind of storage is given.
  capacity: How much it holds, as storage.
  accessModes: How it can be mounted: ReadWriteOnce, ReadOnlyMany, ReadWriteMany or ReadWriteOncePod. One at
    least.
  claimRef: The claim that the volume is bound to. With no uid it is kept free for that claim.
  persistentVolumeReclaimPolicy: What becomes of it when it is released: Retain, Delete or (deprecated)
    Recycle. Default Retain; where a claim had it made, as the class says.
  storageClassName: The class that it belongs to. Empty: none.
  volumeAttributesClassName: The class that its attributes, such as the speed, come from. Only for CSI.
  volumeMode: Filesystem or Block. Default Filesystem.
  mountOptions: Options of the mount. Nobody checks them: with a wrong one the mount fails.
  nodeAffinity: From which nodes it can be reached. Pods with it only run there. Fixed once set, but for
    MutablePVNodeAffinity (alpha).
  csi: Storage of a CSI driver.
  local: A disk or directory of one node. Needs nodeAffinity.
  hostPath: A path of the node. Only for trying things out, with a single node.
  nfs: A directory of an NFS server.
  iscsi: A disk of an iSCSI target.
  fc: A disk on Fibre Channel.
  flexVolume: Storage of a FlexVolume driver. Deprecated: use a CSI driver.

VolumeNodeAffinity: From which nodes a volume can be reached.
  required: Which nodes.

PersistentVolumeStatus: How a volume is.
  phase: Pending, Available (free), Bound, Released (its claim is gone) or Failed (it could not be reclaimed).
  reason: Why it failed, as one word.
  message: Why it is as it is, for people.
  lastPhaseTransitionTime: When the phase last changed.

PersistentVolumeClaim: A wish for storage, and what has come of it.

PersistentVolumeClaimSpec: What a claim asks for. Once bound, little of it can change: the request can grow,
    and the class of attributes can be another one.
  accessModes: How it is to be mounted: ReadWriteOnce, ReadOnlyMany, ReadWriteMany or ReadWriteOncePod. One at
    least.
  resources: How much storage, at least.
  selector: Which volumes come into question, by their labels. Such a claim never has a volume made for it.
  storageClassName: Which class of storage. Empty: only volumes without a class. Absent: the default class,
    where there is one.
  volumeAttributesClassName: The class of attributes, such as the speed. It can change later. Only for CSI.
  volumeMode: Filesystem or Block. Default Filesystem.
  volumeName: The volume that the claim is, or wants to be, bound to.
  dataSource: What the storage is filled from: a VolumeSnapshot or another claim of the namespace. Equals
    dataSourceRef.
  dataSourceRef: What the storage is filled from: any object for which there is a populator. Other than in
    dataSource, what is not allowed is refused.

VolumeResourceRequirements: How much storage a claim needs.
  requests: How much at least, as storage. It can grow where the class allows.
  limits: How much at most, as storage. Hardly any driver looks at it.

PersistentVolumeClaimStatus: What has come of a claim.
  phase: Pending, Bound, or Lost (its volume is gone, with what it held).
  accessModes: How the volume can really be mounted.
  capacity: How much storage there really is.
  conditions: Resizing, FileSystemResizePending (grows when a pod mounts it), ControllerResizeError,
    NodeResizeError, ModifyingVolume, ModifyVolumeError.
  allocatedResources: The size that is being worked towards. Quotas count the larger of it and the request.
  allocatedResourceStatuses: How growing goes, by resource: ControllerResizeInProgress,
    ControllerResizeInfeasible, NodeResizePending, NodeResizeInProgress or NodeResizeInfeasible.
  currentVolumeAttributesClassName: The class of attributes that the volume has now.
  modifyVolumeStatus: How the change to another class of attributes goes.

ModifyVolumeStatus: How the change to another class of attributes goes.
  status: Pending (there is no such class yet), InProgress, or Infeasible (the driver refused).
  targetVolumeAttributesClassName: The class that is being worked towards.

StorageClass: A kind of storage and who provides it. Most of it never changes.
  provisioner: Who makes the volumes: the name of a driver, or kubernetes.io/no-provisioner.
  parameters: Settings for the provisioner; at most 512, of 256 KiB altogether.
  reclaimPolicy: What becomes of volumes when they are released: Retain or Delete. Default Delete.
  volumeBindingMode: When a claim gets its volume: Immediate, or WaitForFirstConsumer: when a pod needs it,
    near its node. Default Immediate.
  allowVolumeExpansion: Whether claims may grow. Default: no.
  allowedTopologies: Domains in which volumes may be made. Empty: in all.
  mountOptions: Options of the mount for volumes of the class, such as ro. Nobody checks them: with a wrong
    one the mount fails.

VolumeAttributesClass: Attributes of volumes, such as their speed, which can be changed later on.
  driverName: The CSI driver that the class is for.
  parameters: Settings for the driver: 1 to 512, of 256 KiB altogether. They never change.

VolumeAttachment: A volume that is, or should be, attached to a node.

VolumeAttachmentSpec: What should be attached, where and by whom.
  attacher: The driver that does it.
  nodeName: The node.
  source: The volume.

VolumeAttachmentSource: A volume to attach. Exactly one is given.
  persistentVolumeName: A persistent volume.
  inlineVolumeSpec: A volume that a pod names itself, in the form of a persistent volume. Only for kinds that
    CSI drivers have taken over.

VolumeAttachmentStatus: Whether a volume is attached.
  attached: Whether it is. Only the attacher writes it.
  attachmentMetadata: What the node needs to know to mount it, as the driver said.
  attachError: Why it could not be attached, the last time.
  detachError: Why it could not be detached, the last time.

VolumeError: A failure to attach or detach.
  time: When it failed.
  message: Why, for people.
  errorCode: The code of gRPC with which the driver answered.

CSIDriver: What a storage driver can do. Its name is the name of the driver.

CSIDriverSpec: What Kubernetes has to know of a driver.
  attachRequired: Whether volumes must be attached to a node before they are mounted. Default true. It never
    changes.
  podInfoOnMount: Whether the driver is told which pod a mount is for. Default false.
  volumeLifecycleModes: Persistent (claims) and Ephemeral (volumes within pods). Default Persistent. It never
    changes.
  storageCapacity: Whether the scheduler looks at how much storage the driver has left, in CSIStorageCapacity
    objects. Default false.
  fsGroupPolicy: Whether owner and rights of files are changed to fsGroup: ReadWriteOnceWithFSType (where
    there is an fsType and access is ReadWriteOnce), File (always) or None. Default ReadWriteOnceWithFSType.
  tokenRequests: Tokens of the service account of a pod that the driver gets with each mount. Audiences differ
    from each other.
  requiresRepublish: Whether mounting is asked for again and again, to renew what the volume holds. Default
    false.
  seLinuxMount: Whether each volume can be mounted with an SELinux label of its own (-o context). Default
    false.
  nodeAllocatableUpdatePeriodSeconds: Every how many seconds the kubelet asks anew how many volumes fit on its
    node, at least 10. Default: only once.
  serviceAccountTokenInSecrets: Whether tokens reach the driver as secrets instead of in the context of the
    volume, which gets into logs. Default false. Needs tokenRequests.
  preventPodSchedulingIfMissing: Whether pods with its volumes stay off nodes that do not have the driver.
    Default false. Alpha: needs VolumeLimitScaling.

storage.TokenRequest: A token of the service account of a pod, for a driver.
  audience: Whom the token is for. Empty: the API server.
  expirationSeconds: How many seconds it is valid. Default: as the server does, one hour; at least 600.

CSINode: Which storage drivers run on a node. Its name is the name of the node; the kubelet writes it.

CSINodeSpec: The drivers of a node.
  drivers: The drivers that have registered with the kubelet of the node.

CSINodeDriver: A storage driver on a node.
  name: The name of the driver.
  nodeID: What the driver calls the node.
  topologyKeys: Labels of nodes that the driver places volumes by, such as topology.example.com/zone.
  allocatable: How many of its volumes fit on the node.

VolumeNodeResources: How many volumes fit on a node.
  count: How many volumes of the driver, each counted once. Absent: any number. 0: none.

CSIStorageCapacity: How much storage a driver has left in some place. For the scheduler.
  storageClassName: For volumes of this class. It never changes.
  nodeTopology: Which nodes can reach the storage. Absent: none; empty: all. It never changes.
  capacity: How much is left. Absent: not known.
  maximumVolumeSize: The largest volume that can be made. Absent: not known.
`;
