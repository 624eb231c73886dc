// Dynamic resource allocation: what pods claim of devices, and what they get.
export const resourceClaims = `
resource.ResourceClaim: A claim for devices, and what was allocated for it. Pods refer to it.

ResourceClaimSpec: What is claimed. It never changes.
  devices: Which devices.

ResourceClaimTemplate: What claims are made from: one for each pod that names it.

ResourceClaimTemplateSpec: What claims are made from. It never changes.
  metadata: Labels and annotations of the claims.
  spec: What each claim asks for.

DeviceClaim: Which devices are claimed.
  requests: The devices, request by request; at most 32. All must be met. None: nothing is allocated.
  constraints: What must hold of devices of several requests together; at most 32.
  config: Settings for drivers; at most 32.

DeviceClaimConfiguration: Settings for a driver, for some requests.
  requests: For which requests (main or main/sub). Default: all.
  opaque: What only the driver understands.

DeviceConstraint: What must hold of devices together. One of matchAttribute and distinctAttribute is given.
  requests: For devices of which requests (main or main/sub). Default: all.
  matchAttribute: An attribute, with its domain, that all must have with the same value, such as one for the
    NUMA node.
  distinctAttribute: An attribute, with its domain, that all must have with different values. Beta:
    DRAConsumableCapacity.

DeviceRequest: A request for devices: exactly, or the first of several that can be met. One of both is given.
  name: What it is called: a DNS label, unique in the claim.
  exactly: Just these devices.
  firstAvailable: Several requests, the best first, at most 8. The first that can be met is.

ExactDeviceRequest: A request for devices.

DeviceSubRequest: One of several requests of which the first that can be met is.
  name: What it is called: a DNS label, unique in its request. Others call it main/sub.

DeviceRequest, ExactDeviceRequest, DeviceSubRequest:
  deviceClassName: The class of the devices. Required.
  selectors: Which devices of the class: all must hold. At most 32.
  allocationMode: ExactCount (as many as count says) or All (all that match, each of which must be free).
    Default ExactCount.
  count: How many devices. Only with ExactCount; more than 0. Default 1.
  tolerations: Which taints of devices it puts up with; at most 16. Beta: DRADeviceTaints.
  capacity: How much of each device, where it can be shared. Beta: DRAConsumableCapacity.

DeviceRequest, ExactDeviceRequest:
  adminAccess: Whether it only looks after devices, in use or not, and keeps nobody else from them. The
    namespace needs the label resource.kubernetes.io/admin-access: "true".

CapacityRequirements: How much of a device is requested.
  requests: How much at least, by name of the capacity. Rounded up as the device's requestPolicy says.

DeviceToleration: Lets a request have devices with a taint that matches.
  key: The key of the taint. Empty, with Exists: every taint.
  operator: Equal (the value must be the same) or Exists (any value). Default Equal.
  value: The value of the taint. Empty with Exists.
  effect: NoSchedule or NoExecute. Empty: all.
  tolerationSeconds: For NoExecute: how many seconds pods stay after the taint came. Default: for ever; 0 or
    less: not at all.

ResourceClaimStatus: What was allocated for a claim, and for whom.
  allocation: What was allocated. Absent: nothing yet.
  reservedFor: Who may use it, mostly pods; at most 256. While there are any, it stays allocated.
  devices: How the allocated devices are, as their drivers say. Beta: DRAResourceClaimDeviceStatus.

ResourceClaimConsumerReference: Somebody who may use a claim, in its namespace.
  apiGroup: The group of the resource. Empty: the core group.
  resource: The resource, such as pods.
  name: The name of the object.
  uid: The UID of the object.

AllocationResult: What was allocated.
  devices: The devices.
  nodeSelector: Where they can be reached. Absent: everywhere.
  allocationTimestamp: When it was allocated. Beta: DRADeviceBindingConditions.

DeviceAllocationResult: Devices that were allocated.
  results: The devices; at most 32.
  config: Settings for their drivers, of classes and of the claim. Later ones win.

DeviceAllocationConfiguration: Settings for a driver.
  source: FromClass or FromClaim.
  requests: For which requests (main or main/sub). Empty: all.
  opaque: What only the driver understands.

DeviceRequestAllocationResult: One device that was allocated.
  request: For which request: main or main/sub.
  adminAccess: Whether it is only looked after, as the request said.
  tolerations: Which taints the request put up with; at most 16. Beta: DRADeviceTaints.
  bindingConditions: Conditions that must be True before the pod is bound to its node, as the device said.
    Beta: DRADeviceBindingConditions.
  bindingFailureConditions: Conditions of which one that is True makes binding fail, as the device said. Beta:
    DRADeviceBindingConditions.
  consumedCapacity: How much it takes of the device, by capacity. Where the device can be shared. Beta:
    DRAConsumableCapacity.

AllocatedDeviceStatus: How an allocated device is. Its driver writes it.
  conditions: What is true of the device; at most 8.
  data: What else the driver tells, up to 10 KiB.
  networkData: Of a network device: how it is set up.

DeviceRequestAllocationResult, AllocatedDeviceStatus:
  driver: Its driver: a DNS name, up to 63 characters.
  pool: Its pool.
  device: Its name in the pool.
  shareID: Which share of the device, where several have one. Beta: DRAConsumableCapacity.

NetworkDeviceData: How a network device is set up.
  interfaceName: What the interface is called in the pod, up to 256 characters.
  ips: Its addresses with their prefixes, as 192.0.2.5/24; at most 16.
  hardwareAddress: Its hardware address, mostly a MAC, up to 128 characters.
`;
