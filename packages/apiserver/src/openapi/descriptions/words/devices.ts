// Dynamic resource allocation: devices that drivers offer, and what was found on nodes.
export const devices = `
DeviceClass: A kind of devices, made by an administrator, for requests to name.

DeviceClassSpec: Which devices are of the class, and how they are set up.
  selectors: Which devices: all must hold. At most 32.
  config: Settings for drivers, for every claim with the class. At most 32.
  extendedResourceName: An extended resource that stands for devices of the class, so that containers can ask
    for it as for cpu. Beta: DRAExtendedResource.

DeviceClassConfiguration: Settings for a driver.
  opaque: What only the driver understands.

DeviceSelector: Chooses devices. Exactly one way is given.
  cel: By an expression in CEL.

CELDeviceSelector: Chooses devices by an expression.
  expression: An expression in CEL that gives a bool, up to 10 KiB. It knows device.driver, device.attributes
    and device.capacity by domain, and device.allowMultipleAllocations. An error stops the scheduling of the
    pod.

OpaqueDeviceConfiguration: Settings that only a driver understands.
  driver: Which driver.
  parameters: The settings, up to 10 KiB: a JSON object, with kind and apiVersion as a rule.

ResourceSlice: Devices of one pool, or a part of them. A driver writes it; the scheduler allocates from it.

ResourceSliceSpec: Which devices, and from where they are reached. Exactly one of nodeName, nodeSelector,
    allNodes and perDeviceNodeSelection is given.
  driver: The driver of all the devices. It never changes.
  pool: The pool that they belong to.
  nodeName: The one node that can reach them. It never changes.
  nodeSelector: The nodes that can reach them. Just one term.
  allNodes: Whether all nodes can reach them.
  perDeviceNodeSelection: Whether each device says for itself which nodes can reach it. Beta:
    DRAPartitionableDevices.
  devices: The devices: at most 128, or 64 where any has taints or consumes counters. Not together with
    sharedCounters.
  sharedCounters: What devices of the pool consume together; at most 8 sets. Not together with devices. Beta:
    DRAPartitionableDevices.

ResourcePool: A pool of devices, which may be in several slices.
  name: What it is called: DNS names with slashes between them, up to 253 characters; often the node. It never
    changes.
  generation: Grows with each change of the pool. Only slices with the highest one count.
  resourceSliceCount: Of how many slices the pool consists at this generation. Until all are there it is
    incomplete.

CounterSet: Things that can be counted, which devices share.
  name: What devices call it: a DNS label, unique in the pool.
  counters: How much there is of each; at most 32.

Counter: How much there is of something.
  value: How much.

Device: One device, and what can be said of it.
  name: What it is called: a DNS label, unique in the pool.
  basic: What can be said of it, as v1beta1 writes it.

BasicDevice: What can be said of a device, as v1beta1 writes it.

Device, BasicDevice:
  attributes: What it is, by name; the driver's domain is the default. At most 32 together with capacity.
  capacity: How much it has, by name; the driver's domain is the default. At most 32 together with attributes.
  consumesCounters: What it takes of shared counters once it is allocated; at most 2 sets. Beta:
    DRAPartitionableDevices.
  nodeName: The one node that can reach it. Only with perDeviceNodeSelection.
  nodeSelector: The nodes that can reach it. Only with perDeviceNodeSelection.
  allNodes: Whether all nodes can reach it. Only with perDeviceNodeSelection.
  taints: Keep claims away that do not tolerate them; at most 16. Beta: DRADeviceTaints.
  bindsToNode: Whether the claim can only be used on the node that was chosen at its allocation. Default
    false. Beta: DRADeviceBindingConditions.
  bindingConditions: Conditions of the allocated device that must be True before the pod is bound to its node;
    at most 4. Beta: DRADeviceBindingConditions.
  bindingFailureConditions: Conditions of which one that is True makes binding fail; at most 4. Beta:
    DRADeviceBindingConditions.
  allowMultipleAllocations: Whether several requests can share it, each with a part of its capacity. Default
    false. Beta: DRAConsumableCapacity.
  nodeAllocatableResourceMappings: How much of the node's cpu, memory and the like its use takes, by resource.
    Alpha: needs DRANodeAllocatableResources.

DeviceAttribute: One thing that a device is. Exactly one field is given.
  bool: True or false.
  int: A whole number.
  string: A text, up to 64 characters.
  version: A semantic version (semver 2.0.0), up to 64 characters.
  bools: Several of true and false. Alpha: needs DRAListTypeAttributes.
  ints: Several whole numbers. Alpha: needs DRAListTypeAttributes.
  strings: Several texts, each up to 64 characters. Alpha: needs DRAListTypeAttributes.
  versions: Several semantic versions, each up to 64 characters. Alpha: needs DRAListTypeAttributes.

DeviceCapacity: How much a device has of something.
  value: How much.
  requestPolicy: How parts of it can be requested, where the device is shared. Default: in any amount. Beta:
    DRAConsumableCapacity.

CapacityRequestPolicy: How parts of a capacity can be requested: validValues or validRange, not both.
  default: How much a request takes that does not say. Needed with either of the others. Absent: all of it.
  validValues: The amounts there are, rising, at most 10. A request is rounded up to the next.
  validRange: From where to where, and in what steps.

CapacityRequestPolicyRange: Amounts that can be requested.
  min: The least. A smaller request is rounded up to it.
  max: The most. A larger request cannot be met. Default: the capacity.
  step: Requests are rounded up to min and a multiple of it. Default: any amount.

DeviceCounterConsumption: What a device takes of a set of shared counters.
  counterSet: The set.
  counters: How much of each; at most 32.

NodeAllocatableResourceMapping: How much of a resource of the node a device takes.
  capacityKey: The capacity of the device whose consumed amount is counted. Absent: devices are counted.
  allocationMultiplier: How much of the resource for each device or unit of the capacity. Default 1.

DeviceTaint: Keeps claims away from a device that do not tolerate it.
  key: What the taint is called.
  value: Its value, where it has one.
  effect: None (only for information), NoSchedule (no new allocations) or NoExecute (pods that use the device
    must leave, too).
  timeAdded: When it was put on. The server sets it, where nobody else does.

DeviceTaintRule: Puts a taint onto devices that are chosen. Beta, off by default: DRADeviceTaintRules.

DeviceTaintRuleSpec: Which taint, and onto which devices.
  taint: The taint.
  deviceSelector: Which devices. Absent: none; empty: all.

DeviceTaintSelector: Chooses devices; all that is given must match. Empty: all devices.
  driver: Those of this driver.
  pool: Those of pools with this name.
  device: Those with this name.

DeviceTaintRuleStatus: What came of a rule.
  conditions: EvictionInProgress: how many pods have still to leave, or would. At most 8.

ResourcePoolStatusRequest: Asks once how full pools of devices are. For a new answer, make a new one. Alpha:
    needs DRAResourcePoolStatus.

ResourcePoolStatusRequestSpec: Which pools. It never changes.
  driver: Those of this driver.
  poolName: Only the pool of this name. Default: all of the driver.
  limit: How many pools the answer may have, 1 to 1000. Default 100.

ResourcePoolStatusRequestStatus: The answer. Once it is there, the object never changes.
  pools: The pools, by driver and name; as many as limit says.
  poolCount: How many pools there are, even when the answer does not hold them all.
  conditions: Complete or Failed.

PoolStatus: How full a pool is. Where validationError is set, numbers may be missing.
  driver: Its driver.
  poolName: Its name.
  nodeName: Its node, where it belongs to just one.
  generation: Its newest generation.
  resourceSliceCount: Of how many slices it consists.
  totalDevices: How many devices it has.
  allocatedDevices: How many of them are allocated.
  availableDevices: How many could be allocated.
  unavailableDevices: How many are neither: they have a taint, say.
  validationError: Why the pool could not be counted, such as that slices are missing.
`;
