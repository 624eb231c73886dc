// Beside a server with a managed etcd: keeps this machine's member running, gives it its vote when it has caught up,
// and knows where the others are.
import { type Clock, type Component, errorMessage, type Logger } from '@kubets/base';
import { type ClusterConfig, writeClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { livePid } from '../processes/process_record.ts';
import { etcdMembership } from './etcd_cluster.ts';
import { clientUrl, etcdTls } from './etcd_config.ts';
import { startEtcd } from './etcd_process.ts';

const checkMs = 1_000;
const membersMs = 30_000;
const restartPauseMs = 2_000;

export function etcdKeeper(options: {
  paths: ClusterPaths;
  config: ClusterConfig;
  clock: Clock;
  log: Logger;
}): Component {
  const { paths, config, clock, log } = options;
  const etcd = config.etcd!;
  const member = etcd.managed!;
  let voter = false;
  const lookAtMembers = async () => {
    const membership = etcdMembership(etcd.endpoints, etcdTls(paths, etcd));
    try {
      const members = await membership.list();
      const own = members.find((each) => each.name === member.name);
      if (own?.learner) {
        // Refused while it lags behind: the next round asks again.
        await membership.promote(own).then(
          () => log.info('etcd member has its vote', { name: member.name }),
          (error) =>
            log.info('etcd member is catching up', { name: member.name, reason: errorMessage(error) }),
        );
      } else voter = own !== undefined;
      const others = members
        .filter((each) => each.name !== '' && each.name !== member.name)
        .flatMap((each) => each.clientUrls);
      const endpoints = [clientUrl(member), ...others];
      if (endpoints.join() !== etcd.endpoints.join()) {
        writeClusterConfig(paths, { ...config, etcd: { ...etcd, endpoints } });
      }
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
          if (livePid(paths, 'etcd') === undefined) {
            log.warn('etcd is not running: starting it');
            startEtcd(paths, member);
            await clock.sleep(restartPauseMs, signal);
          }
          if (clock.now() >= nextMembers) {
            await lookAtMembers();
            nextMembers = clock.now() + (voter ? membersMs : checkMs);
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
