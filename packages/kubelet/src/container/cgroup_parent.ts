import type { Pod } from '@kubets/api';
import type { NodeConfig } from '../node/node_config.ts';
import { qosClass } from './qos.ts';

/** The cgroup that holds all of a pod: below the node's root, one level down for Burstable and BestEffort. */
export function podCgroup(pod: Pod, { cgroup }: Pick<NodeConfig, 'cgroup'>): string {
  const qos = (pod.status?.qosClass ?? qosClass(pod.spec)).toLowerCase();
  const tier = qos === 'guaranteed' ? [] : [qos];
  const leaf = `pod${pod.metadata.uid}`;
  if (cgroup.driver === 'cgroupfs') return [cgroup.root.replace(/\/$/, ''), ...tier, leaf].join('/');
  // systemd: the name of a slice spells its whole path, and a dash in a part would start a new one.
  const parts = [...cgroup.root.split('/').filter(Boolean), ...tier, leaf];
  return `${parts.map((part) => part.replaceAll('-', '_')).join('-')}.slice`;
}
