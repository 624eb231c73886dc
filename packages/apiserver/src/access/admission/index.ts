// Admission: every plugin, in the order in which it sees a request, with upstream's names.
import type { Clock, Random } from '@kubets/base';
import type { AdmissionPlugin, Authorizer, Reader } from '../../access.ts';
import { persistentVolumeClaimResize } from './claim_resize.ts';
import { defaultTolerationSeconds } from './default_toleration_seconds.ts';
import { deviceAdminAccess } from './device_admin_access.ts';
import { enabledPlugins, type PluginChoice } from './enabled_plugins.ts';
import { limitRanger } from './limit_ranger.ts';
import { namespaceLifecycle } from './namespace_lifecycle.ts';
import { nodeDeclaredFeatures } from './node_declared_features.ts';
import { nodeRestriction } from './node_restriction.ts';
import {
  alwaysAdmit,
  alwaysDeny,
  alwaysPullImages,
  denyServiceExternalIPs,
  extendedResourceToleration,
  limitPodHardAntiAffinityTopology,
  namespaceExists,
} from './off_by_default.ts';
import { jobValidation, podGroupProtection, podGroupWorkloadExists } from './pod_groups.ts';
import { podResizeValidator } from './pod_resize.ts';
import { podSecurity } from './pod_security/index.ts';
import { podTopologyLabels } from './pod_topology_labels.ts';
import { priorityAdmission } from './priority.ts';
import { type ResourceQuotaOptions, resourceQuota } from './resource_quota.ts';
import { runtimeClassAdmission } from './runtime_class.ts';
import { serviceAccountAdmission } from './service_account.ts';
import {
  certificateApproval,
  certificateSigning,
  certificateSubjectRestriction,
  clusterTrustBundleAttest,
} from './signers.ts';
import {
  defaultIngressClass,
  defaultStorageClass,
  storageObjectInUseProtection,
} from './storage_defaults.ts';
import { taintNodesByCondition } from './taint_nodes_by_condition.ts';

export interface AdmissionOptions {
  reader: Reader;
  clock: Clock;
  random: Random;
  /** Asked whether somebody may use a signer. */
  authorizers: readonly Authorizer[];
  writeQuotaStatus: ResourceQuotaOptions['writeStatus'];
  /** Beside or instead of what runs by default. */
  plugins?: PluginChoice;
}

/** @throws Error for a name that is no plugin's. */
export function admissionPlugins(options: AdmissionOptions): readonly AdmissionPlugin[] {
  const isEnabled = enabledPlugins(options.plugins ?? {});
  const { builtIn, all } = ordered(options);
  return all.filter((plugin) => builtIn.has(plugin) || isEnabled(plugin.name));
}

function ordered(options: AdmissionOptions) {
  const { reader, clock, authorizers } = options;
  // Upstream has this one in the strategy of the kinds: no flag turns it off.
  const devices = deviceAdminAccess(reader);
  const all: AdmissionPlugin[] = [
    alwaysAdmit,
    namespaceLifecycle(reader),
    namespaceExists(reader),
    limitPodHardAntiAffinityTopology,
    limitRanger(reader),
    serviceAccountAdmission(options),
    nodeRestriction(reader),
    taintNodesByCondition,
    alwaysPullImages,
    podSecurity(reader, clock),
    priorityAdmission(reader),
    defaultTolerationSeconds,
    extendedResourceToleration,
    defaultStorageClass(reader),
    storageObjectInUseProtection,
    podGroupProtection,
    persistentVolumeClaimResize(reader),
    runtimeClassAdmission(reader),
    certificateApproval(authorizers),
    certificateSigning(authorizers),
    clusterTrustBundleAttest(authorizers),
    certificateSubjectRestriction,
    defaultIngressClass(reader),
    denyServiceExternalIPs,
    devices,
    podTopologyLabels(reader),
    podGroupWorkloadExists(reader),
    nodeDeclaredFeatures(reader),
    jobValidation(reader),
    podResizeValidator(reader),
    // Last: what it counts must be what is written.
    resourceQuota({ reader, clock, writeStatus: options.writeQuotaStatus }),
    alwaysDeny,
  ];
  return { all, builtIn: new Set([devices]) };
}
