// What a node must do with traffic to Services and host ports, as data. Backends turn it into kernel rules.
import type { IpFamily } from '../address.ts';

export type Protocol = 'TCP' | 'UDP' | 'SCTP';

export interface Target {
  readonly address: string;
  readonly port: number;
}

/** One address and port at which clients reach a Service port. */
export interface Frontend {
  /** Undefined for a node port, which is served on every node address. */
  readonly address: string | undefined;
  readonly port: number;
  /** `internal`: the cluster IP. `external`: node port, external IP, load balancer IP. */
  readonly reach: 'internal' | 'external';
  /** The internal or external traffic policy, whichever applies. */
  readonly policy: 'Cluster' | 'Local';
  /** Only clients of these CIDRs get in; absent: all. */
  readonly sourceRanges?: readonly string[];
}

/** One port of one Service in one address family. */
export interface PortRules {
  readonly family: IpFamily;
  readonly protocol: Protocol;
  /** Tells the ports of one Service apart: `http`, or the number where the port has no name. */
  readonly name: string;
  /** Seconds for which a client keeps its endpoint; 0 without session affinity. */
  readonly affinitySeconds: number;
  /** Endpoints for the Cluster policy. */
  readonly everywhere: readonly Target[];
  /** Endpoints on this node, for the Local policy. */
  readonly here: readonly Target[];
  /** False: nothing serves this port anywhere, so clients are refused. */
  readonly hasEndpoints: boolean;
  /** Addresses of endpoints on this node: they may be sent to themselves. */
  readonly localAddresses: readonly string[];
  readonly frontends: readonly Frontend[];
}

export interface ServiceRules {
  /** `namespace/name` */
  readonly key: string;
  readonly ports: readonly PortRules[];
  /** For `healthCheckNodePort`: tells load balancers whether this node has endpoints. */
  readonly healthCheck?: { readonly port: number; readonly localEndpoints: number };
}

/** Traffic to a port of the node that goes to a container port. */
export interface HostPort {
  readonly family: IpFamily;
  readonly protocol: Protocol;
  /** Undefined: on every address of the node. */
  readonly hostAddress: string | undefined;
  readonly port: number;
  readonly target: Target;
}

export interface NodeRules {
  readonly name: string;
  /** `topology.kubernetes.io/zone` of the node. */
  readonly zone?: string;
  /** Of the whole cluster: what comes from here is a pod's and keeps its address inside the cluster. */
  readonly podCidrs: readonly string[];
  /** Addresses in here that no Service has are refused. */
  readonly serviceCidrs: readonly string[];
  /**
   * Where node ports are served; absent: on every address of the node, loopback too. From 127.0.0.1 the way
   * to an endpoint on another node is open only if the interface to it has `route_localnet`.
   */
  readonly nodePortAddresses?: readonly string[];
  /** Service addresses that a process on this node answers itself: they get no rules. */
  readonly servedHere: readonly string[];
  /** The pods' bridge. Packets that come over it for loopback addresses are dropped. */
  readonly bridge?: string;
  /**
   * True where the kernel has no br_netfilter: answers between two pods of one bridge would then come straight
   * from the endpoint's address, so the client's address is replaced to bring them back through the node.
   */
  readonly masqueradeOnBridge?: boolean;
  /** Pods that leave the cluster take the node's address. */
  readonly masqueradePods: boolean;
}

export interface RuleSet {
  readonly node: NodeRules;
  /** By `namespace/name`. Entries that did not change keep their identity from one set to the next. */
  readonly services: ReadonlyMap<string, ServiceRules>;
  /** By pod `namespace/name`; identity as above. */
  readonly hostPorts: ReadonlyMap<string, readonly HostPort[]>;
}

export interface RuleBackend {
  /** Makes the kernel do what `next` says, all at once. The first call replaces whatever was there. */
  apply(next: RuleSet): Promise<void>;
  /** Takes every trace out of the kernel. */
  remove(): Promise<void>;
}
