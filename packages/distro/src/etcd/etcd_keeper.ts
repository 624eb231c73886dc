// Beside a server with a managed etcd: keeps this machine's member running, gives it its vote when it has caught up,
// and knows where the others are.
import { type Clock, type Component, errorMessage, type Logger } from '@kubets/base';
import { type ClusterConfig, readClusterConfig, writeClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { livePid } from '../processes/process_record.ts';
import { type EtcdMember, etcdMembership } from './etcd_cluster.ts';
import { clientUrl, etcdTls, type ManagedEtcd, peerUrl } from './etcd_config.ts';
import { startEtcd } from './etcd_process.ts';

const checkMs = 1_000;
const membersMs = 30_000;
const restartPauseMs = 2_000;

type Place = 'voter' | 'learner' | 'removed';

export function etcdKeeper(options: {
  paths: ClusterPaths;
  config: ClusterConfig;
  clock: Clock;
  log: Logger;
}): Component {
  const { paths, config, clock, log } = options;
  const etcd = config.etcd!;
  const member = etcd.managed!;
  let place: Place | undefined;
  const lookAtMembers = async () => {
    const membership = etcdMembership(etcd.endpoints, etcdTls(paths, etcd));
    try {
      const members = await membership.list();
      const found = placeAmong(members, member);
      if (found.place === 'learner') {
        // Refused while it lags behind: the next round asks again.
        await membership.promote(found.own!).then(
          () => log.info('etcd member has its vote', { name: member.name }),
          (error) =>
            log.info('etcd member is catching up', { name: member.name, reason: errorMessage(error) }),
        );
      }
      if (found.place === 'removed' && place !== 'removed') {
        log.error('this machine was removed from etcd: end it with `kubets down`, then let it join again', {
          name: member.name,
        });
      }
      place = found.place;
      rememberEndpoints(paths, found.endpoints);
    } finally {
      membership.close();
    }
  };
  return {
    name: 'etcd keeper',
    async run(signal) {
      let nextMembers = 0;
      while (!signal.aborted) {
        try {
          // One that was removed would end again at once.
          if (place !== 'removed' && livePid(paths, 'etcd') === undefined) {
            log.warn('etcd is not running: starting it');
            startEtcd(paths, member);
            await clock.sleep(restartPauseMs, signal);
            nextMembers = 0;
          }
          if (clock.now() >= nextMembers) {
            await lookAtMembers();
            nextMembers = clock.now() + (place === 'learner' ? checkMs : membersMs);
          }
        } catch (error) {
          if (signal.aborted) return;
          log.warn('etcd members are unknown', { error: errorMessage(error) });
          nextMembers = clock.now() + restartPauseMs;
        }
        await clock.sleep(checkMs, signal).catch(() => {});
      }
    },
  };
}

/** What the members say of `member`, and where clients find those that there are, the own one first. */
export function placeAmong(
  members: readonly EtcdMember[],
  member: ManagedEtcd,
): { place: Place; own: EtcdMember | undefined; endpoints: string[] } {
  // It has no name until it has started for the first time.
  const own = members.find(({ name, peerUrls }) =>
    name === '' ? peerUrls.includes(peerUrl(member)) : name === member.name,
  );
  const others = members.filter((each) => each !== own && each.name !== '');
  return {
    place: own ? (own.learner ? 'learner' : 'voter') : 'removed',
    own,
    endpoints: [...(own ? [clientUrl(member)] : []), ...others.flatMap((each) => each.clientUrls)],
  };
}

/** For the next start. Read anew: other commands write the configuration too. */
function rememberEndpoints(paths: ClusterPaths, endpoints: readonly string[]): void {
  const config = readClusterConfig(paths);
  if (!config?.etcd || config.etcd.endpoints.join() === endpoints.join()) return;
  writeClusterConfig(paths, { ...config, etcd: { ...config.etcd, endpoints } });
}
