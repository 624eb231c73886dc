// The side of the cluster: who shows the token is given the bundle, and a learner's place in etcd.
import { badRequest, serviceUnavailable } from '@kubets/api';
import type { Authenticator, Authorizer, Endpoint } from '@kubets/apiserver';
import { errorMessage, type Logger } from '@kubets/base';
import { readKeyPair } from '../certificates/cluster_pki.ts';
import { type ClusterConfig, readClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { type EtcdMember, etcdMembership } from '../etcd/etcd_cluster.ts';
import { etcdTls, peerUrl } from '../etcd/etcd_config.ts';
import { type JoinBundle, readSharedFiles } from './join_bundle.ts';
import { sameSecret } from './server_token.ts';

export const caPath = '/kubets/v1/ca';
export const joinPath = '/kubets/v1/join';
const joiner = { username: 'kubets:joining-server', groups: ['kubets:joining-servers'] };

export interface JoinPart {
  authenticator: Authenticator;
  authorizer: Authorizer;
  endpoints: Record<string, Endpoint>;
}

export function joinEndpoint(options: { paths: ClusterPaths; secret: string; log: Logger }): JoinPart {
  const { paths, secret, log } = options;
  return {
    authenticator: {
      name: 'server token',
      authenticate({ path, headers }) {
        const given = /^Bearer (\S+)$/.exec(headers['authorization'] ?? '')?.[1];
        return path === joinPath && given !== undefined && sameSecret(given, secret) ? joiner : undefined;
      },
    },
    authorizer: {
      name: 'joining servers',
      authorize({ user, path, verb }) {
        // The authority's certificate is no secret: who has the token's hash of it knows it for the right one.
        if (path === caPath && verb === 'get') return { decision: 'allow', reason: '' };
        if (path === joinPath && user.username === joiner.username) return { decision: 'allow', reason: '' };
        return { decision: 'none', reason: '' };
      },
    },
    endpoints: {
      [caPath]: async () => ({
        type: 'raw',
        status: 200,
        contentType: 'application/x-pem-file',
        body: readKeyPair(paths, 'ca').certificate,
      }),
      [joinPath]: async ({ request }) => {
        if (request.method !== 'POST') throw badRequest('join with POST');
        const name = request.query.get('name') ?? '';
        const peer = request.query.get('peer') ?? '';
        if (!name || !URL.canParse(peer)) throw badRequest('name and peer are required');
        const config = readClusterConfig(paths)!;
        const bundle = await admit({ paths, config, name, peer }).catch((error) => {
          log.warn('a server cannot join yet', { name, reason: errorMessage(error) });
          throw serviceUnavailable(`etcd does not take a member now: ${errorMessage(error)}`);
        });
        log.info('a server joins', { name, peer });
        return { type: 'raw', status: 200, contentType: 'application/json', body: JSON.stringify(bundle) };
      },
    },
  };
}

async function admit(options: {
  paths: ClusterPaths;
  config: ClusterConfig;
  name: string;
  peer: string;
}): Promise<JoinBundle> {
  const { paths, config, name, peer } = options;
  const etcd = config.etcd!;
  const membership = etcdMembership(etcd.endpoints, etcdTls(paths, etcd));
  try {
    // Who joins begins with nothing: a member of the same name or address is the one that it takes the place of.
    const takesPlaceOf = (each: EtcdMember) => each.name === name || each.peerUrls.includes(peer);
    const own = peerUrl(etcd.managed!);
    const before = await membership.list();
    // etcd takes no second one, so nobody's place may be given up for this one either.
    const learner = before.find((each) => each.learner && !takesPlaceOf(each));
    if (learner) throw new Error(waitingFor(learner));
    for (const member of before.filter(takesPlaceOf)) {
      if (member.peerUrls.includes(own)) throw new Error('this is the address of a running server');
      await membership.remove(member);
    }
    const members = await membership.addLearner(peer);
    const named = members.flatMap((each) =>
      each.peerUrls.map((url) => `${each.peerUrls.includes(peer) ? name : each.name}=${url}`),
    );
    const { podCidr, serviceCidr, dnsAddress, clusterDomain } = config;
    return {
      networks: { podCidr, serviceCidr, dnsAddress, clusterDomain },
      files: readSharedFiles(paths),
      etcd: {
        initialCluster: named.join(','),
        endpoints: members.filter((each) => each.name !== '').flatMap((each) => each.clientUrls),
      },
    };
  } finally {
    membership.close();
  }
}

function waitingFor({ name, peerUrls }: EtcdMember): string {
  const [url = ''] = peerUrls;
  return `${name || url} is joining and has no vote yet; if it does not come, \`kubets etcd remove ${name || url}\``;
}
