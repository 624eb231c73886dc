// Admission, in the order in which plugins see a request. Webhooks and policies come after the built-in ones.
import type { Clock, Random } from '@kubets/base';
import type { AdmissionPlugin, Reader } from '../../access.ts';
import { defaultTolerationSeconds } from './default_toleration_seconds.ts';
import { deviceAdminAccess } from './device_admin_access.ts';
import { limitRanger } from './limit_ranger.ts';
import { namespaceLifecycle } from './namespace_lifecycle.ts';
import { nodeRestriction, taintNodesByCondition } from './node_rules.ts';
import { podResizeValidator } from './pod_resize.ts';
import { priorityAdmission } from './priority.ts';
import { type ResourceQuotaOptions, resourceQuota } from './resource_quota.ts';
import { runtimeClassAdmission } from './runtime_class.ts';
import { serviceAccountAdmission } from './service_account.ts';
import {
  defaultIngressClass,
  defaultStorageClass,
  storageObjectInUseProtection,
} from './storage_defaults.ts';

export interface AdmissionOptions {
  reader: Reader;
  clock: Clock;
  random: Random;
  writeQuotaStatus: ResourceQuotaOptions['writeStatus'];
}

export function admissionPlugins(options: AdmissionOptions): readonly AdmissionPlugin[] {
  const { reader } = options;
  return [
    namespaceLifecycle(reader),
    limitRanger(reader),
    serviceAccountAdmission(options),
    nodeRestriction(reader),
    taintNodesByCondition,
    priorityAdmission(reader),
    defaultTolerationSeconds,
    defaultStorageClass(reader),
    defaultIngressClass(reader),
    storageObjectInUseProtection,
    runtimeClassAdmission(reader),
    deviceAdminAccess(reader),
    podResizeValidator(reader),
    // Last: what it counts must be what is written.
    resourceQuota({ reader, clock: options.clock, writeStatus: options.writeQuotaStatus }),
  ];
}
