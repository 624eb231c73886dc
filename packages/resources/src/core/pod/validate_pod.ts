// The rules of a pod as a whole, at create and at update.
import { type FieldError, forbiddenField, invalidValue, type Pod, type PodSpec, required } from '@kubets/api';
import { sameValue } from '../../rules/equality.ts';
import { nameIsSubdomain } from '../../rules/names.ts';
import { inRange } from '../../rules/numbers.ts';
import { validateKubeFinalizers, validateObjectMeta } from '../../rules/object_meta.ts';
import { describeChanges } from './describe_changes.ts';
import { validateGatedUpdate } from './gated_update.ts';
import { validateAnnotatedProfiles } from './security_annotations.ts';
import { validateAnnotationUpdates, validatePodAnnotations } from './validate_annotations.ts';
import { validateImage } from './validate_containers.ts';
import { validateTolerations } from './validate_scheduling.ts';
import { validatePodSpec } from './validate_spec.ts';

/** What create and every update check alike. */
export function validatePod(pod: Pod, old?: Pod): FieldError[] {
  const { metadata, spec } = pod;
  const errors = [
    // Of a new pod they are looked at with all kinds' metadata; upstream asks them of a changed one here again.
    ...(old
      ? [
          ...validateObjectMeta(metadata, { namespaced: true, name: nameIsSubdomain }),
          ...validateKubeFinalizers(metadata.finalizers),
        ]
      : []),
    ...validatePodAnnotations(metadata.annotations ?? {}, spec, 'metadata.annotations'),
    ...validatePodSpec(spec, 'spec', { metadata, old: old?.spec }),
  ];
  if (!spec.serviceAccountName)
    spec.volumes?.forEach(({ projected }, i) => {
      projected?.sources?.forEach(({ serviceAccountToken }, j) => {
        if (serviceAccountToken)
          errors.push(
            forbiddenField(
              `spec.volumes[${i}].projected.sources[${j}].serviceAccountToken`,
              'must not be specified when serviceAccountName is not set',
            ),
          );
      });
    });
  for (const list of ['containers', 'initContainers'] as const)
    spec[list]?.forEach((container, i) => {
      errors.push(...validateImage(container, `spec.${list}[${i}]`));
    });
  return errors;
}

export function validatePodCreate(pod: Pod): FieldError[] {
  const { spec } = pod;
  const errors = validatePod(pod);
  if (spec.ephemeralContainers?.length)
    errors.push(forbiddenField('spec.ephemeralContainers', 'cannot be set on create'));
  if (spec.nodeName && spec.schedulingGates?.length)
    errors.push(forbiddenField('spec.nodeName', 'cannot be set until all schedulingGates have been cleared'));
  errors.push(...validateAnnotatedProfiles(pod.metadata.annotations, spec, 'spec'));
  return errors;
}

const changeable = [
  '`spec.containers[*].image`',
  '`spec.initContainers[*].image`',
  '`spec.activeDeadlineSeconds`',
  '`spec.tolerations` (only additions to existing tolerations)',
  '`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
];

export function validatePodUpdate(next: Pod, old: Pod): FieldError[] {
  const errors = [
    ...validatePod(next, old),
    ...validateAnnotationUpdates(
      next.metadata.annotations ?? {},
      old.metadata.annotations ?? {},
      'metadata.annotations',
    ),
  ];
  for (const list of ['containers', 'initContainers'] as const) {
    const path = `spec.${list}`;
    if ((next.spec[list]?.length ?? 0) !== (old.spec[list]?.length ?? 0))
      return [...errors, forbiddenField(path, 'pod updates may not add or remove containers')];
    // Said once before, of all pods.
    next.spec[list]?.forEach((container, i) => {
      if (!container.image) errors.push(required(`${path}[${i}].image`));
      errors.push(...validateImage(container, `${path}[${i}]`));
    });
  }
  const deadline = validateDeadline(next.spec.activeDeadlineSeconds, old.spec.activeDeadlineSeconds);
  if (deadline.length > 0) return [...errors, ...deadline];
  errors.push(...validateOnlyAddedTolerations(next.spec, old.spec), ...validateGates(next.spec, old.spec));
  if (sameValue(next.spec, old.spec, 'core.v1.PodSpec')) return errors;

  const rest = withChangeableFieldsOf(next.spec, old.spec);
  if (old.spec.schedulingGates?.length) errors.push(...validateGatedUpdate(rest, old.spec, 'spec'));
  if (!sameValue(rest, old.spec, 'core.v1.PodSpec')) {
    const fields = `pod updates may not change fields other than ${changeable.join(',')}`;
    errors.push(forbiddenField('spec', `${fields}\n${describeChanges(old.spec, rest, 'core.v1.PodSpec')}`));
  }
  return errors;
}

/** `next` with everything that an update may change as it was, so that what still differs is at fault. */
function withChangeableFieldsOf(next: PodSpec, old: PodSpec): PodSpec {
  const withImages = (list: 'containers' | 'initContainers') =>
    next[list]?.map((container, i) => ({ ...container, image: old[list]![i]!.image }));
  const wasNegative =
    (old.terminationGracePeriodSeconds ?? 0) < 0 && next.terminationGracePeriodSeconds === 1;
  return {
    ...next,
    containers: withImages('containers')!,
    initContainers: withImages('initContainers'),
    activeDeadlineSeconds: old.activeDeadlineSeconds,
    schedulingGates: old.schedulingGates,
    tolerations: old.tolerations,
    terminationGracePeriodSeconds: wasNegative
      ? old.terminationGracePeriodSeconds
      : next.terminationGracePeriodSeconds,
  };
}

function validateDeadline(next: number | undefined, old: number | undefined): FieldError[] {
  const path = 'spec.activeDeadlineSeconds';
  if (next === undefined)
    return old === undefined
      ? []
      : [invalidValue(path, null, 'must not update from a positive integer to nil value')];
  const outside = inRange(next, 0, 2_147_483_647);
  if (outside.length > 0) return outside.map((message) => invalidValue(path, next, message));
  return old !== undefined && old < next
    ? [invalidValue(path, next, 'must be less than or equal to previous value')]
    : [];
}

function validateOnlyAddedTolerations(next: PodSpec, old: PodSpec): FieldError[] {
  const kept = (old.tolerations ?? []).every((before) =>
    next.tolerations?.some((after) =>
      sameValue({ ...before, tolerationSeconds: after.tolerationSeconds }, after, 'core.v1.Toleration'),
    ),
  );
  if (!kept)
    return [
      forbiddenField(
        'spec.tolerations',
        'existing toleration can not be modified except its tolerationSeconds',
      ),
    ];
  return validateTolerations(next.tolerations, 'spec.tolerations');
}

function validateGates(next: PodSpec, old: PodSpec): FieldError[] {
  const before = new Set(old.schedulingGates?.map(({ name }) => name));
  return (next.schedulingGates ?? []).flatMap(({ name }, i) =>
    before.has(name)
      ? []
      : [
          forbiddenField(
            `spec.schedulingGates[${i}].name`,
            `only deletion is allowed, but found new scheduling gate '${name}'`,
          ),
        ],
  );
}
