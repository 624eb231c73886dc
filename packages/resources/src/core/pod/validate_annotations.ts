// Annotations that mean something to Kubernetes.
import { type FieldError, forbiddenField, invalidValue, type PodSpec } from '@kubets/api';
import { appArmorPrefix, validateSeccompAnnotations } from './security_annotations.ts';

export const mirrorAnnotation = 'kubernetes.io/config.mirror';
const deletionCostAnnotation = 'controller.kubernetes.io/pod-deletion-cost';

type Annotations = Record<string, string>;

export function validatePodAnnotations(annotations: Annotations, spec: PodSpec, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const mirror = annotations[mirrorAnnotation];
  if (mirror !== undefined && !spec.nodeName)
    errors.push(
      invalidValue(
        `${path}[${mirrorAnnotation}]`,
        mirror,
        'must set spec.nodeName if mirror pod annotation is set',
      ),
    );
  const cost = annotations[deletionCostAnnotation];
  if (cost !== undefined && !isCost(cost))
    errors.push(invalidValue(`${path}[${deletionCostAnnotation}]`, cost, 'must be a 32bit integer'));
  errors.push(...validateSeccompAnnotations(annotations, path));
  for (const [key, profile] of Object.entries(annotations)) {
    if (!key.startsWith(appArmorPrefix)) continue;
    const name = key.slice(appArmorPrefix.length);
    const containers = [
      ...(spec.containers ?? []),
      ...(spec.initContainers ?? []),
      ...(spec.ephemeralContainers ?? []),
    ];
    if (!containers.some((container) => container.name === name))
      errors.push(invalidValue(`${path}[${key}]`, name, 'container not found'));
    if (!['', 'runtime/default', 'unconfined'].includes(profile) && !profile.startsWith('localhost/'))
      errors.push(
        invalidValue(`${path}[${key}]`, profile, `invalid AppArmor profile name: ${JSON.stringify(profile)}`),
      );
  }
  return errors;
}

/** Digits without a leading plus or zero, in 32 bits. */
function isCost(text: string): boolean {
  return /^(0|-?[1-9][0-9]{0,9})$/.test(text) && Number(text) === (Number(text) | 0);
}

/** What marks a pod for the kubelet or the kernel may not change while the pod runs. */
export function validateAnnotationUpdates(next: Annotations, old: Annotations, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const [key, value] of Object.entries(old)) {
    if (next[key] === value) continue;
    if (key.startsWith(appArmorPrefix))
      errors.push(forbiddenField(`${path}[${key}]`, 'may not remove or update AppArmor annotations'));
    if (key === mirrorAnnotation)
      errors.push(forbiddenField(`${path}[${key}]`, 'may not remove or update mirror pod annotation'));
  }
  for (const key of Object.keys(next)) {
    if (key in old) continue;
    if (key.startsWith(appArmorPrefix))
      errors.push(forbiddenField(`${path}[${key}]`, 'may not add AppArmor annotations'));
    if (key === mirrorAnnotation)
      errors.push(forbiddenField(`${path}[${key}]`, 'may not add mirror pod annotation'));
  }
  return errors;
}
