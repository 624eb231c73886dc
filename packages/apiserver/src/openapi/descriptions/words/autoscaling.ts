// Scaling by what is measured.
export const autoscaling = `
HorizontalPodAutoscaler: Sets the number of replicas of a workload by what is measured.

HorizontalPodAutoscalerSpec: What is scaled, by what, and within which bounds.
  scaleTargetRef: What is scaled. It must have the subresource scale.
  minReplicas: The fewest replicas. Default 1. 0 needs HPAScaleToZero (alpha) and an object or external
    metric.
  maxReplicas: The most replicas; not less than minReplicas.
  metrics: What is measured, and what it should be. The one that asks for most replicas wins. Default: cpu at
    80% of the requests.
  behavior: How fast it scales up and down.
  targetCPUUtilizationPercentage: How much of their cpu requests the pods should use on average, in per cent.
    Default 80.

CrossVersionObjectReference: An object of some kind in the same namespace.
  apiVersion: The group and version of the object.
  kind: The kind of the object, such as Deployment.
  name: The name of the object.

HorizontalPodAutoscalerBehavior: How fast an autoscaler scales.
  scaleUp: Upwards. Default: at once, by 4 pods or 100% in 15 seconds, whichever is more.
  scaleDown: Downwards. Default: after 300 seconds, as far as it goes.

HPAScalingRules: How fast it scales in one direction.
  policies: How many replicas may change in what time. One at least, where rules are given.
  selectPolicy: Which of the policies counts: Max (the one that allows most), Min, or Disabled (no scaling in
    this direction). Default Max.
  stabilizationWindowSeconds: How many seconds back wishes are looked at, to take the most cautious one; 0 to
    3600. Default: 0 up, 300 down.
  tolerance: How far from the target a metric may be before anything is done, such as 0.05. Default 0.1 (10%),
    for the whole cluster. Beta: HPAConfigurableTolerance.

HPAScalingPolicy: How many replicas may change in what time.
  type: Pods or Percent.
  value: How many pods, or how many per cent of them; more than 0.
  periodSeconds: In how many seconds, 1 to 1800.

MetricSpec: One thing that is measured, and what it should be. The field that the type names is given.
  type: Resource, ContainerResource, Pods, Object or External.
  resource: cpu or memory of the pods.
  containerResource: cpu or memory of one container of each pod.
  pods: A number that each pod tells; the average counts.
  object: A number that another object tells, such as an ingress.
  external: A number from outside the cluster, such as the length of a queue.

MetricStatus: What was measured for one metric, the last time.
  type: Resource, ContainerResource, Pods, Object or External.
  resource: cpu or memory of the pods.
  containerResource: cpu or memory of one container of each pod.
  pods: A number that each pod tells.
  object: A number that another object tells.
  external: A number from outside the cluster.

ResourceMetricSource: cpu or memory of the pods, and what it should be.
  name: cpu or memory.
  target: What it should be.

ContainerResourceMetricSource: cpu or memory of one container of each pod, and what it should be.
  name: cpu or memory.
  container: Which container.
  target: What it should be.

PodsMetricSource: A number that each pod tells, and what its average should be.
  metric: Which number.
  target: What it should be, as AverageValue.

ObjectMetricSource: A number that another object tells, and what it should be.
  describedObject: The object.
  metric: Which number.
  target: What it should be, as Value or AverageValue.

ExternalMetricSource: A number from outside the cluster, and what it should be.
  metric: Which number.
  target: What it should be, as Value or AverageValue.

ResourceMetricStatus: What the pods use of cpu or memory.
  name: cpu or memory.
  current: How much it is.

ContainerResourceMetricStatus: What one container of each pod uses of cpu or memory.
  name: cpu or memory.
  container: Which container.
  current: How much it is.

PodsMetricStatus: What the pods told.
  metric: Which number.
  current: How much it is.

ObjectMetricStatus: What another object told.
  describedObject: The object.
  metric: Which number.
  current: How much it is.

ExternalMetricStatus: What was told from outside the cluster.
  metric: Which number.
  current: How much it is.

autoscaling.MetricIdentifier: A metric, by name and labels.
  name: The name of the metric.
  selector: Which series of it, by their labels. The server of metrics must understand it. Default: by the
    name alone.

MetricTarget: What a metric should be. The field that the type names is given.
  type: Utilization, Value or AverageValue.
  averageUtilization: In per cent of what the pods request, on average. For resources.
  averageValue: The value divided by the number of pods.
  value: The value as it is.

MetricValueStatus: What a metric is.
  averageUtilization: In per cent of what the pods request, on average. For resources.
  averageValue: The value divided by the number of pods.
  value: The value as it is.

HorizontalPodAutoscalerStatus: How an autoscaler is.
  currentReplicas: How many replicas there were, the last time it looked.
  desiredReplicas: How many replicas it came to, the last time it looked.
  lastScaleTime: When it last changed the number.
  currentMetrics: What was measured, the last time.
  currentCPUUtilizationPercentage: How much of their cpu requests the pods use on average, in per cent.
  conditions: ScalingActive, AbleToScale and ScalingLimited.

HorizontalPodAutoscalerCondition:
  type: ScalingActive (metrics can be read), AbleToScale (the target can be scaled) or ScalingLimited (a bound
    was reached).
`;
