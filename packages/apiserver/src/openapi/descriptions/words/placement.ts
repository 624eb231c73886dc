// Where pods may run: affinity, taints and spreading.
export const placement = `
Affinity: Which nodes a pod prefers or needs, and which pods beside it.
  nodeAffinity: By labels of nodes.
  podAffinity: Near pods that match.
  podAntiAffinity: Away from pods that match.

NodeAffinity: Which nodes a pod needs or prefers, by their labels. What changes later does not move it.
  requiredDuringSchedulingIgnoredDuringExecution: Without such a node the pod is not scheduled.
  preferredDuringSchedulingIgnoredDuringExecution: The node with the largest sum of the weights of terms that
    match is preferred.

PodAffinity: Which pods a pod must or should be near. What changes later does not move it.
  requiredDuringSchedulingIgnoredDuringExecution: Every term must match some pod in the domain of the node,
    else the pod is not scheduled.
  preferredDuringSchedulingIgnoredDuringExecution: The node with the largest sum of the weights of terms that
    match is preferred.

PodAntiAffinity: Which pods a pod must or should be away from. What changes later does not move it.
  requiredDuringSchedulingIgnoredDuringExecution: No term may match a pod in the domain of the node. Holds for
    pods that come later too.
  preferredDuringSchedulingIgnoredDuringExecution: The node with the smallest sum of the weights of terms that
    match is preferred.

PreferredSchedulingTerm: Nodes that are preferred, and how much. An empty term matches all nodes, and adds
    nothing.
  preference: Which nodes.
  weight: How much, 1 to 100.

NodeSelector: Chooses nodes: those that match one term at least.
  nodeSelectorTerms: The terms, one at least. One is enough.

NodeSelectorTerm: Chooses nodes by labels and fields; all must hold. An empty term chooses none.
  matchExpressions: By labels of the node.
  matchFields: By fields of the node. There is only metadata.name.

NodeSelectorRequirement: One requirement: a key, an operator and values.
  key: The label, or the field.
  operator: In, NotIn, Exists, DoesNotExist, Gt or Lt.
  values: For In and NotIn: one at least. For Exists and DoesNotExist: none. For Gt and Lt: one whole number.

WeightedPodAffinityTerm: A term that is preferred, and how much.
  podAffinityTerm: The term.
  weight: How much, 1 to 100.

PodAffinityTerm: Pods near which, or away from which, a pod should be: those of labelSelector in some
    namespaces, in the same domain.
  labelSelector: Which pods. Absent: none.
  namespaces: In which namespaces they are. Neither this nor namespaceSelector: in that of the pod.
  namespaceSelector: In which further namespaces, by their labels. Empty: in all.
  topologyKey: The label of nodes whose values are the domains, such as kubernetes.io/hostname. Required.
  matchLabelKeys: Labels whose values are taken from the pod itself, as further terms key in (value). For pods
    of one revision. Needs labelSelector.
  mismatchLabelKeys: Labels whose values are taken from the pod itself, as further terms key notin (value).
    Needs labelSelector.

Taint: Keeps pods away that do not tolerate it.
  key: What the taint is called.
  value: Its value, where it has one.
  effect: NoSchedule (no new pods), PreferNoSchedule (only where there is no better node) or NoExecute (those
    that run must leave, too).
  timeAdded: When it was put on. Set for NoExecute.

Toleration: Lets a pod onto nodes with a taint that matches.
  key: The key of the taint. Empty, with Exists: every taint.
  operator: Equal (the value must be the same), Exists (any value), or Lt and Gt (compared as whole numbers;
    alpha: TaintTolerationComparisonOperators). Default Equal.
  value: The value of the taint. Empty with Exists.
  effect: NoSchedule, PreferNoSchedule or NoExecute. Empty: all of them.
  tolerationSeconds: For NoExecute: how many seconds the pod stays after the taint came. Default: for ever; 0
    or less: not at all.

TopologySpreadConstraint: How evenly pods are spread over zones, nodes or other domains.
  maxSkew: By how many pods a domain may be ahead of the one that has the fewest. At least 1.
  topologyKey: The label of nodes whose values are the domains, such as topology.kubernetes.io/zone.
  whenUnsatisfiable: What if it cannot be met: DoNotSchedule, or ScheduleAnyway, where it is only a
    preference.
  labelSelector: Which pods are counted, in the namespace of the pod.
  matchLabelKeys: Labels whose values are taken from the pod itself, and which counted pods must have too,
    such as pod-template-hash. Beta: MatchLabelKeysInPodTopologySpread.
  minDomains: With fewer domains than this, the lowest count is taken to be 0. Only with DoNotSchedule.
    Default 1.
  nodeAffinityPolicy: Whether only nodes count that nodeSelector and nodeAffinity allow: Honor or Ignore.
    Default Honor.
  nodeTaintsPolicy: Whether only nodes count whose taints the pod tolerates: Honor, or Ignore (all nodes).
    Default Ignore.

TopologySelectorTerm: Domains in which volumes may be. All of its requirements must hold.
  matchLabelExpressions: What the labels of the domain have to be.

TopologySelectorLabelRequirement: A label of a domain, and its values.
  key: The label, such as topology.kubernetes.io/zone.
  values: The values that are allowed; one is enough.
`;
