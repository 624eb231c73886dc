// Kinds of storage that volumes of pods and persistent volumes name.
export const storageSources = `
*Source:
  fsType: The file system on the disk, such as ext4 or xfs. Default ext4.
  readOnly: Whether it cannot be written to. Default false.
  secretRef: A secret with what is needed to log in.

NFSVolumeSource: A directory of an NFS server.
  server: The name or address of the server.
  path: The directory that the server exports.

LocalVolumeSource: A disk or directory of one node.
  path: Where on the node: a directory, or a block device.
  fsType: The file system, where the path is a block device. Default: what is found, else ext4.

CSIPersistentVolumeSource: Storage of a CSI driver.
  driver: The name of the driver.
  volumeHandle: What the driver calls the volume.
  fsType: The file system, such as ext4 or xfs. Default: as the driver chooses.
  volumeAttributes: What the driver said of the volume when it made it.
  controllerPublishSecretRef: A secret for attaching and detaching.
  controllerExpandSecretRef: A secret for growing the volume.
  nodeStageSecretRef: A secret for preparing the volume on the node.
  nodePublishSecretRef: A secret for mounting the volume into a pod.
  nodeExpandSecretRef: A secret for growing the volume on the node.

ISCSIVolumeSource, ISCSIPersistentVolumeSource: A disk of an iSCSI target. One node at a time can write to it.
  targetPortal: The address of the target, and its port if that is not 860 or 3260.
  portals: Further ways to the target, for multipath.
  iqn: The qualified name of the target.
  lun: The number of the disk.
  iscsiInterface: The interface of the initiator. Default default (tcp).
  initiatorName: A name of the initiator; with it, an interface of its own is made for the volume.
  chapAuthDiscovery: Whether finding targets takes CHAP. Default false.
  chapAuthSession: Whether sessions take CHAP. Default false.

FCVolumeSource: A disk on Fibre Channel. One node at a time can write to it.
  targetWWNs: World wide names of the target. Needs lun. Not together with wwids.
  lun: The number of the disk.
  wwids: World wide identifiers of the disk, instead of targetWWNs and lun.

FlexVolumeSource, FlexPersistentVolumeSource: Storage of a FlexVolume driver. Deprecated: use a CSI driver.
  driver: The name of the driver.
  fsType: The file system. Default: as the driver chooses.
  options: Settings for the driver.

AWSElasticBlockStoreVolumeSource: An EBS disk, of the zone of the node.
  volumeID: What AWS calls it: vol-...
  partition: Which partition of the disk. Default 0: the disk itself.

GCEPersistentDiskVolumeSource: A persistent disk of Google Compute Engine, of the zone of the node.
  pdName: The name of the disk.
  partition: Which partition of the disk. Default 0: the disk itself.

AzureDiskVolumeSource: A disk of Azure.
  diskName: The name of the disk.
  diskURI: The URI of the disk.
  cachingMode: None, ReadOnly or ReadWrite. Default ReadWrite.
  kind: Shared (a blob, in an account for several disks), Dedicated (a blob, in an account of its own) or
    Managed. Default Shared.

AzureFileVolumeSource, AzureFilePersistentVolumeSource: A file share of Azure.
  secretName: A secret with the name and key of the account.
  shareName: The name of the share.
AzureFilePersistentVolumeSource:
  secretNamespace: The namespace of the secret. Default: that of the claim.

CinderVolumeSource, CinderPersistentVolumeSource: A disk of OpenStack Cinder.
  volumeID: What Cinder calls the disk.

VsphereVirtualDiskVolumeSource: A disk of vSphere.
  volumePath: The path of the disk file.
  storagePolicyID: The identifier of its storage policy.
  storagePolicyName: The name of its storage policy.

PortworxVolumeSource: A volume of Portworx.
  volumeID: What Portworx calls the volume.
  fsType: The file system: ext4 or xfs. Default ext4.

CephFSVolumeSource, CephFSPersistentVolumeSource: A Ceph file system. No longer supported.
  monitors: The monitors of Ceph.
  path: The directory that is mounted. Default /.
  user: The user of Ceph. Default admin.
  secretFile: The file with the key of the user, on the node. Default /etc/ceph/user.secret.
  secretRef: A secret with the key of the user. It wins over secretFile.

RBDVolumeSource, RBDPersistentVolumeSource: A block device of Ceph. No longer supported.
  monitors: The monitors of Ceph.
  image: The name of the image.
  pool: The pool of the image. Default rbd.
  user: The user of Ceph. Default admin.
  keyring: The file with the keys, on the node. Default /etc/ceph/keyring.
  secretRef: A secret with the key of the user. It wins over keyring.

GlusterfsVolumeSource, GlusterfsPersistentVolumeSource: A volume of GlusterFS. No longer supported.
  endpoints: The Endpoints object that lists the servers.
  path: The name of the volume.
  readOnly: Whether it cannot be written to. Default false.
GlusterfsPersistentVolumeSource:
  endpointsNamespace: The namespace of the Endpoints object. Default: that of the claim.

FlockerVolumeSource: A dataset of Flocker. No longer supported.
  datasetName: The name of the dataset.
  datasetUUID: The UUID of the dataset, which is unique.

PhotonPersistentDiskVolumeSource: A disk of Photon Controller. No longer supported.
  pdID: What Photon Controller calls the disk.

QuobyteVolumeSource: A volume of Quobyte. No longer supported.
  registry: Host and port of the registries, with commas between them.
  volume: The name of the volume.
  tenant: The tenant who owns the volume.
  user: As which user it is mounted. Default: the user of the service account.
  group: As which group it is mounted. Default: none.

ScaleIOVolumeSource, ScaleIOPersistentVolumeSource: A volume of ScaleIO. No longer supported.
  gateway: The URL of the gateway of ScaleIO.
  system: The name of the storage system.
  protectionDomain: The protection domain of the storage.
  storagePool: The pool within the protection domain.
  storageMode: ThickProvisioned or ThinProvisioned. Default ThinProvisioned.
  sslEnabled: Whether the gateway is spoken to over TLS. Default false.
  volumeName: The name of the volume.
  fsType: The file system, such as ext4 or xfs. Default xfs.
  secretRef: A secret with user and password. Required.

StorageOSVolumeSource, StorageOSPersistentVolumeSource: A volume of StorageOS. No longer supported.
  volumeName: The name of the volume.
  volumeNamespace: In which namespace of StorageOS it is. Default: that of the pod.
`;
