// The rules of a pod's spec, alone or in a template (pkg/apis/core/validation, ValidatePodSpec).
import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  notFoundValue,
  notSupported,
  type ObjectMeta,
  type PodResourceClaim,
  type PodSpec,
  type PodTemplateSpec,
  required,
  tooLong,
} from '@kubets/api';
import { validateOneOfListed } from '../../rules/enums.ts';
import { goStruct } from '../../rules/go_struct.ts';
import { validateLegacyIp } from '../../rules/ip_rules.ts';
import { validateAnnotations, validateLabels } from '../../rules/labels.ts';
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../../rules/names.ts';
import { inRange } from '../../rules/numbers.ts';
import { containersWithPath } from './containers_with_path.ts';
import { validateAnnotatedProfiles } from './security_annotations.ts';
import { validateAffinity } from './validate_affinity.ts';
import { validatePodAnnotations } from './validate_annotations.ts';
import {
  validateContainers,
  validateEphemeralContainers,
  validateInitContainers,
} from './validate_containers.ts';
import { validatePodDns } from './validate_dns.ts';
import { validateContainerResources, validatePodResources } from './validate_resources.ts';
import {
  validateSchedulingGates,
  validateTolerations,
  validateTopologySpread,
} from './validate_scheduling.ts';
import { validateHostUsers, validatePodSecurity } from './validate_security.ts';
import { validateVolumes } from './validate_volumes.ts';
import { validateHostProcess, validateWindowsPod } from './validate_windows.ts';

export interface PodSpecOptions {
  /** Metadata of the pod, for names that are made of its name; absent for templates. */
  metadata?: ObjectMeta;
  /** What a pod was before an update: what it may have it may keep. */
  old?: PodSpec;
}

export function validatePodSpec(spec: PodSpec, path: string, options: PodSpecOptions = {}): FieldError[] {
  const { metadata } = options;
  const at = (field: string) => `${path}.${field}`;
  const { volumes, errors } = validateVolumes(spec.volumes, metadata, at('volumes'));
  const claims = new Set((spec.resourceClaims ?? []).map(({ name }) => name).filter(Boolean));
  const context = { spec, volumes, claims };
  if (spec.terminationGracePeriodSeconds === undefined)
    errors.unshift(required(at('terminationGracePeriodSeconds')));
  return [
    ...errors,
    ...validateResourceClaims(spec.resourceClaims, metadata, at('resourceClaims')),
    ...validateContainers(context, at('containers')),
    ...validateInitContainers(context, at('initContainers')),
    ...validateEphemeralContainers(context, at('ephemeralContainers')),
    ...validatePodResources(spec, claims, path),
    ...(spec.hostNetwork ? validateHostNetworkPorts(spec, at('containers'), metadata !== undefined) : []),
    ...validateOneOfListed(spec.restartPolicy, ['Always', 'OnFailure', 'Never'], at('restartPolicy')),
    ...validateOneOfListed(
      spec.dnsPolicy,
      ['ClusterFirstWithHostNet', 'ClusterFirst', 'Default', 'None'],
      at('dnsPolicy'),
    ),
    ...validateLabels(spec.nodeSelector, at('nodeSelector')),
    ...validatePodSecurity(spec, at('securityContext'), options.old),
    ...validateAffinity(spec.affinity, at('affinity')),
    ...validatePodDns(spec, at('dnsConfig')),
    ...(spec.readinessGates ?? []).flatMap(({ conditionType = '' }, i) =>
      qualifiedName(conditionType).map((message) =>
        invalidValue(`${at('readinessGates')}[${i}].conditionType`, conditionType, message),
      ),
    ),
    ...validateSchedulingGates(spec.schedulingGates, at('schedulingGates')),
    ...validateTopologySpread(spec.topologySpreadConstraints, at('topologySpreadConstraints')),
    ...validateHostProcess(spec, path),
    ...validateHostUsers(spec, path),
    ...validateHostnameOverride(spec, path),
    ...validateNames(spec, path),
    ...validateTolerations(spec.tolerations, at('tolerations')),
    ...validateHostAliases(spec, at('hostAliases')),
    ...(spec.preemptionPolicy === undefined
      ? []
      : validateOneOfListed(
          spec.preemptionPolicy,
          ['PreemptLowerPriority', 'Never'],
          at('preemptionPolicy'),
        )),
    ...(spec.overhead ? validateContainerResources({ limits: spec.overhead }, claims, at('overhead')) : []),
    ...validateOs(spec, path),
    ...validateFileKeyVolumes(spec, path),
  ];
}

/** A template in a workload: metadata that pods get, and the spec. */
export function validatePodTemplate(template: PodTemplateSpec, path: string): FieldError[] {
  const spec = template.spec ?? { containers: [] };
  const errors = [
    ...validateTemplateMeta(template, path),
    ...validatePodSpec(spec, `${path}.spec`),
    ...validateAnnotatedProfiles(template.metadata?.annotations, spec, `${path}.spec`),
  ];
  if (spec.ephemeralContainers?.length)
    errors.push(
      forbiddenField(`${path}.spec.ephemeralContainers`, 'ephemeral containers not allowed in pod template'),
    );
  return errors;
}

/** Labels and annotations of a template. Upstream looks at those of StatefulSets twice, and reports them twice. */
export function validateTemplateMeta({ metadata, spec }: PodTemplateSpec, path: string): FieldError[] {
  const { labels, annotations } = metadata ?? {};
  return [
    ...validateLabels(labels, `${path}.labels`),
    ...validateAnnotations(annotations, `${path}.annotations`),
    ...validatePodAnnotations(annotations ?? {}, spec ?? { containers: [] }, `${path}.annotations`),
  ];
}

