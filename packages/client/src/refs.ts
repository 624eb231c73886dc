// The address of every built-in type of v1.36, at its most stable served version.
import type * as api from '@kubets/api';
import type { KubeObject } from '@kubets/api';
import type { ResourceRef } from './client.ts';

const core = group('', 'v1');
const admissionregistration = group('admissionregistration.k8s.io', 'v1');
const apps = group('apps', 'v1');
const authentication = group('authentication.k8s.io', 'v1');
const authorization = group('authorization.k8s.io', 'v1');
const batch = group('batch', 'v1');
const certificates = group('certificates.k8s.io', 'v1');
const certificatesBeta = group('certificates.k8s.io', 'v1beta1');
const flowcontrol = group('flowcontrol.apiserver.k8s.io', 'v1');
const networking = group('networking.k8s.io', 'v1');
const rbac = group('rbac.authorization.k8s.io', 'v1');
const resource = group('resource.k8s.io', 'v1');
const scheduling = group('scheduling.k8s.io', 'v1');
const schedulingAlpha = group('scheduling.k8s.io', 'v1alpha2');
const storage = group('storage.k8s.io', 'v1');

export const refs = {
  bindings: core.namespaced<api.Binding>('bindings', 'Binding'),
  componentStatuses: core.cluster<api.ComponentStatus>('componentstatuses', 'ComponentStatus'),
  configMaps: core.namespaced<api.ConfigMap>('configmaps', 'ConfigMap'),
  endpoints: core.namespaced<api.Endpoints>('endpoints', 'Endpoints'),
  events: core.namespaced<api.Event>('events', 'Event'),
  limitRanges: core.namespaced<api.LimitRange>('limitranges', 'LimitRange'),
  namespaces: core.cluster<api.Namespace>('namespaces', 'Namespace'),
  nodes: core.cluster<api.Node>('nodes', 'Node'),
  persistentVolumeClaims: core.namespaced<api.PersistentVolumeClaim>(
    'persistentvolumeclaims',
    'PersistentVolumeClaim',
  ),
  persistentVolumes: core.cluster<api.PersistentVolume>('persistentvolumes', 'PersistentVolume'),
  podTemplates: core.namespaced<api.PodTemplate>('podtemplates', 'PodTemplate'),
  pods: core.namespaced<api.Pod>('pods', 'Pod'),
  replicationControllers: core.namespaced<api.ReplicationController>(
    'replicationcontrollers',
    'ReplicationController',
  ),
  resourceQuotas: core.namespaced<api.ResourceQuota>('resourcequotas', 'ResourceQuota'),
  secrets: core.namespaced<api.Secret>('secrets', 'Secret'),
  serviceAccounts: core.namespaced<api.ServiceAccount>('serviceaccounts', 'ServiceAccount'),
  services: core.namespaced<api.Service>('services', 'Service'),

  mutatingAdmissionPolicies: admissionregistration.cluster<api.MutatingAdmissionPolicy>(
    'mutatingadmissionpolicies',
    'MutatingAdmissionPolicy',
  ),
  mutatingAdmissionPolicyBindings: admissionregistration.cluster<api.MutatingAdmissionPolicyBinding>(
    'mutatingadmissionpolicybindings',
    'MutatingAdmissionPolicyBinding',
  ),
  mutatingWebhookConfigurations: admissionregistration.cluster<api.MutatingWebhookConfiguration>(
    'mutatingwebhookconfigurations',
    'MutatingWebhookConfiguration',
  ),
  validatingAdmissionPolicies: admissionregistration.cluster<api.ValidatingAdmissionPolicy>(
    'validatingadmissionpolicies',
    'ValidatingAdmissionPolicy',
  ),
  validatingAdmissionPolicyBindings: admissionregistration.cluster<api.ValidatingAdmissionPolicyBinding>(
    'validatingadmissionpolicybindings',
    'ValidatingAdmissionPolicyBinding',
  ),
  validatingWebhookConfigurations: admissionregistration.cluster<api.ValidatingWebhookConfiguration>(
    'validatingwebhookconfigurations',
    'ValidatingWebhookConfiguration',
  ),

  customResourceDefinitions: group('apiextensions.k8s.io', 'v1').cluster<api.CustomResourceDefinition>(
    'customresourcedefinitions',
    'CustomResourceDefinition',
  ),
  apiServices: group('apiregistration.k8s.io', 'v1').cluster<api.APIService>('apiservices', 'APIService'),

  controllerRevisions: apps.namespaced<api.ControllerRevision>('controllerrevisions', 'ControllerRevision'),
  daemonSets: apps.namespaced<api.DaemonSet>('daemonsets', 'DaemonSet'),
  deployments: apps.namespaced<api.Deployment>('deployments', 'Deployment'),
  replicaSets: apps.namespaced<api.ReplicaSet>('replicasets', 'ReplicaSet'),
  statefulSets: apps.namespaced<api.StatefulSet>('statefulsets', 'StatefulSet'),

  selfSubjectReviews: authentication.cluster<api.SelfSubjectReview>(
    'selfsubjectreviews',
    'SelfSubjectReview',
  ),
  tokenReviews: authentication.cluster<api.TokenReview>('tokenreviews', 'TokenReview'),
  localSubjectAccessReviews: authorization.namespaced<api.LocalSubjectAccessReview>(
    'localsubjectaccessreviews',
    'LocalSubjectAccessReview',
  ),
  selfSubjectAccessReviews: authorization.cluster<api.SelfSubjectAccessReview>(
    'selfsubjectaccessreviews',
    'SelfSubjectAccessReview',
  ),
  selfSubjectRulesReviews: authorization.cluster<api.SelfSubjectRulesReview>(
    'selfsubjectrulesreviews',
    'SelfSubjectRulesReview',
  ),
  subjectAccessReviews: authorization.cluster<api.SubjectAccessReview>(
    'subjectaccessreviews',
    'SubjectAccessReview',
  ),

  horizontalPodAutoscalers: group('autoscaling', 'v2').namespaced<api.HorizontalPodAutoscaler>(
    'horizontalpodautoscalers',
    'HorizontalPodAutoscaler',
  ),
  cronJobs: batch.namespaced<api.CronJob>('cronjobs', 'CronJob'),
  jobs: batch.namespaced<api.Job>('jobs', 'Job'),

  certificateSigningRequests: certificates.cluster<api.CertificateSigningRequest>(
    'certificatesigningrequests',
    'CertificateSigningRequest',
  ),
  clusterTrustBundles: certificatesBeta.cluster<api.CertificatesV1beta1ClusterTrustBundle>(
    'clustertrustbundles',
    'ClusterTrustBundle',
  ),
  podCertificateRequests: certificatesBeta.namespaced<api.PodCertificateRequest>(
    'podcertificaterequests',
    'PodCertificateRequest',
  ),
  leaseCandidates: group('coordination.k8s.io', 'v1beta1').namespaced<api.CoordinationV1beta1LeaseCandidate>(
    'leasecandidates',
    'LeaseCandidate',
  ),
  leases: group('coordination.k8s.io', 'v1').namespaced<api.Lease>('leases', 'Lease'),
  endpointSlices: group('discovery.k8s.io', 'v1').namespaced<api.EndpointSlice>(
    'endpointslices',
    'EndpointSlice',
  ),
  /** The same objects as `events`, in the form of events.k8s.io. */
  eventsV1: group('events.k8s.io', 'v1').namespaced<api.EventsV1Event>('events', 'Event'),
  flowSchemas: flowcontrol.cluster<api.FlowSchema>('flowschemas', 'FlowSchema'),
  priorityLevelConfigurations: flowcontrol.cluster<api.PriorityLevelConfiguration>(
    'prioritylevelconfigurations',
    'PriorityLevelConfiguration',
  ),
  storageVersions: group('internal.apiserver.k8s.io', 'v1alpha1').cluster<api.StorageVersion>(
    'storageversions',
    'StorageVersion',
  ),

  ingressClasses: networking.cluster<api.IngressClass>('ingressclasses', 'IngressClass'),
  ingresses: networking.namespaced<api.Ingress>('ingresses', 'Ingress'),
  ipAddresses: networking.cluster<api.IPAddress>('ipaddresses', 'IPAddress'),
  networkPolicies: networking.namespaced<api.NetworkPolicy>('networkpolicies', 'NetworkPolicy'),
  serviceCIDRs: networking.cluster<api.ServiceCIDR>('servicecidrs', 'ServiceCIDR'),
  runtimeClasses: group('node.k8s.io', 'v1').cluster<api.RuntimeClass>('runtimeclasses', 'RuntimeClass'),
  podDisruptionBudgets: group('policy', 'v1').namespaced<api.PodDisruptionBudget>(
    'poddisruptionbudgets',
    'PodDisruptionBudget',
  ),

  clusterRoleBindings: rbac.cluster<api.ClusterRoleBinding>('clusterrolebindings', 'ClusterRoleBinding'),
  clusterRoles: rbac.cluster<api.ClusterRole>('clusterroles', 'ClusterRole'),
  roleBindings: rbac.namespaced<api.RoleBinding>('rolebindings', 'RoleBinding'),
  roles: rbac.namespaced<api.Role>('roles', 'Role'),

  deviceClasses: resource.cluster<api.DeviceClass>('deviceclasses', 'DeviceClass'),
  deviceTaintRules: group('resource.k8s.io', 'v1beta2').cluster<api.ResourceV1beta2DeviceTaintRule>(
    'devicetaintrules',
    'DeviceTaintRule',
  ),
  resourceClaimTemplates: resource.namespaced<api.ResourceClaimTemplate>(
    'resourceclaimtemplates',
    'ResourceClaimTemplate',
  ),
  resourceClaims: resource.namespaced<api.ResourceV1ResourceClaim>('resourceclaims', 'ResourceClaim'),
  resourcePoolStatusRequests: group('resource.k8s.io', 'v1alpha3').cluster<api.ResourcePoolStatusRequest>(
    'resourcepoolstatusrequests',
    'ResourcePoolStatusRequest',
  ),
  resourceSlices: resource.cluster<api.ResourceSlice>('resourceslices', 'ResourceSlice'),

  priorityClasses: scheduling.cluster<api.PriorityClass>('priorityclasses', 'PriorityClass'),
  podGroups: schedulingAlpha.namespaced<api.PodGroup>('podgroups', 'PodGroup'),
  workloads: schedulingAlpha.namespaced<api.Workload>('workloads', 'Workload'),

  csiDrivers: storage.cluster<api.CSIDriver>('csidrivers', 'CSIDriver'),
  csiNodes: storage.cluster<api.CSINode>('csinodes', 'CSINode'),
  csiStorageCapacities: storage.namespaced<api.CSIStorageCapacity>(
    'csistoragecapacities',
    'CSIStorageCapacity',
  ),
  storageClasses: storage.cluster<api.StorageClass>('storageclasses', 'StorageClass'),
  volumeAttachments: storage.cluster<api.VolumeAttachment>('volumeattachments', 'VolumeAttachment'),
  volumeAttributesClasses: storage.cluster<api.VolumeAttributesClass>(
    'volumeattributesclasses',
    'VolumeAttributesClass',
  ),
  storageVersionMigrations: group('storagemigration.k8s.io', 'v1beta1').cluster<api.StorageVersionMigration>(
    'storageversionmigrations',
    'StorageVersionMigration',
  ),
} as const;

function group(group: string, version: string) {
  const ref = <T extends KubeObject>(
    resource: string,
    kind: string,
    namespaced: boolean,
  ): ResourceRef<T> => ({
    group,
    version,
    resource,
    kind,
    namespaced,
  });
  return {
    namespaced: <T extends KubeObject>(resource: string, kind: string) => ref<T>(resource, kind, true),
    cluster: <T extends KubeObject>(resource: string, kind: string) => ref<T>(resource, kind, false),
  };
}
