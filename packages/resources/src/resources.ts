// Every built-in kind that is stored, by group: adding one is a file and a line.
import { mutatingAdmissionPolicy, validatingAdmissionPolicy } from './admissionregistration/policies.ts';
import {
  mutatingAdmissionPolicyBinding,
  validatingAdmissionPolicyBinding,
} from './admissionregistration/policy_bindings.ts';
import {
  mutatingWebhookConfiguration,
  validatingWebhookConfiguration,
} from './admissionregistration/webhook_configurations.ts';
import { customResourceDefinition } from './apiextensions/custom_resource_definition.ts';
import { apiService } from './apiregistration/api_service.ts';
import { storageVersion } from './apiserverinternal/storage_version.ts';
import { controllerRevision } from './apps/controller_revision.ts';
import { daemonSet } from './apps/daemon_set.ts';
import { deployment } from './apps/deployment.ts';
import { replicaSet } from './apps/replica_set.ts';
import { statefulSet } from './apps/stateful_set.ts';
import { horizontalPodAutoscaler } from './autoscaling/horizontal_pod_autoscaler.ts';
import { cronJob } from './batch/cron_job.ts';
import { job } from './batch/job.ts';
import { certificateSigningRequest } from './certificates/certificate_signing_request.ts';
import { clusterTrustBundle } from './certificates/cluster_trust_bundle.ts';
import { podCertificateRequest } from './certificates/pod_certificate_request.ts';
import { lease } from './coordination/lease.ts';
import { leaseCandidate } from './coordination/lease_candidate.ts';
import { configMap } from './core/config_map.ts';
import { endpoints } from './core/endpoints.ts';
import { event } from './core/event/event.ts';
import { limitRange } from './core/limit_range.ts';
import { namespace } from './core/namespace.ts';
import { node } from './core/node/node.ts';
import { persistentVolume } from './core/persistent_volume.ts';
import { persistentVolumeClaim } from './core/persistent_volume_claim.ts';
import { pod } from './core/pod/pod.ts';
import { podTemplate } from './core/pod_template.ts';
import { replicationController } from './core/replication_controller.ts';
import { resourceQuota } from './core/resource_quota.ts';
import { secret } from './core/secret.ts';
import { service } from './core/service/service.ts';
import { serviceAccount } from './core/service_account.ts';
import { endpointSlice } from './discovery/endpoint_slice.ts';
import { flowSchema } from './flowcontrol/flow_schema.ts';
import { priorityLevelConfiguration } from './flowcontrol/priority_level_configuration.ts';
import { ingress } from './networking/ingress.ts';
import { ingressClass } from './networking/ingress_class.ts';
import { ipAddress } from './networking/ip_address.ts';
import { networkPolicy } from './networking/network_policy.ts';
import { serviceCidr } from './networking/service_cidr.ts';
import { runtimeClass } from './node/runtime_class.ts';
import { podDisruptionBudget } from './policy/pod_disruption_budget.ts';
import { clusterRoleBinding, roleBinding } from './rbac/bindings.ts';
import { clusterRole } from './rbac/cluster_role.ts';
import { role } from './rbac/role.ts';
import { deviceClass } from './resource/device_class.ts';
import { deviceTaintRule } from './resource/device_taint_rule.ts';
import { resourceClaim } from './resource/resource_claim.ts';
import { resourceClaimTemplate } from './resource/resource_claim_template.ts';
import { resourcePoolStatusRequest } from './resource/resource_pool_status_request.ts';
import { resourceSlice } from './resource/resource_slice.ts';
import type { Resource } from './resource.ts';
import { podGroup } from './scheduling/pod_group.ts';
import { priorityClass } from './scheduling/priority_class.ts';
import { workload } from './scheduling/workload.ts';
import { csiDriver } from './storage/csi_driver.ts';
import { csiNode } from './storage/csi_node.ts';
import { csiStorageCapacity } from './storage/csi_storage_capacity.ts';
import { storageClass } from './storage/storage_class.ts';
import { volumeAttachment } from './storage/volume_attachment.ts';
import { volumeAttributesClass } from './storage/volume_attributes_class.ts';
import { storageVersionMigration } from './storagemigration/storage_version_migration.ts';

/** The core group first, then the others as discovery lists them. */
export const resources: readonly Resource[] = [
  configMap,
  endpoints,
  event,
  limitRange,
  namespace,
  node,
  persistentVolumeClaim,
  persistentVolume,
  pod,
  podTemplate,
  replicationController,
  resourceQuota,
  secret,
  serviceAccount,
  service,

  apiService,

  controllerRevision,
  daemonSet,
  deployment,
  replicaSet,
  statefulSet,

  horizontalPodAutoscaler,

  cronJob,
  job,

  certificateSigningRequest,
  clusterTrustBundle,
  podCertificateRequest,

  ingressClass,
  ingress,
  ipAddress,
  networkPolicy,
  serviceCidr,

  podDisruptionBudget,

  clusterRoleBinding,
  clusterRole,
  roleBinding,
  role,

  csiDriver,
  csiNode,
  csiStorageCapacity,
  storageClass,
  volumeAttachment,
  volumeAttributesClass,

  mutatingAdmissionPolicy,
  mutatingAdmissionPolicyBinding,
  mutatingWebhookConfiguration,
  validatingAdmissionPolicy,
  validatingAdmissionPolicyBinding,
  validatingWebhookConfiguration,

  customResourceDefinition,

  podGroup,
  priorityClass,
  workload,

  leaseCandidate,
  lease,

  runtimeClass,

  endpointSlice,

  deviceClass,
  deviceTaintRule,
  resourceClaim,
  resourceClaimTemplate,
  resourcePoolStatusRequest,
  resourceSlice,

  flowSchema,
  priorityLevelConfiguration,

  storageVersion,

  storageVersionMigration,
];

const byName = new Map(
  resources.flatMap((resource) =>
    [resource.id, ...(resource.otherVersions ?? [])].map(
      ({ group }) => [`${group}/${resource.id.resource}`, resource] as const,
    ),
  ),
);

/**
 * By group and plural name, e.g. `findResource('apps', 'deployments')`. Also by the group of another version of
 * the same objects: `events.k8s.io` has the events of the core group.
 */
export function findResource(group: string, resource: string): Resource | undefined {
  return byName.get(`${group}/${resource}`);
}
