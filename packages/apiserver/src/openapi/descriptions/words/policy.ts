// Disruption budgets, priorities, and pods that are scheduled together.
export const policy = `
PodDisruptionBudget: How many pods of a set may be taken away on purpose at a time.

PodDisruptionBudgetSpec: How many pods of which set. At most one of minAvailable and maxUnavailable is given;
    without either none may be taken.
  selector: Which pods of the namespace. Empty: all; absent: none.
  minAvailable: How many pods must stay healthy: a number or a percentage, rounded up. 100%: none may be
    taken.
  maxUnavailable: How many pods may be missing: a number or a percentage, rounded up. 0: none.
  unhealthyPodEvictionPolicy: Whether running pods that are not ready may be evicted: IfHealthyBudget (only
    where enough others are healthy) or AlwaysAllow. Default IfHealthyBudget.

PodDisruptionBudgetStatus: How many pods may be taken at present.
  disruptionsAllowed: How many may be taken now.
  currentHealthy: How many are healthy.
  desiredHealthy: How many must be healthy.
  expectedPods: How many the budget counts, in all.
  disruptedPods: Pods that were evicted, but are not seen to go yet, and when. They count as gone.
  conditions: DisruptionAllowed: whether any may be taken now.

PriorityClass: How important pods are: higher ones go first, and may push others out.
  value: How important, up to 1,000,000,000. Higher values are for the system. It never changes.
  globalDefault: Whether pods without a class have this one. Only one class can say so. Default false.
  preemptionPolicy: Whether its pods may push less important ones out: PreemptLowerPriority or Never. Default
    PreemptLowerPriority. It never changes.
  description: When to use it, for people.

Workload: Groups of pods that belong together for the scheduler. Alpha: needs GenericWorkload.

WorkloadSpec: What groups there are.
  controllerRef: The object that it was made for, such as a Job. It never changes.
  podGroupTemplates: What the groups are made from; 1 to 8. They never change.

scheduling.TypedLocalObjectReference: An object of some kind in the same namespace.
  apiGroup: The group of the kind. Empty: the core group.
  kind: The kind of the object.
  name: The name of the object.

PodGroupTemplate: What groups of pods are made from.
  name: What the template is called: a DNS label, unique in the workload.

PodGroup: Pods that are scheduled together. Alpha: needs GenericWorkload.

PodGroupSpec: How the pods of a group are scheduled.
  podGroupTemplateRef: The template that the group was made from. It never changes.

PodGroupTemplate, PodGroupSpec:
  schedulingPolicy: Whether the pods are scheduled each by itself, or all or none.
  schedulingConstraints: In which domains. Alpha: needs TopologyAwareWorkloadScheduling.
  disruptionMode: What is taken away when others need the room: Pod (single pods) or PodGroup (all of them).
    Default Pod. Alpha: needs WorkloadAwarePreemption.
  priorityClassName: How important the group is, by the name of a class. Default: the class marked
    globalDefault, else none (priority 0). Alpha: needs WorkloadAwarePreemption.
  priority: How important the group is, as a number. Admission sets it from the class. Alpha: needs
    WorkloadAwarePreemption.
  resourceClaims: Claims for devices that the pods share, at most 4. A pod uses one by an entry of its own
    that says just the same. Alpha: needs DRAWorkloadResourceClaims.

PodGroupTemplateReference: The template that a group was made from.
  workload: A template of a Workload.

WorkloadPodGroupTemplateReference: A template of a Workload.
  workloadName: The name of the Workload.
  podGroupTemplateName: The name of the template in it.

PodGroupSchedulingPolicy: How the pods of a group are scheduled. Exactly one is given.
  basic: Each by itself.
  gang: All or none.

BasicSchedulingPolicy: Each pod is scheduled by itself.

GangSchedulingPolicy: Pods are scheduled together, or not at all.
  minCount: For how many pods there must be room at a time. More than 0.

PodGroupSchedulingConstraints: In which domains the pods of a group are.
  topology: By labels of nodes. At most one entry.

TopologyConstraint: All pods of a group are in one domain.
  key: The label of nodes whose values are the domains, such as topology.kubernetes.io/zone.

PodGroupResourceClaim: A claim for devices that the pods of a group share. Either an existing claim or a
    template is named.
  name: What it is called: a DNS label, unique in the group.
  resourceClaimName: A ResourceClaim of the namespace. It is reserved for the group, not for each of its pods.
  resourceClaimTemplateName: A ResourceClaimTemplate of the namespace, from which the group gets a claim of
    its own, which goes with it.

PodGroupStatus: How a group is.
  conditions: PodGroupScheduled and DisruptionTarget.
  resourceClaimStatuses: Which claims were made from templates.

PodGroupResourceClaimStatus: What has become of an entry that names a template.
  name: Which entry of spec.resourceClaims it is.
  resourceClaimName: The claim that was made. Absent: none was needed.
`;
