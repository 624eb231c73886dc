// Namespaces, settings, events, leases, and bounds for what may be used.
export const cluster = `
Namespace: A room for names. Deleting it deletes all that is in it.

NamespaceSpec: What has to be done before a namespace is gone.
  finalizers: Who has still to clean up; kubernetes: what is in the namespace. Only written through the
    subresource finalize.

NamespaceStatus: How a namespace is.
  phase: Active or Terminating.
  conditions: What holds up its deletion.

NamespaceCondition:
  type: NamespaceDeletionDiscoveryFailure, NamespaceDeletionContentFailure,
    NamespaceDeletionGroupVersionParsingFailure, NamespaceContentRemaining or NamespaceFinalizersRemaining.

ConfigMap: Settings for pods: text and bytes by key, up to 1 MiB.
  data: Texts by key. Keys have letters, digits, -, _ and .
  binaryData: Bytes by key, in base64. No key may be in data too.

Secret: As a config map, for what only few should read.
  data: Bytes by key, in base64, up to 1 MiB altogether. Keys have letters, digits, -, _ and .
  stringData: Texts by key, for writing: they become data, win over it, and are never read back.
  type: What it is for, such as kubernetes.io/tls, which tells what keys it must have. Default Opaque. It
    never changes.

ConfigMap, Secret:
  immutable: Once true, the content never changes again, and kubelets need not look for changes. Default
    false.

ServiceAccount: Whom processes in pods act as.
  secrets: Secrets that pods of the account may use, where the annotation
    kubernetes.io/enforce-mountable-secrets (deprecated) demands it.
  imagePullSecrets: Secrets with which images are pulled, for pods that name none themselves.
  automountServiceAccountToken: Whether a token is mounted into pods. Default true; a pod can say otherwise
    for itself.

core.Event, events.Event: Something that happened to an object, for people to read. It is kept for an hour.
  type: Normal or Warning.
  related: A second object that it is about.
  eventTime: When it happened first.
  series: How often it happened since. Absent: once.
  reportingInstance: Which instance of the program reports it, such as the kubelet of node-1. Up to 128
    characters.
core.Event:
  reason: Why it was done, as one word for programs, such as Scheduled.
  action: What was done or went wrong, as one word for programs.
  involvedObject: The object that it is about.
  message: What happened, for people.
  source: Who reports it.
  firstTimestamp: When it happened first.
  lastTimestamp: When it happened last.
  count: How often it happened.
  reportingComponent: Which program reports it, such as kubernetes.io/kubelet.
events.Event:
  reason: Why it was done, as one word for programs, such as Scheduled. Up to 128 characters. Required for new
    events.
  action: What was done or went wrong, as one word for programs. Up to 128 characters. Required for new
    events.
  regarding: The object that it is about: mostly, the one that the reporting controller looks after.
  note: What happened, for people, up to 1 KiB.
  reportingController: Which program reports it, such as kubernetes.io/kubelet. Required for new events.
  deprecatedSource: As source of the core group.
  deprecatedFirstTimestamp: As firstTimestamp of the core group.
  deprecatedLastTimestamp: As lastTimestamp of the core group.
  deprecatedCount: As count of the core group.

core.EventSeries, events.EventSeries: How often something happened.
  count: How often, until now.
  lastObservedTime: When it was seen last.

EventSource: Who reports an event.
  component: Which program.
  host: On which node.

Lease: Something that only one can hold at a time, and must renew.

LeaseSpec: Who holds a lease, and since when.
  holderIdentity: Who holds the lease. Empty: nobody.
  leaseDurationSeconds: How many seconds it counts without being renewed; more than 0.
  acquireTime: When it was taken.
  renewTime: When it was last renewed.
  leaseTransitions: How often it went to another holder.
  strategy: How the server chooses a holder, as OldestEmulationVersion. Beta, off by default:
    CoordinatedLeaderElection.
  preferredHolder: Who should have it next: the holder gives it up. Only with strategy.

LeaseCandidate: Somebody who would like to hold a lease. Beta, off by default: CoordinatedLeaderElection.

LeaseCandidateSpec: Who would like to hold which lease.
  leaseName: The lease. It never changes.
  binaryVersion: The version of the program, as 1.36.0.
  emulationVersion: The version that it behaves like; not above binaryVersion. Required for
    OldestEmulationVersion.
  strategy: How the holder should be chosen. Where candidates differ, the one with the newest binaryVersion
    decides.
  pingTime: When the server last asked whether the candidate is still there.
  renewTime: When the candidate last said that it is.

LimitRange: Defaults and bounds for the resources of pods and claims in a namespace.

LimitRangeSpec: Defaults and bounds.
  limits: One entry for each kind of thing.

LimitRangeItem: Defaults and bounds for one kind of thing.
  type: Container, Pod (all its containers together) or PersistentVolumeClaim.
  min: The least that may be requested, by resource.
  max: The most that limits may be, by resource.
  default: Limits where none are given, by resource. Only for containers. Default: max.
  defaultRequest: Requests where none are given, by resource. Only for containers. Default: default, else min.
  maxLimitRequestRatio: How many times its request a limit may be, by resource.

ResourceQuota: How much a namespace may use altogether.

ResourceQuotaSpec: How much may be used, and by what.
  hard: The most, by resource: requests.cpu, limits.memory, pods, count/deployments.apps and others.
  scopes: Only what all of these hold for counts: Terminating, NotTerminating, BestEffort, NotBestEffort,
    PriorityClass, CrossNamespacePodAffinity, VolumeAttributesClass. Default: everything.
  scopeSelector: As scopes, with operators and values. Both must hold.

ScopeSelector: What counts towards a quota. All terms must hold.
  matchExpressions: The terms.

ScopedResourceSelectorRequirement: One term: a scope, an operator and values.
  scopeName: Terminating, NotTerminating, BestEffort, NotBestEffort, PriorityClass, CrossNamespacePodAffinity
    or VolumeAttributesClass.
  operator: In, NotIn, Exists or DoesNotExist. PriorityClass and VolumeAttributesClass take all, the others
    only Exists.
  values: For In and NotIn: one at least, such as names of priority classes. For the others: none.

ResourceQuotaStatus: How much is used.
  hard: The most that is in force, by resource.
  used: How much is used, by resource.
`;
