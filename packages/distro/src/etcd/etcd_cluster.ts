// The members of an etcd cluster: who they are, joining as a learner, promotion, removal.
import type { Member, MemberAddResponse, MemberListResponse } from '@kubets/api/generated/etcd.ts';
import { type EtcdEndpoint, type EtcdTls, etcdEndpoint } from '@kubets/storage/etcd/etcd_endpoint.ts';

export interface EtcdMember {
  /** 64 bits, as the codec has them: passed back, never reckoned with. */
  id: number;
  /** Empty until the member has started for the first time. */
  name: string;
  peerUrls: readonly string[];
  clientUrls: readonly string[];
  learner: boolean;
}

export interface EtcdMembership {
  list(): Promise<EtcdMember[]>;
  /** A member that follows the log and has no vote yet. Returns all members, the new one among them. */
  addLearner(peerUrl: string): Promise<EtcdMember[]>;
  /** Gives a learner its vote. Rejects while it has not caught up. */
  promote(member: EtcdMember): Promise<void>;
  remove(member: EtcdMember): Promise<void>;
  close(): void;
}

const attemptMs = 6_000;

/** Asks the servers in turn until one answers. @throws what the last one answered */
export function etcdMembership(endpoints: readonly string[], tls: EtcdTls | undefined): EtcdMembership {
  const servers = endpoints.map((url) => etcdEndpoint(url, tls));
  const ask = async <Response>(method: string, request: object): Promise<Response> => {
    let last: unknown = new Error('etcd has no servers');
    for (const server of servers) {
      try {
        return await call<Response>(server, method, request);
      } catch (error) {
        last = error;
      }
    }
    throw last;
  };
  return {
    async list() {
      const { members = [] } = await ask<MemberListResponse>('Cluster/MemberList', {});
      return members.map(memberOf);
    },
    async addLearner(peerUrl) {
      const request = { peerURLs: [peerUrl], isLearner: true };
      const { members = [] } = await ask<MemberAddResponse>('Cluster/MemberAdd', request);
      return members.map(memberOf);
    },
    async promote({ id }) {
      await ask('Cluster/MemberPromote', { ID: id });
    },
    async remove({ id }) {
      await ask('Cluster/MemberRemove', { ID: id });
    },
    close() {
      for (const server of servers) server.close();
    },
  };
}

function call<Response>(server: EtcdEndpoint, method: string, request: object): Promise<Response> {
  return server.call<Response>(method, request, Date.now() + attemptMs);
}

function memberOf({ ID, name, peerURLs, clientURLs, isLearner }: Member): EtcdMember {
  return {
    id: ID ?? 0,
    name: name ?? '',
    peerUrls: peerURLs ?? [],
    clientUrls: clientURLs ?? [],
    learner: isLearner ?? false,
  };
}
