// The link that carries the DNS service's address on the node: pods reach it like any address of their gateway's
// machine, with no rule in between (as node-local DNS caches do).
import { execFileSync } from 'node:child_process';
import { linkName } from '@kubets/network/cni/conflist.ts';
import { findTool } from './preflight.ts';

export function dnsLinkName(machineName: string): string {
  return linkName('kdns', machineName);
}

export function ensureDnsLink(name: string, address: string): void {
  const ip = findTool('ip')!;
  const run = (...args: string[]) =>
    execFileSync(ip, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  try {
    run('link', 'show', 'dev', name);
  } catch {
    // A bridge without ports: pods need bridges anyway, while not every kernel has dummy links.
    run('link', 'add', name, 'type', 'bridge');
  }
  run('addr', 'replace', `${address}/32`, 'dev', name);
  run('link', 'set', name, 'up');
}

export function removeLink(name: string): void {
  try {
    execFileSync(findTool('ip')!, ['link', 'delete', name], { stdio: 'ignore' });
  } catch {
    // It is not there.
  }
}
