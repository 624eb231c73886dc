// Names below the cluster domain: the Kubernetes DNS specification, version 1.1.
import type { EndpointSlice, Service } from '@kubets/api';
import { canonicalAddress, familyOf, parseAddress } from '../address.ts';
import type { ClusterView } from './cluster_view.ts';
import type { Answer, DnsRecord, Question } from './message.ts';

/** Seconds for which answers may be remembered: short, as endpoints come and go. */
export const ttl = 5;

/** The answer to a question for a name in the cluster domain. */
export function answerName(question: Question, view: ClusterView): Answer {
  const { domain } = view;
  const name = question.name;
  if (name === domain) return atApex(question, view);
  const labels = name.slice(0, -domain.length - 1).split('.');
  const zone = labels.pop();
  if (zone === 'dns-version' && labels.length === 0)
    return found(question, view, [{ name, type: 'TXT', ttl, text: '1.1.0' }]);
  if (zone === 'dns' && labels.length === 1 && labels[0] === 'ns')
    return found(question, view, addressRecords(name, view.serverAddresses));
  if (zone !== 'svc' && zone !== 'pod') return missing(view);
  const namespace = labels.pop();
  if (namespace === undefined) return found(question, view, []);
  if (!view.hasNamespace(namespace)) return missing(view);
  if (labels.length === 0) return found(question, view, []);
  return zone === 'svc'
    ? answerService(question, view, namespace, labels)
    : answerPod(question, view, labels);
}

export function isBelow(name: string, domain: string): boolean {
  return name === domain || name.endsWith('.' + domain);
}

function atApex(question: Question, view: ClusterView): Answer {
  const server = `ns.dns.${view.domain}`;
  return found(question, view, [
    { name: view.domain, type: 'NS', ttl, target: server },
    ...(question.type === 'SOA' ? [authorityOf(view)] : []),
  ]);
}

/** `a-b-c-d.<namespace>.pod`: the address is in the name, whether or not a pod has it. */
function answerPod(question: Question, view: ClusterView, labels: readonly string[]): Answer {
  if (labels.length !== 1) return missing(view);
  const [label] = labels as [string];
  const address = [label.replaceAll('-', '.'), label.replaceAll('-', ':')].find((text) => parseAddress(text));
  if (!address) return missing(view);
  return found(question, view, addressRecords(question.name, [canonicalAddress(address)]));
}

/** `<service>`, `<host>.<service>`, `_<port>._<protocol>.<service>`; `labels` are those before the namespace. */
function answerService(
  question: Question,
  view: ClusterView,
  namespace: string,
  labels: readonly string[],
): Answer {
  const serviceName = labels.at(-1)!;
  const service = view.service(namespace, serviceName);
  if (!service) return missing(view);
  const base = `${serviceName}.${namespace}.svc.${view.domain}`;
  const [first, second] = labels;
  if (labels.length === 3 && first!.startsWith('_') && second!.startsWith('_')) {
    const port = { name: first!.slice(1), protocol: second!.slice(1) };
    const ports = portsOf(service, view, base).filter(
      (each) => each.name === port.name && each.protocol === port.protocol,
    );
    return ports.length > 0 ? found(question, view, serviceRecords(question, ports), ports) : missing(view);
  }
  if (labels.length === 2) {
    const endpoints = endpointsOf(service, view).filter((endpoint) => endpoint.host === first);
    if (endpoints.length === 0) return missing(view);
    return found(
      question,
      view,
      addressRecords(
        question.name,
        endpoints.map((each) => each.address),
      ),
    );
  }
  if (labels.length > 1) return missing(view);
  if (service.spec.type === 'ExternalName') {
    const target = (service.spec.externalName ?? '').toLowerCase().replace(/\.$/, '');
    return found({ ...question, type: 'ANY' }, view, [{ name: question.name, type: 'CNAME', ttl, target }]);
  }
  if (isHeadless(service)) {
    const endpoints = endpointsOf(service, view);
    // No ready endpoints: as if the name were not there (section 2.4.1).
    if (endpoints.length === 0) return missing(view);
    if (question.type === 'SRV') return withPorts(question, view, portsOf(service, view, base));
    return found(
      question,
      view,
      addressRecords(
        question.name,
        endpoints.map((each) => each.address),
      ),
    );
  }
  if (question.type === 'SRV') return withPorts(question, view, portsOf(service, view, base));
  return found(question, view, addressRecords(question.name, clusterIPsOf(service)));
}