function validateNames(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const check = (field: keyof PodSpec, rule: (value: string) => string[]) => {
    const value = spec[field] as string | undefined;
    if (value) errors.push(...rule(value).map((message) => invalidValue(`${path}.${field}`, value, message)));
  };
  check('serviceAccountName', dns1123Subdomain);
  check('nodeName', dns1123Subdomain);
  const seconds = spec.activeDeadlineSeconds;
  if (seconds !== undefined)
    for (const message of inRange(seconds, 1, 2_147_483_647))
      errors.push(invalidValue(`${path}.activeDeadlineSeconds`, seconds, message));
  check('hostname', dns1123Label);
  check('subdomain', dns1123Label);
  check('priorityClassName', dns1123Subdomain);
  if (spec.runtimeClassName !== undefined)
    for (const message of dns1123Subdomain(spec.runtimeClassName))
      errors.push(invalidValue(`${path}.runtimeClassName`, spec.runtimeClassName, message));
  return errors;
}

function validateHostNetworkPorts(spec: PodSpec, path: string, isPod: boolean): FieldError[] {
  return (spec.containers ?? []).flatMap((container, i) =>
    (container.ports ?? []).flatMap(({ hostPort = 0, containerPort }, j) =>
      (isPod || hostPort !== 0) && hostPort !== containerPort
        ? [
            invalidValue(
              `${path}[${i}].ports[${j}].hostPort`,
              hostPort,
              'must match `containerPort` when `hostNetwork` is true',
            ),
          ]
        : [],
    ),
  );
}

function validateHostnameOverride(spec: PodSpec, path: string): FieldError[] {
  const name = spec.hostnameOverride;
  if (name === undefined) return [];
  const at = `${path}.hostnameOverride`;
  return [
    ...(spec.setHostnameAsFQDN
      ? [forbiddenField(at, 'may not be specified when setHostnameAsFQDN is true')]
      : []),
    ...(spec.hostNetwork ? [forbiddenField(at, 'may not be specified when hostNetwork is true')] : []),
    ...(name.length > 64 ? [tooLong(at, undefined, 64)] : []),
    ...dns1123Subdomain(name).map((message) => invalidValue(at, name, message)),
  ];
}

function validateHostAliases(spec: PodSpec, path: string): FieldError[] {
  return (spec.hostAliases ?? []).flatMap(({ ip = '', hostnames = [] }, i) => [
    ...validateLegacyIp(ip, `${path}[${i}].ip`),
    ...hostnames.flatMap((name, j) =>
      dns1123Subdomain(name).map((message) => invalidValue(`${path}[${i}].hostnames[${j}]`, name, message)),
    ),
  ]);
}

function validateOs(spec: PodSpec, path: string): FieldError[] {
  if (!spec.os) return [];
  if (!spec.os.name) return [required(`${path}.os.name`)];
  if (!['linux', 'windows'].includes(spec.os.name))
    return [notSupported(`${path}.os`, spec.os.name, ['linux', 'windows'])];
  if (spec.os.name === 'windows') return validateWindowsPod(spec, path);
  const message = 'windows options cannot be set for a linux pod';
  return [
    ...(spec.securityContext?.windowsOptions
      ? [forbiddenField(`${path}.securityContext.windowsOptions`, message)]
      : []),
    ...containersWithPath(spec, path)
      .filter(({ container }) => container.securityContext?.windowsOptions)
      .map(({ at }) => forbiddenField(`${at}.securityContext.windowsOptions`, message)),
  ];
}

function validateFileKeyVolumes(spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const { container, at } of containersWithPath(spec, path))
    container.env?.forEach(({ valueFrom }, i) => {
      const name = valueFrom?.fileKeyRef?.volumeName;
      if (name === undefined) return;
      const field = `${at}.env[${i}].valueFrom.fileKeyRef.volumeName`;
      const volume = spec.volumes?.find((candidate) => candidate.name === name);
      if (!volume) errors.push(notFoundValue(field, name));
      else if (!volume.emptyDir)
        errors.push(invalidValue(field, name, 'referenced volume must be of type emptyDir'));
    });
  return errors;
}

function validateResourceClaims(
  claims: PodResourceClaim[] = [],
  metadata: ObjectMeta | undefined,
  path: string,
): FieldError[] {
  const seen = new Set<string>();
  return claims.flatMap((claim, i) => {
    const at = `${path}[${i}]`;
    const { name, resourceClaimName, resourceClaimTemplateName } = claim;
    if (metadata?.annotations?.['kubernetes.io/config.mirror'] !== undefined)
      return [forbiddenField('', 'static pods do not support resource claims')];
    const errors: FieldError[] = [];
    if (!name) errors.push(required(`${at}.name`));
    else if (seen.has(name)) errors.push(duplicate(`${at}.name`, name));
    else errors.push(...dns1123Label(name).map((message) => invalidValue(`${at}.name`, name, message)));
    seen.add(name);
    const shown = () => goStruct(claim, 'core.v1.PodResourceClaim');
    const both = resourceClaimName !== undefined && resourceClaimTemplateName !== undefined;
    if (both)
      errors.push(
        invalidValue(
          at,
          shown(),
          'at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified',
        ),
      );
    if (resourceClaimName === undefined && resourceClaimTemplateName === undefined)
      errors.push(
        invalidValue(at, shown(), 'must specify one of: `resourceClaimName`, `resourceClaimTemplateName`'),
      );
    for (const field of ['resourceClaimName', 'resourceClaimTemplateName'] as const)
      for (const message of claim[field] === undefined ? [] : dns1123Subdomain(claim[field]!))
        errors.push(invalidValue(`${at}.${field}`, claim[field], message));
    return errors;
  });
}
