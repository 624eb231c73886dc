import { describe, expect, test } from 'vitest';
import { testPod } from '../pod/fixtures.ts';
import { parseResolvConf, podDns } from './dns.ts';
import { kernelHostname, podHostname } from './hostname.ts';
import { hostsFileContent } from './hosts_file.ts';

describe('DNS', () => {
  const hostResolvConf = 'search example.com.\nnameserver 8.8.8.8\noptions timeout:2 rotate\n';
  const dns = (spec: object, warnings: string[] = [], clusterDns = ['10.96.0.10']) =>
    podDns({
      pod: testPod(spec),
      hostResolvConf,
      clusterDns,
      clusterDomain: 'cluster.local',
      warn: (reason) => warnings.push(reason),
    });
  const cluster = {
    servers: ['10.96.0.10'],
    searches: ['default.svc.cluster.local', 'svc.cluster.local', 'cluster.local', 'example.com'],
    options: ['ndots:5'],
  };
  const host = { servers: ['8.8.8.8'], searches: ['example.com'], options: ['timeout:2', 'rotate'] };
  test.each([
    ['ClusterFirst', {}, cluster],
    ['ClusterFirst, host network', { hostNetwork: true }, host],
    ['ClusterFirstWithHostNet', { hostNetwork: true, dnsPolicy: 'ClusterFirstWithHostNet' }, cluster],
    ['Default', { dnsPolicy: 'Default' }, host],
    [
      'None',
      {
        dnsPolicy: 'None',
        dnsConfig: { nameservers: ['1.1.1.1'], options: [{ name: 'ndots', value: '2' }, { name: 'edns0' }] },
      },
      { servers: ['1.1.1.1'], searches: [], options: ['ndots:2', 'edns0'] },
    ],
  ])('%s', (_, spec, expected) => {
    expect(dns(spec)).toEqual(expected);
  });

  test('an option of the pod replaces that of the policy', () => {
    expect(dns({ dnsConfig: { options: [{ name: 'ndots', value: '1' }] } }).options).toEqual(['ndots:1']);
  });

  test('too many nameservers are left out, and told of', () => {
    const warnings: string[] = [];
    const config = dns({ dnsConfig: { nameservers: ['1.1.1.1', '2.2.2.2', '3.3.3.3'] } }, warnings);
    expect(config.servers).toHaveLength(3);
    expect(warnings).toEqual(['DNSConfigForming']);
  });

  test('without cluster DNS pods get the node’s', () => {
    const warnings: string[] = [];
    expect(dns({}, warnings, [])).toEqual(host);
    expect(warnings).toEqual(['MissingClusterDNS']);
  });

  test('the last search line counts', () => {
    expect(parseResolvConf('# x\nsearch a\nsearch b c .\n').searches).toEqual(['b', 'c']);
  });
});

describe('hostname and hosts file', () => {
  test.each([
    [{}, { hostname: 'web', domain: '' }],
    [
      { hostname: 'h', subdomain: 's' },
      { hostname: 'h', domain: 's.default.svc.cluster.local' },
    ],
    [
      { hostname: 'h', hostnameOverride: 'a.b.c' },
      { hostname: 'a.b.c', domain: '' },
    ],
  ])('%j', (spec, expected) => {
    expect(podHostname(testPod(spec), 'cluster.local')).toEqual(expected);
  });

  test('is cut to 63 characters and does not end in a dash', () => {
    const pod = testPod();
    pod.metadata.name = `${'a'.repeat(62)}-x`;
    expect(podHostname(pod, 'cluster.local').hostname).toBe('a'.repeat(62));
  });

  test('the kernel takes 64 characters', () => {
    const name = { hostname: 'h', domain: 'd'.repeat(63) };
    expect(() => kernelHostname(name, true)).toThrow(
      'is too long (64 characters is the max, 65 characters requested)',
    );
    expect(kernelHostname(name, false)).toBe('h');
  });

  test('aliases and addresses', () => {
    const pod = testPod({
      hostname: 'h',
      subdomain: 's',
      hostAliases: [{ ip: '1.2.3.4', hostnames: ['a', 'b'] }],
    });
    const content = hostsFileContent({
      pod,
      podIPs: ['10.0.0.5'],
      clusterDomain: 'cluster.local',
      nodeHosts: '',
    });
    expect(content).toMatch(/^# Kubernetes-managed hosts file\.\n127\.0\.0\.1\tlocalhost\n/);
    expect(content).toContain('10.0.0.5\th.s.default.svc.cluster.local\th\n');
    expect(content).toMatch(/\n# Entries added by HostAliases\.\n1\.2\.3\.4\ta\tb\n$/);
  });

  test('of the host network', () => {
    const pod = testPod({ hostNetwork: true });
    const content = hostsFileContent({ pod, podIPs: [], clusterDomain: '', nodeHosts: '127.0.0.1 node\n' });
    expect(content).toBe('# Kubernetes-managed hosts file (host network).\n127.0.0.1 node\n');
  });
});
