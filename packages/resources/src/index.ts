export { selectorProblems } from './authorization/read_selector.ts';
export { type ReviewKind, validateReview } from './authorization/validate_review.ts';
export {
  type CronFields,
  type CronResult,
  type CronSchedule,
  isTimeZone,
  parseCronSchedule,
  readCronSchedule,
} from './batch/cron_schedule.ts';
export { type Indexes, parseIndexes } from './batch/job_indexes.ts';
export { type RequestSubject, requestSubject } from './certificates/request_subject.ts';
export { containersWithPath } from './core/pod/containers_with_path.ts';
export { defaultPod, defaultPodSpec, defaultPodTemplateSpec } from './core/pod/default_pod.ts';
export { defaultPullPolicy, imageTag } from './core/pod/image_tag.ts';
export {
  addAmounts,
  aggregateContainers,
  defaultPodLevelResources,
  isPodLevelResource,
  isSidecar,
} from './core/pod/pod_resources.ts';
export { podQosClass, type QosClass } from './core/pod/qos.ts';
export { type PodSummary, podStatusText, summarizePod } from './core/pod/status_text.ts';
export { validateNodeSelector } from './core/pod/validate_affinity.ts';
export { validatePodSpec, validatePodTemplate } from './core/pod/validate_spec.ts';
export { isExtended, isHugePages, isNative } from './core/resource_names.ts';
export {
  isExternallyAccessible,
  isHeadless,
  needsClusterIp,
  needsHealthCheck,
  needsNodePort,
} from './core/service/default_service.ts';
export { dropUnused, keepAllocated } from './core/service/keep_allocated.ts';
export { validateClusterIps } from './core/service/validate_cluster_ips.ts';
export { allVerbs, type Definition, define, keepSystemFields, metadataForStatus } from './define.ts';
export {
  changesUsage,
  countedType,
  isInScope,
  type QuotaWrite,
  quotaUsage,
  type Usage,
  usageOf,
} from './quota/quota_usage.ts';
export { type ResetFields, resetFieldsOf } from './reset_fields.ts';
export type * from './resource.ts';
export { findResource, resources } from './resources.ts';
export { sameValue } from './rules/equality.ts';
export {
  type Cidr,
  cidrContains,
  type IpAddress,
  parseCidr,
  parseIp,
} from './rules/ip_address.ts';
export { validateCidr, validateIp, validateLegacyCidr, validateLegacyIp } from './rules/ip_rules.ts';
export {
  validateAnnotations,
  validateLabelName,
  validateLabelSelector,
  validateLabels,
} from './rules/labels.ts';
export {
  configMapKey,
  dns1035Label,
  dns1123Label,
  dns1123Subdomain,
  envVarName,
  labelValue,
  type NameRule,
  nameIsDns1035Label,
  nameIsLabel,
  nameIsPathSegment,
  nameIsSubdomain,
  pathSegmentName,
  qualifiedName,
} from './rules/names.ts';
export {
  type ObjectMetaOptions,
  validateObjectMeta,
  validateObjectMetaUpdate,
} from './rules/object_meta.ts';
export { isDefault as isDefaultStorageClass } from './storage/storage_class.ts';
export { ageSince, humanDuration } from './table/age.ts';
export { ageColumn, createdAtColumn, defaultColumns, nameColumn } from './table/columns.ts';
