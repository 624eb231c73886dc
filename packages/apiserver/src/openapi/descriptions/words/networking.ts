// Ingress, network policies, and who has which address.
export const networking = `
Ingress: Rules by which HTTP requests from outside reach services. A controller of its class puts them into
    practice.

IngressSpec: Where requests go.
  ingressClassName: Which class of ingress this is. Default: the class marked as such, where there is one.
  defaultBackend: Where requests go that no rule is for. Needed where there are no rules.
  rules: Where requests go, by host and path.
  tls: Hosts and the secrets with their certificates. All at port 443, told apart by SNI.

IngressRule: Where requests for one host go.
  host: The host, without a port; *.example.com for every name with one more label. Empty: every host.
  http: Where its requests go, by path.

HTTPIngressRuleValue: Where requests go, by path.
  paths: The paths. The longest that matches wins, and an exact one over a prefix.

HTTPIngressPath: A path and the service behind it.
  path: The path, which begins with /. Needed for Exact and Prefix.
  pathType: Exact (the very path), Prefix (it and what is below, by whole elements between slashes) or
    ImplementationSpecific (as the class says).
  backend: Where requests go.

IngressBackend: Where requests go: a service or another object of the namespace, not both.
  service: A service.
  resource: Another object, such as a bucket, where the class knows how.

IngressServiceBackend: A port of a service.
  name: The name of the service.
  port: Which port.

ServiceBackendPort: A port of a service, by name or number, not both.
  name: The name of the port.
  number: The number of the port, 1 to 65535.

IngressTLS: Hosts and their certificate.
  hosts: The hosts that the certificate is for. Default: all for which no other entry is.
  secretName: The secret with certificate and key. Empty: TLS as the controller chooses by SNI.

IngressStatus: How an ingress is.
  loadBalancer: Where its load balancer is.

IngressLoadBalancerStatus: Where the load balancer of an ingress is.
  ingress: Its addresses.

IngressLoadBalancerIngress: An address of the load balancer of an ingress.
  ip: The address, where it has one.
  hostname: The name, where it has one.
  ports: How its ports are.

IngressClass: A kind of ingress and who implements it. The annotation
    ingressclass.kubernetes.io/is-default-class makes it the default.

IngressClassSpec: Who implements a class of ingress.
  controller: The name of the controller, such as example.com/ingress, up to 250 characters. It never changes.
  parameters: An object with settings for the controller.

IngressClassParametersReference: An object with settings for a controller.
  apiGroup: The group of the kind. Absent: the core group.
  kind: The kind of the object.
  name: The name of the object.
  scope: Cluster, or Namespace: the object is in a namespace. Default Cluster.
  namespace: The namespace of the object. Required with scope Namespace, not allowed otherwise.

NetworkPolicy: Which traffic may reach or leave some pods. What no policy chooses is open; what one does gets
    only the traffic that some policy allows.

NetworkPolicySpec: Which traffic may reach or leave which pods.
  podSelector: Which pods of the namespace it is about. Empty: all.
  policyTypes: Which traffic it is about: Ingress, Egress or both. Default: Ingress, and Egress where there
    are rules for it.
  ingress: Traffic that may come in; one rule is enough. None: no traffic.
  egress: Traffic that may go out; one rule is enough. None: no traffic.

NetworkPolicyIngressRule: Traffic that may come in: from these peers, to these ports.
  from: From whom. Empty: from everybody.
  ports: To which ports of the pods. Empty: to all.

NetworkPolicyEgressRule: Traffic that may go out: to these peers, at these ports.
  to: To whom. Empty: to everybody.
  ports: To which ports. Empty: to all.

NetworkPolicyPort: Some ports.
  port: A port, by number, or by the name of one of the pods. Absent: all of the protocol.
  endPort: The last of a range that begins with port, which must then be a number.
  protocol: TCP, UDP or SCTP. Default TCP.

NetworkPolicyPeer: Somebody that pods talk to: either ipBlock, or pods by one or both selectors.
  podSelector: Pods, of this namespace or of those that namespaceSelector chooses. Empty: all.
  namespaceSelector: Namespaces, by their labels; without podSelector all of their pods. Empty: all.
  ipBlock: Addresses.

IPBlock: A range of addresses.
  cidr: The range, such as 10.1.0.0/16 or fd00:1::/64.
  except: Ranges within it that are left out.

IPAddress: An address that something has taken. Its name is the address, in its canonical form.

IPAddressSpec: Who has the address.
  parentRef: The object that has it. Required.

ParentReference: The object that an address belongs to.
  group: The group of its resource; empty for the core group.
  resource: Its resource, such as services.
  namespace: Its namespace, where it has one.
  name: Its name.

ServiceCIDR: A range from which services get their addresses. Several can exist, and overlap.

ServiceCIDRSpec: The ranges.
  cidrs: One range, or two of different families. They never change, but that a second one can be added.

ServiceCIDRStatus: How a range is.
  conditions: Ready: whether new services get addresses from it.
`;
