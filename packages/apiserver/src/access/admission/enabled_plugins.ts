export interface PluginChoice {
  /** `--enable-admission-plugins` */
  enable?: readonly string[];
  /** `--disable-admission-plugins` */
  disable?: readonly string[];
}

const onByDefault = new Set([
  'NamespaceLifecycle',
  'LimitRanger',
  'ServiceAccount',
  'TaintNodesByCondition',
  'PodSecurity',
  'Priority',
  'DefaultTolerationSeconds',
  'DefaultStorageClass',
  'StorageObjectInUseProtection',
  'PodGroupProtection',
  'PersistentVolumeClaimResize',
  'RuntimeClass',
  'CertificateApproval',
  'CertificateSigning',
  'ClusterTrustBundleAttest',
  'CertificateSubjectRestriction',
  'DefaultIngressClass',
  'PodTopologyLabels',
  'PodGroupWorkloadExists',
  'NodeDeclaredFeatureValidator',
  'JobValidation',
  'PodResizeValidator',
  'MutatingAdmissionPolicy',
  'MutatingAdmissionWebhook',
  'ValidatingAdmissionPolicy',
  'ValidatingAdmissionWebhook',
  'ResourceQuota',
]);

const offByDefault = new Set([
  'AlwaysAdmit',
  'AlwaysDeny',
  'AlwaysPullImages',
  'DenyServiceExternalIPs',
  'ExtendedResourceToleration',
  'LimitPodHardAntiAffinityTopology',
  'NamespaceExists',
  'NodeRestriction',
]);

/** Upstream's that this server has no word for: to start without what was asked for would be worse than not to. */
const absent = new Set([
  'EventRateLimit',
  'ImagePolicyWebhook',
  'NamespaceAutoProvision',
  'OwnerReferencesPermissionEnforcement',
  'PodNodeSelector',
  'PodTolerationRestriction',
]);

/** @throws Error as kube-apiserver says it of its flags. */
export function enabledPlugins({ enable = [], disable = [] }: PluginChoice): (name: string) => boolean {
  const problems: string[] = [];
  for (const [flag, names] of Object.entries({ enable, disable }))
    for (const name of names)
      if (!onByDefault.has(name) && !offByDefault.has(name) && !absent.has(name))
        problems.push(`${flag}-admission-plugins plugin "${name}" is unknown`);
  const both = [...new Set(enable)].filter((name) => disable.includes(name)).sort();
  if (both.length)
    problems.push(`[${both.join(' ')}] in enable-admission-plugins and disable-admission-plugins overlapped`);
  const lacking = enable.filter((name) => absent.has(name));
  if (lacking.length) problems.push(`enable-admission-plugins: no such plugin here: ${lacking.join(', ')}`);
  if (problems.length) throw new Error(problems.length === 1 ? problems[0] : `[${problems.join(', ')}]`);
  return (name) => enable.includes(name) || (onByDefault.has(name) && !disable.includes(name));
}
