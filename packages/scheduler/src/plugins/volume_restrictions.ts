import type { ClusterObjects } from '../state/cluster_objects.ts';
import type { PodInfo } from '../state/pod_info.ts';
import { resolvable, type SchedulerPlugin } from './plugin.ts';

const inUse = resolvable(
  'node(s) unavailable due to PersistentVolumeClaim with ReadWriteOncePod access mode already in-use by another pod',
);

/** A claim of mode ReadWriteOncePod is for one pod in the whole cluster (KEP-2485). */
export const volumeRestrictions: SchedulerPlugin = {
  name: 'VolumeRestrictions',
  filter(pod, { snapshot, objects }) {
    const exclusive = exclusiveClaims(pod, objects);
    if (exclusive.size === 0) return undefined;
    let users = 0;
    const usesOf = (other: PodInfo) =>
      other.namespace === pod.namespace && other.uid !== pod.uid
        ? other.claims.filter(({ name }) => exclusive.has(name)).length
        : 0;
    for (const { pod: other } of snapshot.podsIn(pod.namespace)) users += usesOf(other);
    return {
      test: () => (users > 0 ? inUse : undefined),
      podChanged(other, _, delta) {
        users += delta * usesOf(other);
      },
    };
  },
  wakesOn: (event, pod) =>
    (event.type === 'podGone' &&
      event.pod.namespace === pod.namespace &&
      event.pod.claims.some(({ name }) => pod.claims.some((claim) => claim.name === name))) ||
    (event.type === 'claim' && event.claim.metadata.namespace === pod.namespace),
};

function exclusiveClaims(pod: PodInfo, objects: ClusterObjects): Set<string> {
  const names = new Set<string>();
  for (const { name } of pod.claims)
    if (objects.claim(pod.namespace, name)?.spec?.accessModes?.includes('ReadWriteOncePod')) names.add(name);
  return names;
}
