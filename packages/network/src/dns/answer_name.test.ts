import type { EndpointSlice, Service } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import { service, slice } from '../testing/objects.ts';
import { addressOf, pointersOf } from './answer_address.ts';
import { answerName } from './answer_name.ts';
import type { ClusterView } from './cluster_view.ts';
import type { DnsRecord } from './message.ts';

const http = [{ name: 'http', port: 8080, protocol: 'TCP' }];
const view = viewOf(
  [
    service('web', {
      clusterIP: '10.96.0.80',
      clusterIPs: ['10.96.0.80', 'fd00::80'],
      ports: [
        { name: 'http', port: 80, protocol: 'TCP' },
        { name: 'dns', port: 53, protocol: 'UDP' },
      ],
    }),
    service('db', { clusterIP: 'None' }),
    service('late', { clusterIP: 'None', publishNotReadyAddresses: true }),
    service('empty', { clusterIP: 'None' }),
    service('alias', { type: 'ExternalName', externalName: 'Example.COM.' }),
  ],
  [
    slice(
      'db',
      [
        { addresses: ['10.244.0.2'], hostname: 'db-0', nodeName: 'n', conditions: { ready: true } },
        { addresses: ['10.244.0.3'], nodeName: 'n' },
        { addresses: ['10.244.0.4'], hostname: 'db-2', nodeName: 'n', conditions: { ready: false } },
      ],
      http,
    ),
    slice('late', [{ addresses: ['10.244.0.5'], hostname: 'late-0', conditions: { ready: false } }], []),
    slice('empty', []),
  ],
);

/** A question and, in short, what comes back. */
const questions: [question: string, answer: string][] = [
  ['A web.default.svc.cluster.local', '10.96.0.80'],
  ['AAAA web.default.svc.cluster.local', 'fd00::80'],
  ['ANY web.default.svc.cluster.local', '10.96.0.80 fd00::80'],
  ['MX web.default.svc.cluster.local', 'no such record'],
  ['SRV _http._tcp.web.default.svc.cluster.local', '100:80 web.default.svc.cluster.local'],
  ['SRV _dns._udp.web.default.svc.cluster.local', '100:53 web.default.svc.cluster.local'],
  ['SRV _dns._tcp.web.default.svc.cluster.local', 'no such name'],
  ['A _http._tcp.web.default.svc.cluster.local', 'no such record'],
  [
    'SRV web.default.svc.cluster.local',
    '50:80 web.default.svc.cluster.local 50:53 web.default.svc.cluster.local',
  ],
  ['A db.default.svc.cluster.local', '10.244.0.2 10.244.0.3'],
  ['AAAA db.default.svc.cluster.local', 'no such record'],
  ['A db-0.db.default.svc.cluster.local', '10.244.0.2'],
  ['A 10-244-0-3.db.default.svc.cluster.local', '10.244.0.3'],
  ['A db-2.db.default.svc.cluster.local', 'no such name'],
  ['A db-0.web.default.svc.cluster.local', 'no such name'],
  [
    'SRV _http._tcp.db.default.svc.cluster.local',
    '50:8080 db-0.db.default.svc.cluster.local 50:8080 10-244-0-3.db.default.svc.cluster.local',
  ],
  ['A late.default.svc.cluster.local', '10.244.0.5'],
  ['A empty.default.svc.cluster.local', 'no such name'],
  ['A alias.default.svc.cluster.local', '-> example.com'],
  ['CNAME alias.default.svc.cluster.local', '-> example.com'],
  ['A none.default.svc.cluster.local', 'no such name'],
  ['A web.other.svc.cluster.local', 'no such name'],
  ['A a.b.c.web.default.svc.cluster.local', 'no such name'],
  ['A default.svc.cluster.local', 'no such record'],
  ['A other.svc.cluster.local', 'no such name'],
  ['A svc.cluster.local', 'no such record'],
  ['A cluster.local', 'no such record'],
  ['NS cluster.local', '-> ns.dns.cluster.local'],
  ['SOA cluster.local', 'ns.dns.cluster.local'],
  ['A ns.dns.cluster.local', '10.96.0.10'],
  ['TXT dns-version.cluster.local', '1.1.0'],
  ['A 10-244-0-9.default.pod.cluster.local', '10.244.0.9'],
  ['AAAA fd00--9.default.pod.cluster.local', 'fd00::9'],
  ['A 10-244-0-9.other.pod.cluster.local', 'no such name'],
  ['A web.default.pod.cluster.local', 'no such name'],
  ['A example.com.default.svc.cluster.local', 'no such name'],
  ['A something.cluster.local', 'no such name'],
];

describe('the answer to', () => {
  test.each(questions)('%s is %s', (question, expected) => {
    const [type, name] = question.split(' ') as [string, string];
    const { rcode, answers, authority } = answerName({ name, type }, view);
    const text = answers.map(textOf).join(' ') || (rcode === 'NXDOMAIN' ? 'no such name' : 'no such record');
    expect(text).toBe(expected);
    // A negative answer says for how long it holds.
    expect(authority.map((record) => record.type)).toEqual(answers.length > 0 ? [] : ['SOA']);
    for (const record of answers) expect(record.ttl).toBe(5);
  });

  test('a port comes with the addresses of its target', () => {
    const { additional } = answerName({ name: '_http._tcp.db.default.svc.cluster.local', type: 'SRV' }, view);
    expect(additional.map((record) => `${record.name} ${textOf(record)}`)).toEqual([
      'db-0.db.default.svc.cluster.local 10.244.0.2',
      '10-244-0-3.db.default.svc.cluster.local 10.244.0.3',
    ]);
  });
});

describe('the name of', () => {
  test.each([
    ['80.0.96.10.in-addr.arpa', 'web.default.svc.cluster.local'],
    [
      '0.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa',
      'web.default.svc.cluster.local',
    ],
    ['2.0.244.10.in-addr.arpa', 'db-0.db.default.svc.cluster.local'],
    ['3.0.244.10.in-addr.arpa', '10-244-0-3.db.default.svc.cluster.local'],
    ['9.9.9.9.in-addr.arpa', ''],
    ['9.9.9.in-addr.arpa', ''],
    ['999.9.9.9.in-addr.arpa', ''],
  ])('%s is "%s"', (name, expected) => {
    expect(pointersOf({ name, type: 'PTR' }, view).map(textOf).join(' ')).toBe(expected);
  });

  test('addresses in names are read from behind', () => {
    expect(addressOf('4.3.2.1.in-addr.arpa')).toBe('1.2.3.4');
  });
});

function textOf(record: DnsRecord): string {
  switch (record.type) {
    case 'A':
    case 'AAAA':
      return record.address;
    case 'SRV':
      return `${record.weight}:${record.port} ${record.target}`;
    case 'TXT':
      return record.text;
    case 'SOA':
      return record.primary;
    default:
      return record.type === 'PTR' ? record.target : `-> ${record.target}`;
  }
}

function viewOf(services: readonly Service[], slices: readonly EndpointSlice[]): ClusterView {
  return {
    domain: 'cluster.local',
    serverAddresses: ['10.96.0.10'],
    synced: true,
    service: (namespace, name) =>
      services.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace),
    slices: (_, name) =>
      slices.filter(({ metadata }) => metadata.labels?.['kubernetes.io/service-name'] === name),
    hasNamespace: (name) => name === 'default',
    servicesAt: (address) => services.filter(({ spec }) => spec.clusterIPs?.includes(address)),
    slicesAt: (address) =>
      slices.filter((each) => each.endpoints?.some((endpoint) => endpoint.addresses.includes(address))),
  };
}
