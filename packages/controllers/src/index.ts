import type { Component } from '@kubets/base';
import { bootstrapTokenCleaner } from './bootstraptoken/index.ts';
import { certificatesController } from './certificates/index.ts';
import { clusterRoleAggregationController } from './clusterroleaggregation/index.ts';
import { cronJobController } from './cronjob/index.ts';
import { daemonSetController } from './daemonset/index.ts';
import { deploymentController } from './deployment/index.ts';
import { disruptionController } from './disruption/index.ts';
import { endpointsController } from './endpoints/index.ts';
import { endpointSliceController } from './endpointslice/index.ts';
import { endpointSliceMirroringController } from './endpointslicemirroring/index.ts';
import { ephemeralVolumeController } from './ephemeralvolume/index.ts';
import { garbageCollector } from './garbagecollector/index.ts';
import { jobController } from './job/index.ts';
import { namespaceController } from './namespace/index.ts';
import { nodeIpamController } from './nodeipam/index.ts';
import { nodeLifecycleController } from './nodelifecycle/index.ts';
import { persistentVolumeBinder } from './persistentvolume/index.ts';
import { podAutoscalerController } from './podautoscaler/index.ts';
import { podGarbageCollector } from './podgc/index.ts';
import { replicaSetController } from './replicaset/index.ts';
import { replicationControllerController } from './replicationcontroller/index.ts';
import { resourceQuotaController } from './resourcequota/index.ts';
import { rootCaPublisher } from './rootca/index.ts';
import { type ControllersOptions, componentOf } from './run_controllers.ts';
import type { ControllerDefinition } from './runtime/controller.ts';
import { serviceAccountController } from './serviceaccount/index.ts';
import { serviceCidrController } from './servicecidr/index.ts';
import { serviceLbController } from './servicelb/index.ts';
import { statefulSetController } from './statefulset/index.ts';
import {
  attributesClassProtectionController,
  claimProtectionController,
  volumeProtectionController,
} from './storageprotection/index.ts';
import { taintEvictionController } from './tainteviction/index.ts';
import { ttlAfterFinishedController } from './ttlafterfinished/index.ts';

/** Every controller of the cluster. None depends on its place; the order tells what there is. */
export const controllers: readonly ControllerDefinition[] = [
  // Namespaces, and what each must have.
  namespaceController,
  serviceAccountController,
  rootCaPublisher,
  resourceQuotaController,
  garbageCollector,
  // Workloads.
  replicaSetController,
  replicationControllerController,
  deploymentController,
  statefulSetController,
  daemonSetController,
  jobController,
  cronJobController,
  ttlAfterFinishedController,
  podAutoscalerController,
  disruptionController,
  podGarbageCollector,
  // Nodes.
  nodeIpamController,
  nodeLifecycleController,
  taintEvictionController,
  // Services.
  endpointSliceController,
  endpointSliceMirroringController,
  endpointsController,
  serviceLbController,
  serviceCidrController,
  // Storage.
  persistentVolumeBinder,
  claimProtectionController,
  volumeProtectionController,
  attributesClassProtectionController,
  ephemeralVolumeController,
  // Access.
  clusterRoleAggregationController,
  certificatesController,
  bootstrapTokenCleaner,
];

/** One component that runs `controllers`, or those in `options.definitions`. */
export function runControllers(
  options: Omit<ControllersOptions, 'definitions'> & { definitions?: readonly ControllerDefinition[] },
): Component {
  return componentOf({ ...options, definitions: options.definitions ?? controllers });
}

export type { ControllersOptions } from './run_controllers.ts';
export { type CertificateSigner, type ControllersConfig, defaultConfig } from './runtime/config.ts';
export type {
  Controller,
  ControllerContext,
  ControllerDefinition,
  ReconcileResult,
} from './runtime/controller.ts';
