import {
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  type PodTemplateSpec,
  required,
  type StatefulSet,
  type StatefulSetSpec,
} from '@kubets/api';
import { validateClaimSpec } from '../core/persistent_volume_claim_rules.ts';
import { sameValue } from '../rules/equality.ts';
import { goStruct } from '../rules/go_struct.ts';
import { dns1123Label } from '../rules/names.ts';
import { validateAtMost100Percent, validateIntOrPercent, validateNonNegative } from '../rules/numbers.ts';
import { validateSelectedTemplate } from '../workload/validate_template.ts';
import { isZero } from './rolling_update.ts';

export function validateStatefulSet({ spec }: StatefulSet, old?: StatefulSet): FieldError[] {
  const policy = spec.podManagementPolicy;
  const errors: FieldError[] = [];
  if (!policy) errors.push(required('spec.podManagementPolicy'));
  else if (policy !== 'OrderedReady' && policy !== 'Parallel')
    errors.push(invalidValue('spec.podManagementPolicy', policy, "must be 'OrderedReady' or 'Parallel'"));
  errors.push(...validateStrategy(spec));
  for (const field of ['whenDeleted', 'whenScaled'] as const) {
    const value = spec.persistentVolumeClaimRetentionPolicy?.[field];
    if (spec.persistentVolumeClaimRetentionPolicy && value !== 'Retain' && value !== 'Delete')
      errors.push(
        notSupported(`spec.persistentVolumeClaimRetentionPolicy.${field}`, value ?? '', ['Retain', 'Delete']),
      );
  }
  // Claims and the service can't change any more, so what was stored under older rules stays good.
  if (!old) {
    spec.volumeClaimTemplates?.forEach((claim, i) => {
      errors.push(...validateClaimSpec(claim.spec ?? {}, `spec.volumeClaimTemplates[${i}].spec`));
    });
    if (spec.serviceName)
      for (const message of dns1123Label(spec.serviceName))
        errors.push(invalidValue('spec.serviceName', spec.serviceName, message));
  }
  return [
    ...errors,
    ...validateNonNegative(spec.replicas, 'spec.replicas'),
    ...validateNonNegative(spec.minReadySeconds, 'spec.minReadySeconds'),
    ...validateNonNegative(spec.ordinals?.start, 'spec.ordinals.start'),
    ...validateSelectedTemplate(
      { selector: spec.selector, template: templateInUse(spec) },
      { kind: 'StatefulSet', what: 'statefulset', broken: '' },
    ),
  ];
}

/** The template as pods get it: volumes of claims added, host names given by the controller. */
function templateInUse({ template, volumeClaimTemplates = [] }: StatefulSetSpec): PodTemplateSpec {
  const claims = [...new Set(volumeClaimTemplates.map(({ metadata }) => metadata?.name ?? ''))];
  const { subdomain: _subdomain, hostname: _hostname, ...spec } = template?.spec ?? { containers: [] };
  const volumes = [
    ...claims.map((name) => ({ name, persistentVolumeClaim: { claimName: name } })),
    ...(spec.volumes ?? []).filter(({ name }) => !claims.includes(name)),
  ];
  return { ...template, spec: { ...spec, volumes } };
}

function validateStrategy({ updateStrategy = {} }: StatefulSetSpec): FieldError[] {
  const path = 'spec.updateStrategy';
  const { type, rollingUpdate } = updateStrategy;
  if (!type) return [required(path)];
  if (type === 'OnDelete')
    return rollingUpdate
      ? [
          invalidValue(
            `${path}.rollingUpdate`,
            goStruct(rollingUpdate, 'apps.v1.RollingUpdateStatefulSetStrategy'),
            "only allowed for updateStrategy 'RollingUpdate'",
          ),
        ]
      : [];
  if (type !== 'RollingUpdate')
    return [
      invalidValue(
        path,
        goStruct(updateStrategy, 'apps.v1.StatefulSetUpdateStrategy'),
        "must be 'RollingUpdate' or 'OnDelete'",
      ),
    ];
  const maxUnavailable = rollingUpdate?.maxUnavailable;
  const at = `${path}.rollingUpdate.maxUnavailable`;
  return [
    ...validateNonNegative(rollingUpdate?.partition, `${path}.rollingUpdate.partition`),
    ...(maxUnavailable === undefined
      ? []
      : [
          ...validateIntOrPercent(maxUnavailable, at),
          ...(isZero(maxUnavailable) ? [invalidValue(at, maxUnavailable, 'cannot be 0')] : []),
          ...validateAtMost100Percent(maxUnavailable, at),
        ]),
  ];
}

const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
] as const;

export function validateStatefulSetUpdate(next: StatefulSet, old: StatefulSet): FieldError[] {
  const fixed = { ...next.spec } as Record<string, unknown>;
  for (const field of changeable) fixed[field] = old.spec[field];
  return sameValue(fixed, old.spec, 'apps.v1.StatefulSetSpec')
    ? []
    : [
        forbiddenField(
          'spec',
          "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
        ),
      ];
}
