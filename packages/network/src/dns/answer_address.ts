// Names of addresses: Services by their cluster IP, endpoints by their own.
import { canonicalAddress, formatAddress, parseAddress } from '../address.ts';
import { dashed, ttl } from './answer_name.ts';
import type { ClusterView } from './cluster_view.ts';
import type { DnsRecord, Question } from './message.ts';

/** PTR records for a name below in-addr.arpa or ip6.arpa; none for addresses that the cluster does not know. */
export function pointersOf(question: Question, view: ClusterView): DnsRecord[] {
  const address = addressOf(question.name);
  if (!address) return [];
  const names = view.servicesAt(address).map(({ metadata }) => `${metadata.name}.${metadata.namespace}`);
  if (names.length === 0) names.push(...endpointNames(address, view));
  return [...new Set(names)].map((name) => ({
    name: question.name,
    type: 'PTR',
    ttl,
    target: `${name}.svc.${view.domain}`,
  }));
}

function endpointNames(address: string, view: ClusterView): string[] {
  const names: string[] = [];
  for (const slice of view.slicesAt(address)) {
    const service = slice.metadata.labels?.['kubernetes.io/service-name'];
    if (!service) continue;
    for (const endpoint of slice.endpoints ?? [])
      if (endpoint.addresses.some((each) => canonicalAddress(each) === address))
        names.push(
          `${endpoint.hostname?.toLowerCase() || dashed(address)}.${service}.${slice.metadata.namespace}`,
        );
  }
  return names;
}

/** `4.3.2.1.in-addr.arpa` is 1.2.3.4; IPv6 has a label for each hexadecimal digit. */
export function addressOf(name: string): string | undefined {
  const v4 = /^(\d+)\.(\d+)\.(\d+)\.(\d+)\.in-addr\.arpa$/.exec(name);
  if (v4) {
    const text = v4.slice(1).reverse().join('.');
    return parseAddress(text) && text;
  }
  const v6 = /^((?:[0-9a-f]\.){32})ip6\.arpa$/.exec(name);
  if (!v6) return undefined;
  return formatAddress('IPv6', BigInt('0x' + v6[1]!.split('.').reverse().join('')));
}
