export { bridgeName, conflist, conflistName, gatewayOf, type PodNetwork } from './cni/conflist.ts';
export {
  type PodNetworkOptions,
  type PodNetworkState,
  removePodNetwork,
  setUpPodNetwork,
} from './cni/set_up_pod_network.ts';
export { type DnsServerOptions, dnsServer } from './dns/server/dns_server.ts';
export { machineUpstreams } from './dns/server/read_upstreams.ts';
export { conntrackFlows } from './host/forget_flows.ts';
export { type HealthCheckServer, healthCheckServer } from './host/health_check_server.ts';
export { type NftBackendOptions, nftBackend, tableName } from './proxy/nft/nft_backend.ts';
export { type Nft, nftCommand } from './proxy/nft/run_nft.ts';
export { planRules, type RuleChanges, replanRules } from './proxy/plan_rules.ts';
export type * from './proxy/rule_set.ts';
export { type HealthCheck, type ServiceProxyOptions, serviceProxy } from './proxy/service_proxy.ts';
export { type StaleFlow, staleUdpFlows } from './proxy/stale_flows.ts';
