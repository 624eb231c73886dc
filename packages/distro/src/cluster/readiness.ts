// Waiting until a cluster answers, through its API like any client.
import { Resolver } from 'node:dns/promises';
import { errorMessage } from '@kubets/base';
import { createClient, refs } from '@kubets/client';
import { httpTransport } from '@kubets/client/http/index.ts';
import { readKeyPair } from '../certificates/cluster_pki.ts';
import { accepts } from '../host/accepts.ts';
import { UserError } from '../main.ts';
import { livePid, type Role } from '../processes/process_record.ts';
import { logTail } from '../processes/process_spawn.ts';
import type { ClusterConfig } from './config.ts';
import type { ClusterPaths } from './paths.ts';

const pollMs = 25;

/** An API client with the administrator's certificate. Close it when done. */
export function adminConnection(paths: ClusterPaths, config: ClusterConfig) {
  const admin = readKeyPair(paths, 'admin');
  const transport = httpTransport({
    server: `https://127.0.0.1:${config.apiPort}`,
    ca: readKeyPair(paths, 'ca').certificate,
    cert: admin.certificate,
    key: admin.key,
  });
  return { client: createClient(transport), close: () => transport.close() };
}

/** Resolves when the server (`server`) or all its nodes (`nodes`) are ready. @throws UserError with the log's end. */
export async function clusterReady(
  paths: ClusterPaths,
  config: ClusterConfig,
  what: 'server' | 'nodes',
  timeoutMs: number,
): Promise<void> {
  const role: Role = what === 'server' || config.fakeNodes > 0 ? 'server' : 'agent';
  const end = Date.now() + timeoutMs;
  const { client, close } = adminConnection(paths, config);
  let last = 'it did not answer';
  try {
    while (Date.now() < end) {
      if (livePid(paths, role) === undefined) break;
      try {
        if (what === 'server') {
          await client.request('GET', '/readyz');
          return;
        }
        const { items } = await client.list(refs.nodes);
        const ready = items.filter((node) =>
          node.status?.conditions?.some(
            (condition) => condition.type === 'Ready' && condition.status === 'True',
          ),
        );
        last = `${ready.length} of ${Math.max(1, config.fakeNodes)} nodes are Ready`;
        if (ready.length >= Math.max(1, config.fakeNodes) && (await agentServes(config))) return;
      } catch (error) {
        last = errorMessage(error);
      }
      await new Promise((resolve) => setTimeout(resolve, pollMs));
    }
  } finally {
    close();
  }
  const died =
    livePid(paths, role) === undefined ? 'ended' : `is not ready after ${timeoutMs / 1000} s (${last})`;
  throw new UserError(`the ${role} ${died}; the end of its log:\n${logTail(paths, role)}`);
}

/**
 * Whether the agent answers as kubelet and as name server. Its node alone does not tell: it is Ready still from
 * before where the agent was killed a moment ago.
 */
async function agentServes(config: ClusterConfig): Promise<boolean> {
  if (config.fakeNodes > 0) return true;
  const answers = await Promise.all([
    accepts({ host: '127.0.0.1', port: config.kubeletPort }),
    namesResolve(config),
  ]);
  return answers.every(Boolean);
}

/** The name server listens before it knows the cluster: a name that is always there tells. */
async function namesResolve(config: ClusterConfig): Promise<boolean> {
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([config.dnsAddress]);
  try {
    await resolver.resolve4(`kubernetes.default.svc.${config.clusterDomain}`);
    return true;
  } catch {
    return false;
  }
}