function withPorts(question: Question, view: ClusterView, ports: readonly NamedPort[]): Answer {
  return found(question, view, serviceRecords(question, ports), ports);
}

interface NamedPort {
  name: string;
  /** `tcp` */
  protocol: string;
  port: number;
  /** The name that the port is at, and the addresses of that. */
  target: string;
  addresses: readonly string[];
}

function portsOf(service: Service, view: ClusterView, base: string): NamedPort[] {
  if (!isHeadless(service)) {
    return (service.spec.ports ?? []).map(({ name = '', protocol = 'TCP', port }) => ({
      name,
      protocol: protocol.toLowerCase(),
      port,
      target: base,
      addresses: clusterIPsOf(service),
    }));
  }
  const byTarget = new Map<string, NamedPort & { addresses: string[] }>();
  for (const { host, address, ports } of endpointsOf(service, view)) {
    for (const { name = '', protocol = 'TCP', port } of ports ?? []) {
      if (!port) continue;
      const target = `${host}.${base}`;
      const key = `${name} ${protocol} ${port} ${target}`;
      const known = byTarget.get(key);
      if (known) known.addresses.push(address);
      else byTarget.set(key, { name, protocol: protocol.toLowerCase(), port, target, addresses: [address] });
    }
  }
  return [...byTarget.values()];
}

function serviceRecords(question: Question, ports: readonly NamedPort[]): DnsRecord[] {
  const weight = Math.max(1, Math.floor(100 / ports.length));
  return ports.map(({ port, target }) => ({
    name: question.name,
    type: 'SRV',
    ttl,
    priority: 0,
    weight,
    port,
    target,
  }));
}

interface NamedEndpoint {
  host: string;
  address: string;
  ports: EndpointSlice['ports'];
}

function endpointsOf(service: Service, view: ClusterView): NamedEndpoint[] {
  const { name, namespace } = service.metadata;
  const endpoints = new Map<string, NamedEndpoint>();
  for (const slice of view.slices(namespace!, name)) {
    for (const endpoint of slice.endpoints ?? []) {
      if (endpoint.conditions?.ready === false && !service.spec.publishNotReadyAddresses) continue;
      if (slice.addressType !== 'IPv4' && slice.addressType !== 'IPv6') continue;
      for (const text of endpoint.addresses.slice(0, 1)) {
        const address = canonicalAddress(text);
        const host = endpoint.hostname?.toLowerCase() || dashed(address);
        endpoints.set(`${address} ${slice.metadata.name}`, { host, address, ports: slice.ports });
      }
    }
  }
  return [...endpoints.values()];
}

/** The name of an endpoint that has no hostname. */
export function dashed(address: string): string {
  return address.replaceAll(/[.:]/g, '-');
}

function isHeadless(service: Service): boolean {
  return service.spec.clusterIP === 'None';
}

function clusterIPsOf({ spec }: Service): string[] {
  return (spec.clusterIPs ?? (spec.clusterIP ? [spec.clusterIP] : [])).map(canonicalAddress);
}

export function addressRecords(name: string, addresses: Iterable<string>): DnsRecord[] {
  return [...new Set(addresses)].map((address) => ({
    name,
    type: familyOf(address) === 'IPv4' ? 'A' : 'AAAA',
    ttl,
    address,
  }));
}

/** Of `records` those that were asked for; with `ports` the addresses of their targets. */
export function found(
  question: Question,
  view: ClusterView,
  records: readonly DnsRecord[],
  ports: readonly NamedPort[] = [],
): Answer {
  const answers =
    question.type === 'ANY' ? records : records.filter((record) => record.type === question.type);
  const targets = new Map(ports.map((port) => [port.target, port.addresses]));
  return {
    rcode: 'NOERROR',
    answers,
    authority: answers.length === 0 ? [authorityOf(view)] : [],
    additional: [...targets].flatMap(([target, addresses]) => addressRecords(target, addresses)),
    authoritative: true,
  };
}

export function missing(view: ClusterView): Answer {
  return {
    rcode: 'NXDOMAIN',
    answers: [],
    authority: [authorityOf(view)],
    additional: [],
    authoritative: true,
  };
}

export function authorityOf(view: ClusterView): DnsRecord {
  return {
    name: view.domain,
    type: 'SOA',
    ttl,
    primary: `ns.dns.${view.domain}`,
    mailbox: `hostmaster.${view.domain}`,
    serial: 1,
    minimum: ttl,
  };
}
