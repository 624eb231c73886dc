import type { PersistentVolume } from '@kubets/api';
import type { NodeInfo } from '../state/node_info.ts';
import { type SchedulerPlugin, unresolvable } from './plugin.ts';
import { podClaims } from './volume_claims.ts';

const failure = unresolvable('node(s) had no available volume zone');

/** Labels by which volumes name their zone, with today's name of each. */
const zoneLabels = new Map([
  ['topology.kubernetes.io/zone', 'topology.kubernetes.io/zone'],
  ['topology.kubernetes.io/region', 'topology.kubernetes.io/region'],
  ['failure-domain.beta.kubernetes.io/zone', 'topology.kubernetes.io/zone'],
  ['failure-domain.beta.kubernetes.io/region', 'topology.kubernetes.io/region'],
]);

/** A volume with a zone in its labels can only be used in that zone. */
export const volumeZone: SchedulerPlugin = {
  name: 'VolumeZone',
  filter(pod, { objects }) {
    if (pod.claims.length === 0) return undefined;
    const claims = podClaims(pod, objects);
    // VolumeBinding says so.
    if ('refused' in claims) return undefined;
    const zones = claims.bound.flatMap((claim) => {
      const volume = objects.volume(claim.spec!.volumeName!);
      return volume ? zonesOf(volume) : [];
    });
    return zones.length > 0
      ? { test: (node) => (zones.every((zone) => isIn(zone, node)) ? undefined : failure) }
      : undefined;
  },
  wakesOn(event, pod) {
    switch (event.type) {
      case 'claim':
        return event.claim.metadata.namespace === pod.namespace;
      case 'volume':
      case 'storageClass':
        return true;
      case 'node':
        return event.what.has('new') || event.what.has('labels');
      default:
        return false;
    }
  },
};

interface Zone {
  key: string;
  values: readonly string[];
}

function zonesOf({ metadata }: PersistentVolume): Zone[] {
  return Object.entries(metadata.labels ?? {})
    .filter(([key]) => zoneLabels.has(key))
    .map(([key, value]) => ({ key, values: value.split('__') }));
}

function isIn({ key, values }: Zone, { labels }: NodeInfo): boolean {
  const value = labels[key] ?? labels[zoneLabels.get(key)!];
  return value !== undefined && values.includes(value);
}
