// Workloads that keep pods running.
export const apps = `
Deployment: Keeps a number of equal pods running, and replaces them step by step when the template changes.

DeploymentSpec: What a deployment should be.
  replicas: How many pods there should be. Default 1.
  selector: Which pods belong to it. It must match the labels of the template, and never changes.
  template: What the pods are made from. A change starts a rollout. restartPolicy must be Always.
  strategy: How old pods give way to new ones.
  minReadySeconds: How many seconds a new pod has to be ready to count as available. Default 0.
  revisionHistoryLimit: How many old replica sets are kept, for going back. Default 10.
  paused: Nothing is rolled out while it is true. Default false.
  progressDeadlineSeconds: How many seconds a rollout may make no progress before the condition Progressing
    becomes False. More than minReadySeconds. Default 600.

DeploymentStrategy: How old pods give way to new ones.
  type: RollingUpdate (step by step) or Recreate (all old ones end before new ones start). Default
    RollingUpdate.
  rollingUpdate: Sizes of the steps. Only with RollingUpdate.

RollingUpdateDeployment: How many pods may be missing and how many too many during an update. Not both can be
    0.
  maxSurge: How many pods there may be beyond replicas: a number or a percentage, rounded up. Default 25%.
  maxUnavailable: How many pods may be missing: a number or a percentage, rounded down. Default 25%.

DeploymentStatus: How a deployment is.
  replicas: How many pods there are, old and new.
  updatedReplicas: How many pods are of the current template.
  readyReplicas: How many pods are ready.
  availableReplicas: How many pods have been ready for minReadySeconds.
  unavailableReplicas: How many pods are still missing to be fully available.
  terminatingReplicas: How many pods are about to end; the others do not count them. Beta:
    DeploymentReplicaSetTerminatingReplicas.
  collisionCount: How often the name for a new replica set was taken already.
  conditions: Available, Progressing and ReplicaFailure.

DeploymentCondition:
  type: Available (enough pods are), Progressing (the rollout goes on, or is done) or ReplicaFailure (pods
    cannot be created or deleted).

ReplicaSet: Keeps a number of equal pods running. Mostly, a deployment owns it.

ReplicaSetSpec: What a replica set should be.
  replicas: How many pods there should be. Default 1.
  selector: Which pods belong to it. It must match the labels of the template, and never changes.
  template: What new pods are made from. Those that exist stay as they are.
  minReadySeconds: How many seconds a new pod has to be ready to count as available. Default 0.

ReplicaSetStatus: How a replica set is.
  replicas: How many pods there are, without those that are about to end.
  fullyLabeledReplicas: How many pods have all labels of the template.
  readyReplicas: How many pods are ready.
  availableReplicas: How many pods have been ready for minReadySeconds.
  terminatingReplicas: How many pods are about to end. Beta: DeploymentReplicaSetTerminatingReplicas.
  conditions: ReplicaFailure.

ReplicaSetCondition, ReplicationControllerCondition:
  type: ReplicaFailure: pods cannot be created or deleted.

StatefulSet: Pods with an identity each: a lasting name, a place in an order, and storage of their own.

StatefulSetSpec: What a stateful set should be. Of it, only replicas, ordinals, template, updateStrategy,
    minReadySeconds, revisionHistoryLimit and the retention policy can change.
  replicas: How many pods there should be. Default 1.
  selector: Which pods belong to it. It must match the labels of the template, and never changes.
  template: What the pods are made from. They are called name-0, name-1 and so on. restartPolicy must be
    Always.
  serviceName: The headless service that gives the pods their names: pod.service.namespace.svc. It never
    changes.
  podManagementPolicy: OrderedReady (one after the other, each once the one before is ready) or Parallel.
    Default OrderedReady. It never changes.
  updateStrategy: How pods are replaced when the template changes.
  volumeClaimTemplates: Claims that each pod gets for itself, called claim-pod. They never change, and win
    over volumes of the same name.
  persistentVolumeClaimRetentionPolicy: Whether claims stay when the set is scaled down or deleted. Default:
    they do.
  ordinals: How the pods are numbered. Default: from 0.
  minReadySeconds: How many seconds a new pod has to be ready to count as available. Default 0.
  revisionHistoryLimit: How many old revisions are kept, for going back. Default 10.

StatefulSetUpdateStrategy: How pods are replaced when the template changes.
  type: RollingUpdate (from the highest number down, each once the one before is ready) or OnDelete (when
    somebody deletes them). Default RollingUpdate.
  rollingUpdate: Which pods, and how many at a time. Only with RollingUpdate.

RollingUpdateStatefulSetStrategy: Which pods are replaced, and how many at a time.
  partition: Only pods with this number or a higher one are replaced. Default 0: all.
  maxUnavailable: How many pods may be missing: a number or a percentage, rounded up, not 0. Default 1. Beta,
    off by default: MaxUnavailableStatefulSet.

StatefulSetOrdinals: How the pods of a stateful set are numbered.
  start: The number of the first pod. Default 0.

StatefulSetPersistentVolumeClaimRetentionPolicy: What becomes of the claims of a stateful set.
  whenDeleted: When the set is deleted: Retain or Delete. Default Retain.
  whenScaled: When their pod goes because the set is scaled down: Retain or Delete. Default Retain.

StatefulSetStatus: How a stateful set is.
  replicas: How many pods there are.
  readyReplicas: How many pods are ready.
  availableReplicas: How many pods have been ready for minReadySeconds.
  currentReplicas: How many pods are of the revision in currentRevision.
  updatedReplicas: How many pods are of the revision in updateRevision.
  currentRevision: The revision that pods have which were not replaced yet.
  updateRevision: The revision of the current template.
  collisionCount: How often the name for a new revision was taken already.

StatefulSetCondition:
  type: What the condition is about. The controller sets none of its own.

DaemonSet: One pod on each node, or on each that matches.

DaemonSetSpec: What a daemon set should be.
  selector: Which pods belong to it. It must match the labels of the template, and never changes.
  template: What the pods are made from. Its nodeSelector and affinity say on which nodes; common troubles of
    nodes are tolerated. restartPolicy must be Always.
  updateStrategy: How pods are replaced when the template changes.
  minReadySeconds: How many seconds a new pod has to be ready to count as available. Default 0.
  revisionHistoryLimit: How many old revisions are kept, for going back. Default 10.

DaemonSetUpdateStrategy: How pods are replaced when the template changes.
  type: RollingUpdate (node by node) or OnDelete (when somebody deletes them). Default RollingUpdate.
  rollingUpdate: How many nodes at a time. Only with RollingUpdate.

RollingUpdateDaemonSet: How many nodes may be without a pod, or have two, during an update. Exactly one of
    both is not 0.
  maxUnavailable: On how many nodes the pod may be missing: a number or a percentage, rounded up. Default 1.
  maxSurge: On how many nodes the new pod may start while the old one still runs: a number or a percentage,
    rounded up. Default 0.

DaemonSetStatus: How a daemon set is.
  desiredNumberScheduled: How many nodes should run the pod.
  currentNumberScheduled: How many of these nodes have the pod.
  numberMisscheduled: How many nodes have the pod, but should not.
  numberReady: How many nodes have a pod that is ready.
  numberAvailable: How many nodes have a pod that has been ready for minReadySeconds.
  numberUnavailable: How many nodes should have an available pod, and have none.
  updatedNumberScheduled: How many nodes have a pod of the current template.
  collisionCount: How often the name for a new revision was taken already.

DaemonSetCondition:
  type: What the condition is about. The controller sets none of its own.

ControllerRevision: One state of the template of a stateful set or daemon set, for going back.
  data: The state. It never changes.
  revision: Its number; higher ones are newer.

ReplicationController: Keeps a number of pods running; the form before replica sets.

ReplicationControllerSpec: What a replication controller should be.
  replicas: How many pods there should be. Default 1.
  selector: Labels of the pods that belong to it. Default: those of the template.
  template: What new pods are made from. restartPolicy must be Always.
  minReadySeconds: How many seconds a new pod has to be ready to count as available. Default 0.

ReplicationControllerStatus: How a replication controller is.
  replicas: How many pods there are.
  fullyLabeledReplicas: How many pods have all labels of the template.
  readyReplicas: How many pods are ready.
  availableReplicas: How many pods have been ready for minReadySeconds.
  conditions: ReplicaFailure.

Scale: The number of replicas of a workload, by itself.

ScaleSpec: How many replicas are wanted.
  replicas: How many there should be. Default 0.

ScaleStatus: How many replicas there are.
  replicas: How many there are.
  selector: Which pods are counted, as text: app=web. For autoscalers.
`;
