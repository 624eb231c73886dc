// The objects beside nodes and pods that plugins look at.
import type {
  CSINode,
  Namespace,
  PersistentVolume,
  PersistentVolumeClaim,
  PodDisruptionBudget,
  ReplicaSet,
  ReplicationController,
  Service,
  StatefulSet,
  StorageClass,
} from '@kubets/api';
import { type Informer, type Informers, refs } from '@kubets/client';

export interface ClusterObjects {
  namespace(name: string): Namespace | undefined;
  claim(namespace: string, name: string): PersistentVolumeClaim | undefined;
  volume(name: string): PersistentVolume | undefined;
  /** Of the given storage class; the empty name is that of volumes without one. */
  volumesOfClass(name: string): readonly PersistentVolume[];
  storageClass(name: string): StorageClass | undefined;
  csiNode(name: string): CSINode | undefined;
  services(namespace: string): readonly Service[];
  replicaSet(namespace: string, name: string): ReplicaSet | undefined;
  replicationController(namespace: string, name: string): ReplicationController | undefined;
  statefulSet(namespace: string, name: string): StatefulSet | undefined;
  disruptionBudgets(namespace: string): readonly PodDisruptionBudget[];
}

export type ObjectInformers = ReturnType<typeof objectInformers>;

export function objectInformers(informers: Informers) {
  return {
    namespaces: informers.for<Namespace>(refs.namespaces),
    claims: informers.for<PersistentVolumeClaim>(refs.persistentVolumeClaims),
    volumes: informers.for<PersistentVolume>(refs.persistentVolumes),
    storageClasses: informers.for<StorageClass>(refs.storageClasses),
    csiNodes: informers.for<CSINode>(refs.csiNodes),
    services: informers.for<Service>(refs.services),
    replicaSets: informers.for<ReplicaSet>(refs.replicaSets),
    replicationControllers: informers.for<ReplicationController>(refs.replicationControllers),
    statefulSets: informers.for<StatefulSet>(refs.statefulSets),
    disruptionBudgets: informers.for<PodDisruptionBudget>(refs.podDisruptionBudgets),
  };
}

const byNamespace = 'scheduler/namespace';
const byClass = 'scheduler/storage-class';

export function clusterObjects(from: ObjectInformers): ClusterObjects {
  from.services.addIndex(byNamespace, namespaceOf);
  from.disruptionBudgets.addIndex(byNamespace, namespaceOf);
  from.volumes.addIndex(byClass, classOf);
  const get =
    <T extends { metadata: object }>(informer: Informer<T & any>) =>
    (namespace: string, name: string): T | undefined =>
      informer.get(`${namespace}/${name}`);
  return {
    namespace: (name) => from.namespaces.get(name),
    claim: get(from.claims),
    volume: (name) => from.volumes.get(name),
    volumesOfClass: (name) => from.volumes.byIndex(byClass, name),
    storageClass: (name) => from.storageClasses.get(name),
    csiNode: (name) => from.csiNodes.get(name),
    services: (namespace) => from.services.byIndex(byNamespace, namespace),
    replicaSet: get(from.replicaSets),
    replicationController: get(from.replicationControllers),
    statefulSet: get(from.statefulSets),
    disruptionBudgets: (namespace) => from.disruptionBudgets.byIndex(byNamespace, namespace),
  };
}

function namespaceOf(object: { metadata: { namespace?: string } }): string[] {
  return [object.metadata.namespace ?? ''];
}

/** The annotation is the form of before v1.6, which still wins. */
function classOf(volume: PersistentVolume): string[] {
  return [
    volume.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ??
      volume.spec.storageClassName ??
      '',
  ];
}
