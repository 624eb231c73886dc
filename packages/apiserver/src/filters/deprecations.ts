import type { Filter } from '../call.ts';

interface Leaving {
  group: string;
  version: string;
  /** Minor releases of Kubernetes 1: deprecated since, gone in. */
  since: number;
  goneIn: number;
  /** Kinds by resource. */
  kinds: Readonly<Record<string, string>>;
  /** What to use, where that has another name. */
  instead?: string;
}

const policies = {
  mutatingadmissionpolicies: 'MutatingAdmissionPolicy',
  mutatingadmissionpolicybindings: 'MutatingAdmissionPolicyBinding',
};
const claims = {
  deviceclasses: 'DeviceClass',
  resourceclaims: 'ResourceClaim',
  resourceclaimtemplates: 'ResourceClaimTemplate',
  resourceslices: 'ResourceSlice',
};
const candidates = { leasecandidates: 'LeaseCandidate' };
const bundles = { clustertrustbundles: 'ClusterTrustBundle' };
const taintRules = { devicetaintrules: 'DeviceTaintRule' };
const addresses = { ipaddresses: 'IPAddress', servicecidrs: 'ServiceCIDR' };
const classes = { volumeattributesclasses: 'VolumeAttributesClass' };

/** Versions before the stable one, as their lifecycle markers have it in v1.36. */
const leaving: readonly Leaving[] = [
  { group: 'admissionregistration.k8s.io', version: 'v1alpha1', since: 35, goneIn: 38, kinds: policies },
  { group: 'certificates.k8s.io', version: 'v1alpha1', since: 34, goneIn: 37, kinds: bundles },
  { group: 'coordination.k8s.io', version: 'v1alpha2', since: 35, goneIn: 38, kinds: candidates },
  { group: 'coordination.k8s.io', version: 'v1beta1', since: 36, goneIn: 39, kinds: candidates },
  { group: 'networking.k8s.io', version: 'v1beta1', since: 34, goneIn: 37, kinds: addresses },
  { group: 'resource.k8s.io', version: 'v1alpha3', since: 36, goneIn: 39, kinds: taintRules },
  { group: 'resource.k8s.io', version: 'v1beta1', since: 35, goneIn: 38, kinds: claims },
  { group: 'resource.k8s.io', version: 'v1beta2', since: 36, goneIn: 39, kinds: claims },
  {
    group: 'storage.k8s.io',
    version: 'v1beta1',
    since: 34,
    goneIn: 37,
    kinds: classes,
    instead: 'storage.k8s.io/v1 VolumeAttributesClass',
  },
];

/** Served APIs that clients are told to leave (deprecation policy, rule 6). */
const deprecations: ReadonlyMap<string, string> = new Map([
  ['/v1/endpoints', 'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice'],
  ['/v1/componentstatuses', 'v1 ComponentStatus is deprecated in v1.19+'],
  ...leaving.flatMap(({ group, version, since, goneIn, kinds, instead }) =>
    Object.entries(kinds).map(([resource, kind]): [string, string] => [
      `${group}/${version}/${resource}`,
      `${group}/${version} ${kind} is deprecated in v1.${since}+, unavailable in v1.${goneIn}+${instead ? `; use ${instead}` : ''}`,
    ]),
  ),
]);

export const warnOfDeprecations: Filter = (call, next) => {
  const { info } = call;
  if (info.isResource) {
    const found = deprecations.get(`${info.group}/${info.version}/${info.resource}`);
    if (found) call.warnings.push(found);
  }
  return next(call);
};
