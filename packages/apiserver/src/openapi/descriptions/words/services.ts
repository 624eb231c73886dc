// Services and the endpoints behind them.
export const services = `
Service: One name and address for a set of pods.

ServiceSpec: What a service should be.
  type: ClusterIP (an address in the cluster), NodePort (a port of every node too), LoadBalancer (an address
    outside too) or ExternalName (only another name in DNS). Default ClusterIP.
  selector: Labels of the pods behind it. Without one, endpoints are made by others. Not with ExternalName.
  ports: Its ports. Needed unless it is headless or of type ExternalName.
  clusterIP: Its address in the cluster; None: a headless service, whose name leads to the pods themselves.
    Default: one is chosen. It stays as long as the type needs one.
  clusterIPs: Its addresses, at most one of each family. The first is clusterIP.
  ipFamilies: IPv4, IPv6 or both, in this order. Default: as the cluster and ipFamilyPolicy say. The first
    never changes.
  ipFamilyPolicy: SingleStack, PreferDualStack (both where the cluster has them) or RequireDualStack. Default
    SingleStack.
  externalIPs: Further addresses at which nodes accept traffic for it. It is up to you that traffic gets
    there.
  externalName: The name in DNS that it stands for, with ExternalName. Answered as CNAME.
  externalTrafficPolicy: Cluster, or Local: traffic from outside stays on its node and keeps its source
    address; nodes without a pod drop it. Default Cluster.
  internalTrafficPolicy: Cluster, or Local: traffic from inside stays on its node; without a pod there it is
    dropped. Default Cluster.
  sessionAffinity: None, or ClientIP: a client stays with one pod. Default None.
  sessionAffinityConfig: How long, with ClientIP.
  trafficDistribution: Which endpoints are preferred: PreferSameZone, PreferSameNode, or PreferClose, the old
    name of the first. Default: all alike.
  publishNotReadyAddresses: Whether pods count that are not ready, in DNS and endpoints. Default false. Meant
    for stateful sets whose members find each other.
  loadBalancerClass: Which implementation of load balancers is meant, such as example.com/internal. Default:
    that of the cloud. It never changes while the type is LoadBalancer.
  loadBalancerIP: The address that the load balancer should have. Deprecated, and not every cloud heeds it.
  loadBalancerSourceRanges: From which networks a load balancer accepts traffic. Default: from all. Not every
    cloud heeds it.
  allocateLoadBalancerNodePorts: Whether a load balancer gets ports of the nodes too. Default true.
  healthCheckNodePort: Where a load balancer asks a node whether it has pods of the service. Only for
    LoadBalancer with Local traffic from outside. Default: one is chosen; it never changes.

ServicePort: A port of a service and where it leads.
  name: What the port is called: a DNS label. Needed where there are several.
  port: The port of the service, 1 to 65535.
  targetPort: The port of the pods, 1 to 65535, or the name of one. Default: the same as port. A headless
    service does not look at it.
  nodePort: The port of every node that leads there, for NodePort and LoadBalancer. By default from 30000 to
    32767, and chosen where it is not given.
  protocol: TCP, UDP or SCTP. Default TCP.
  appProtocol: What is spoken at the port: kubernetes.io/h2c, kubernetes.io/ws, kubernetes.io/wss, a name of
    IANA or one with a domain of your own.

SessionAffinityConfig: How clients stay with one pod.
  clientIP: By their addresses.

ClientIPConfig: How long a client stays with one pod.
  timeoutSeconds: How many seconds after its last connection, 1 to 86400. Default 10800 (three hours).

ServiceStatus: How a service is.
  loadBalancer: Where its load balancer is, when there is one.
  conditions: What is true of the service, such as LoadBalancerPortsError.

LoadBalancerStatus: Where a load balancer is.
  ingress: Its addresses. Traffic for the service goes there.

LoadBalancerIngress: An address of a load balancer.
  ip: The address, where it has one.
  hostname: The name, where it has one.
  ipMode: What nodes do with traffic to ip: VIP (handled on the node) or Proxy (sent to the load balancer).
    Default VIP. Only with ip.
  ports: How its ports are.

PortStatus, IngressPortStatus: How a port of a load balancer is.
  port: The port.
  protocol: TCP, UDP or SCTP.
  error: Why the port does not work, as one word, with a domain before it where a cloud has made it up.

Endpoints: Addresses behind a service, in one object. Deprecated: endpoint slices have replaced it.
  subsets: Sets of addresses with the same ports.

EndpointSubset: Addresses with the same ports: every address together with every port.
  addresses: Addresses that are ready.
  notReadyAddresses: Addresses that are not ready yet, or any more.
  ports: The ports.

EndpointAddress: An address behind a service.
  ip: The address. Not one of this machine (127.0.0.0/8), nor link-local or multicast.
  hostname: The name of the host, for DNS.
  nodeName: The node that it is on.
  targetRef: The object behind it, mostly a pod.

core.EndpointPort, discovery.EndpointPort: A port behind a service.
  name: The name of the port of the service. Empty where it has only one.
  protocol: TCP, UDP or SCTP. Default TCP.
  appProtocol: What is spoken at the port, as in the service.
core.EndpointPort:
  port: The port of the pods.
discovery.EndpointPort:
  port: The port of the pods. Absent: it depends on who reads it.

EndpointSlice: Some of the addresses behind a service. The label kubernetes.io/service-name names the service.
  addressType: IPv4, IPv6 or FQDN (deprecated). It never changes.
  endpoints: The endpoints, at most 1,000.
  ports: The ports of every endpoint, at most 20,000, of different names.

Endpoint: One destination behind a service.
  addresses: Its addresses, of the slice's type, 1 to 100. Clients use the first only.
  conditions: Whether it can be sent to.
  hostname: The name of the host, for DNS. Lowercase, as a DNS label.
  nodeName: The node that it is on.
  zone: The zone that it is in.
  hints: For whom it is meant.
  targetRef: The object behind it, mostly a pod.
  deprecatedTopology: Labels of the node as v1beta1 had them. Read only.

EndpointConditions: Whether an endpoint can be sent to.
  ready: Whether it takes new connections: it serves, and is not about to end. Always true with
    publishNotReadyAddresses. Absent: true.
  serving: Whether it can answer, even while it is about to end. Absent: as ready.
  terminating: Whether it is about to end. Absent: false.

EndpointHints: For whom an endpoint is meant.
  forZones: Clients in these zones, at most 8.
  forNodes: Clients on these nodes, at most 8.

ForZone: A zone.
  name: The name of the zone.

ForNode: A node.
  name: The name of the node.
`;
