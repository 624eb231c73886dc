// The user's kubeconfig: one context for each cluster, everything else in the file left as it is.
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { formatYaml, parseYaml } from '@kubets/api';
import type { KeyPair } from './certificates.ts';

export interface KubeconfigEntry extends KeyPair {
  name: string;
  server: string;
  /** PEM of the authority. */
  ca: string;
}

interface NamedEntry {
  name: string;
  [key: string]: unknown;
}

interface NamedAuthority {
  'certificate-authority-data'?: string;
}

interface Kubeconfig {
  apiVersion: 'v1';
  kind: 'Config';
  clusters?: NamedEntry[] | null;
  contexts?: NamedEntry[] | null;
  users?: NamedEntry[] | null;
  'current-context'?: string;
  [key: string]: unknown;
}

/** A kubeconfig that holds one cluster only. */
export function formatKubeconfig(entry: KubeconfigEntry): string {
  return formatYaml(withEntry({ apiVersion: 'v1', kind: 'Config' }, entry));
}

/** Where kubectl would write: the first file of $KUBECONFIG, else ~/.kube/config. */
export function userKubeconfigPath(): string {
  const first = process.env.KUBECONFIG?.split(delimiter).find((path) => path !== '');
  return first ?? join(homedir(), '.kube', 'config');
}

/** Adds or replaces the cluster's context and makes it current. */
export function mergeIntoKubeconfig(path: string, entry: KubeconfigEntry): void {
  writeWhole(path, withEntry(readKubeconfig(path), entry));
}

/**
 * Takes the cluster's context out again, unless a cluster of another state folder or machine has the name by now:
 * that one has an authority of its own. A file that held nothing else stays, empty.
 */
export function removeFromKubeconfig(
  path: string,
  { name, ca }: { name: string; ca?: string | undefined },
): void {
  if (!existsSync(path)) return;
  const config = readKubeconfig(path);
  const cluster = config.clusters?.find((each) => each.name === name)?.cluster as NamedAuthority | undefined;
  const authority = cluster?.['certificate-authority-data'];
  if (ca !== undefined && authority !== undefined && authority !== base64(ca)) return;
  const without = (list: NamedEntry[] | null | undefined) =>
    (list ?? []).filter((item) => item.name !== name);
  const next: Kubeconfig = {
    ...config,
    clusters: without(config.clusters),
    contexts: without(config.contexts),
    users: without(config.users),
  };
  if (next['current-context'] === name) next['current-context'] = next.contexts?.[0]?.name ?? '';
  writeWhole(path, next);
}

function withEntry(config: Kubeconfig, entry: KubeconfigEntry): Kubeconfig {
  const put = (list: NamedEntry[] | null | undefined, item: NamedEntry) => [
    ...(list ?? []).filter((other) => other.name !== item.name),
    item,
  ];
  return {
    ...config,
    clusters: put(config.clusters, {
      name: entry.name,
      cluster: { server: entry.server, 'certificate-authority-data': base64(entry.ca) },
    }),
    users: put(config.users, {
      name: entry.name,
      user: { 'client-certificate-data': base64(entry.certificate), 'client-key-data': base64(entry.key) },
    }),
    contexts: put(config.contexts, { name: entry.name, context: { cluster: entry.name, user: entry.name } }),
    'current-context': entry.name,
  };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function readKubeconfig(path: string): Kubeconfig {
  const empty: Kubeconfig = { apiVersion: 'v1', kind: 'Config' };
  if (!existsSync(path)) return empty;
  const parsed = parseYaml(readFileSync(path, 'utf8'));
  if (parsed === null || parsed === undefined) return empty;
  if (typeof parsed !== 'object' || Array.isArray(parsed)) throw new Error(`${path} is not a kubeconfig`);
  return parsed as Kubeconfig;
}

function writeWhole(path: string, config: Kubeconfig): void {
  mkdirSync(dirname(path), { recursive: true });
  const mode = existsSync(path) ? statSync(path).mode & 0o777 : 0o600;
  const next = `${path}.kubets-${process.pid}`;
  writeFileSync(next, formatYaml(config), { mode });
  renameSync(next, path);
}
