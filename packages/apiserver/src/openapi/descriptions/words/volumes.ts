// Volumes of pods, and where they are mounted.
export const volumes = `
Volume: A directory that containers of the pod can mount, and where its content comes from. Exactly one source
    is given.
  name: What mounts call it: a DNS label, unique in the pod.
  emptyDir: An empty directory that lives as long as the pod.
  hostPath: A path of the node. Processes with it can do much harm there.
  configMap: The keys of a config map as files.
  secret: The keys of a secret as files.
  persistentVolumeClaim: The storage of a claim of the same namespace.
  projected: Several sources in one directory.
  downwardAPI: Fields of the pod as files.
  csi: Storage that a CSI driver makes for this pod alone.
  ephemeral: A claim that is made with the pod and goes with it.
  image: The files of an image, or of another OCI artifact, read-only.
  nfs: A directory of an NFS server.
  iscsi: A disk of an iSCSI target, attached to the node.
  fc: A disk on Fibre Channel, attached to the node.
  flexVolume: Storage of a FlexVolume driver on the node. Deprecated: use a CSI driver.
  gitRepo: A git repository that is cloned at the start. Deprecated and off by default: clone in an init
    container instead.

Volume, PersistentVolumeSpec:
  awsElasticBlockStore: An EBS disk. Deprecated: the CSI driver ebs.csi.aws.com does the work.
  azureDisk: A disk of Azure. Deprecated: the CSI driver disk.csi.azure.com does the work.
  azureFile: A file share of Azure. Deprecated: the CSI driver file.csi.azure.com does the work.
  cephfs: A Ceph file system. Deprecated, and no longer supported: use its CSI driver.
  cinder: A disk of OpenStack Cinder. Deprecated: the CSI driver cinder.csi.openstack.org does the work.
  flocker: A dataset of Flocker. Deprecated, and no longer supported.
  gcePersistentDisk: A persistent disk of Google Compute Engine. Deprecated: the CSI driver
    pd.csi.storage.gke.io does the work.
  glusterfs: A volume of GlusterFS. Deprecated, and no longer supported.
  photonPersistentDisk: A disk of Photon Controller. Deprecated, and no longer supported.
  portworxVolume: A volume of Portworx. Deprecated: the CSI driver pxd.portworx.com does the work.
  quobyte: A volume of Quobyte. Deprecated, and no longer supported.
  rbd: A block device of Ceph. Deprecated, and no longer supported: use its CSI driver.
  scaleIO: A volume of ScaleIO. Deprecated, and no longer supported.
  storageos: A volume of StorageOS. Deprecated, and no longer supported.
  vsphereVolume: A disk of vSphere. Deprecated: the CSI driver csi.vsphere.vmware.com does the work.

EmptyDirVolumeSource: A directory that is empty when the pod starts, and gone with it.
  medium: Empty: the disk of the node. Memory: a tmpfs, which counts as memory of the containers. HugePages or
    HugePages-2Mi: huge pages.
  sizeLimit: The most that it may hold; beyond, the pod is evicted. With Memory never more than the memory
    limits of the pod. Default: no limit.

HostPathVolumeSource: A path of the node itself.
  path: The path, without .. in it.
  type: What must be there: Directory, File, Socket, CharDevice, BlockDevice; DirectoryOrCreate (0755) and
    FileOrCreate (0644) make what is missing. Default empty: no check.

ConfigMapVolumeSource: The keys of a config map as files. Changes arrive after a while, but not in mounts with
    subPath.
  name: The name of the config map.

SecretVolumeSource: The keys of a secret as files, in memory. Changes arrive after a while, but not in mounts
    with subPath.
  secretName: The name of the secret.

ConfigMapProjection: The keys of a config map as files.
  name: The name of the config map.

SecretProjection: The keys of a secret as files.
  name: The name of the secret.

ConfigMapVolumeSource, SecretVolumeSource, ConfigMapProjection, SecretProjection:
  items: Which keys, and under which paths. Default: each key as a file of its name. A key that is missing is
    an error, unless optional.
  optional: Whether it, or its keys, may be missing. Default false: the pod then does not start.

ConfigMapVolumeSource, SecretVolumeSource, DownwardAPIVolumeSource, ProjectedVolumeSource:
  defaultMode: The permissions of files for which none are given, 0 to 0777 (in JSON decimal: 0 to 511).
    Default 0644. fsGroup can add to them.

KeyToPath: A key, and the file that it becomes.
  key: Which key.
  path: The file: a relative path without .. in it.
  mode: Its permissions, 0 to 0777 (in JSON decimal: 0 to 511). Default: defaultMode of the volume.

DownwardAPIVolumeSource: Fields of the pod as files.
  items: The files.

DownwardAPIProjection: Fields of the pod as files.
  items: The files.

DownwardAPIVolumeFile: A file with a field of the pod.
  path: The file: a relative path without .. in it.
  fieldRef: Which field: the name, namespace, uid, labels or annotations of the pod.
  resourceFieldRef: Which request or limit of a container: cpu, memory, ephemeral-storage or huge pages.
  mode: Its permissions, 0 to 0777 (in JSON decimal: 0 to 511). Default: defaultMode of the volume.

ProjectedVolumeSource: Several sources in one directory.
  sources: The sources. Each gives one kind of file.

VolumeProjection: One source of a projected volume. Exactly one kind is given.
  clusterTrustBundle: Certificates of authorities that are to be trusted, as one file. Beta, off by default:
    ClusterTrustBundleProjection.
  configMap: The keys of a config map.
  downwardAPI: Fields of the pod.
  podCertificate: A key and a certificate for the pod, which the kubelet asks for and renews. Beta, off by
    default: PodCertificateRequest.
  secret: The keys of a secret.
  serviceAccountToken: A token of the service account of the pod, which the kubelet renews.

ServiceAccountTokenProjection: A token of the service account of the pod.
  audience: Whom the token is for. Default: the API server.
  expirationSeconds: How many seconds it is valid, at least 600. Default 3600. The kubelet renews it after 80%
    of them, or after 24 hours.
  path: The file: a relative path.

ClusterTrustBundleProjection: Certificates of authorities that are to be trusted, from ClusterTrustBundles.
  name: One bundle, by its name. Not together with signerName.
  signerName: All bundles of a signer. Not together with name.
  labelSelector: Which bundles of the signer. Empty: all; absent: none.
  optional: Whether there may be no bundle, which gives an empty file. Default false: the pod then does not
    start.
  path: The file: a relative path.

PodCertificateProjection: A key and a certificate for the pod.
  signerName: Who is to sign the certificate.
  keyType: What key the kubelet makes: RSA3072, RSA4096, ECDSAP256, ECDSAP384, ECDSAP521 or ED25519.
  maxExpirationSeconds: How many seconds the certificate may be valid, 3600 to 7862400 (91 days). Default
    86400. The signer can choose less.
  credentialBundlePath: A file with key and chain together, so that they always fit. Preferred to the other
    two.
  keyPath: A file with the key alone.
  certificateChainPath: A file with the chain of certificates alone.
  userAnnotations: Texts for the signer; keys have a domain. Nobody else looks at them.

EphemeralVolumeSource: A claim that is made with the pod and goes with it.
  volumeClaimTemplate: What the claim is made from. It is called after the pod and the volume: pod-volume.

PersistentVolumeClaimTemplate: What claims are made from.
  metadata: Labels and annotations of the claim.
  spec: What the claim asks for.

PersistentVolumeClaimVolumeSource: The storage of a claim of the same namespace.
  claimName: The name of the claim.
  readOnly: Whether all mounts of it are read-only. Default false.

CSIVolumeSource: Storage that a CSI driver makes for one pod.
  driver: The name of the driver.
  fsType: The file system, such as ext4 or xfs. Default: as the driver chooses.
  nodePublishSecretRef: A secret that the driver gets when the volume is mounted.
  volumeAttributes: Settings for the driver.

ImageVolumeSource: The files of an image.
  reference: The image, such as registry.example.com/data:1. Pulled with the secrets of the pod.
  pullPolicy: When it is pulled: Always, IfNotPresent or Never. Default: Always for the tag latest or none,
    else IfNotPresent.

GitRepoVolumeSource: A git repository that is cloned at the start.
  repository: The URL of the repository.
  revision: The commit.
  directory: Where in the volume: a relative path without .. in it. With . the volume itself is the clone.

VolumeMount: Where a volume appears in a container.
  name: Which volume.
  mountPath: Where in the container it appears. No colon in it.
  readOnly: Whether it cannot be written to here. Default false.
  recursiveReadOnly: Whether mounts below it are read-only too: Disabled, IfPossible or Enabled. Default
    Disabled. Enabled needs readOnly and no propagation.
  subPath: Only this path of the volume. Default: its root. Later changes of a config map or secret do not
    arrive then.
  subPathExpr: As subPath, with $(NAME) replaced by a variable of the container. Not both.
  mountPropagation: Whether later mounts show on the other side: None, HostToContainer or Bidirectional (only
    privileged containers). Default None.

VolumeDevice: Where a block device appears in a container.
  name: Which volume, of a claim with volumeMode Block.
  devicePath: The path of the device in the container.
`;
