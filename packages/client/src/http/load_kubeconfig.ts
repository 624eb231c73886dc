import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { parseYaml } from '@kubets/api';
import type { HttpTransportOptions } from './http_transport.ts';

export interface Kubeconfig extends HttpTransportOptions {
  context: string;
  /** The context's namespace. */
  namespace: string;
}

interface Cluster {
  server?: string;
  'certificate-authority'?: string;
  'certificate-authority-data'?: string;
  'insecure-skip-tls-verify'?: boolean;
  'tls-server-name'?: string;
}

interface User {
  'client-certificate'?: string;
  'client-certificate-data'?: string;
  'client-key'?: string;
  'client-key-data'?: string;
  token?: string;
  tokenFile?: string;
  as?: string;
  'as-uid'?: string;
  'as-groups'?: string[];
}

interface Context {
  cluster: string;
  user?: string;
  namespace?: string;
}

/**
 * What a kubeconfig file says of one context (default: the current one), ready for `httpTransport`. Files that it
 * names are read relative to it, as kubectl does; a token file again at each use, since tokens in it are renewed.
 */
export async function loadKubeconfig(path: string, context?: string): Promise<Kubeconfig> {
  const config = (parseYaml(await readFile(path, 'utf8')) ?? {}) as Record<string, any>;
  const name: string = context ?? config['current-context'];
  if (!name) throw new Error(`${path} has no current context`);
  const { cluster: clusterName, user: userName, namespace } = entry<Context>(config, 'context', name);
  const cluster = entry<Cluster>(config, 'cluster', clusterName);
  const user = userName ? entry<User>(config, 'user', userName) : {};
  if (!cluster.server) throw new Error(`${path}: cluster ${clusterName} has no server`);

  const fileOf = (file: string) => resolve(dirname(path), file);
  const pem = async (data: string | undefined, file: string | undefined) => {
    if (data) return Buffer.from(data, 'base64').toString('utf8');
    return file ? await readFile(fileOf(file), 'utf8') : undefined;
  };
  const [ca, cert, key] = await Promise.all([
    pem(cluster['certificate-authority-data'], cluster['certificate-authority']),
    pem(user['client-certificate-data'], user['client-certificate']),
    pem(user['client-key-data'], user['client-key']),
  ]);
  const { token, tokenFile } = user;
  return {
    context: name,
    namespace: namespace ?? 'default',
    server: cluster.server,
    ca,
    cert,
    key,
    // As in client-go, the file wins.
    token: tokenFile ? () => readFileSync(fileOf(tokenFile), 'utf8').trim() : token,
    serverName: cluster['tls-server-name'],
    insecureSkipTlsVerify: cluster['insecure-skip-tls-verify'],
    headers: impersonation(user),
  };

  function entry<T>(config: Record<string, any>, kind: 'context' | 'cluster' | 'user', name: string): T {
    const entries: { name: string }[] = config[`${kind}s`] ?? [];
    const found = entries.find((each) => each.name === name) as Record<string, T> | undefined;
    if (!found) throw new Error(`${path} has no ${kind} ${name}`);
    return found[kind] ?? ({} as T);
  }
}

function impersonation(user: User): Record<string, string | string[]> {
  return {
    ...(user.as && { 'impersonate-user': user.as }),
    ...(user['as-uid'] && { 'impersonate-uid': user['as-uid'] }),
    ...(user['as-groups']?.length && { 'impersonate-group': user['as-groups'] }),
  };
}
