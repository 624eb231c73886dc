// Every word, area by area.
import { access } from './access.ts';
import { admission } from './admission.ts';
import { apps } from './apps.ts';
import { autoscaling } from './autoscaling.ts';
import { batch } from './batch.ts';
import { certificates } from './certificates.ts';
import { cluster } from './cluster.ts';
import { containers } from './containers.ts';
import { devices } from './devices.ts';
import { extensions } from './extensions.ts';
import { meta } from './meta.ts';
import { networking } from './networking.ts';
import { nodes } from './nodes.ts';
import { persistentVolumes } from './persistent_volumes.ts';
import { placement } from './placement.ts';
import { pods } from './pods.ts';
import { policy } from './policy.ts';
import { priorityAndFairness } from './priority_and_fairness.ts';
import { resourceClaims } from './resource_claims.ts';
import { services } from './services.ts';
import { storageSources } from './storage_sources.ts';
import { volumes } from './volumes.ts';

export const areas: readonly string[] = [
  meta,
  pods,
  containers,
  placement,
  volumes,
  storageSources,
  persistentVolumes,
  services,
  networking,
  nodes,
  cluster,
  apps,
  batch,
  autoscaling,
  policy,
  devices,
  resourceClaims,
  access,
  certificates,
  admission,
  extensions,
  priorityAndFairness,
];
