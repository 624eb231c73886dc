// The scheduling plugins, in the order in which filters are asked: the first that fails a node gives the reason.
import { imageLocality } from './image_locality.ts';
import { interPodAffinity } from './inter_pod_affinity.ts';
import { nodeAffinity } from './node_affinity.ts';
import { nodeName } from './node_name.ts';
import { nodePorts } from './node_ports.ts';
import { nodeResourcesBalancedAllocation } from './node_resources_balanced_allocation.ts';
import { nodeResourcesFit } from './node_resources_fit.ts';
import { nodeUnschedulable } from './node_unschedulable.ts';
import type { SchedulerPlugin } from './plugin.ts';
import { podTopologySpread } from './pod_topology_spread.ts';
import { schedulingGates } from './scheduling_gates.ts';
import { taintToleration } from './taint_toleration.ts';
import { type VolumeBindingOptions, volumeBinding } from './volume_binding.ts';
import { volumeRestrictions } from './volume_restrictions.ts';
import { volumeZone } from './volume_zone.ts';

export function schedulerPlugins(options: VolumeBindingOptions): readonly SchedulerPlugin[] {
  return [
    schedulingGates,
    nodeUnschedulable,
    nodeName,
    taintToleration,
    nodeAffinity,
    nodePorts,
    nodeResourcesFit,
    volumeRestrictions,
    volumeBinding(options),
    volumeZone,
    podTopologySpread,
    interPodAffinity,
    nodeResourcesBalancedAllocation,
    imageLocality,
  ];
}
