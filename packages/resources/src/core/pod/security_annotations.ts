// Profiles of seccomp and AppArmor were annotations before they were fields (KEP-135, KEP-24): both must say the same.
import {
  type AppArmorProfile,
  deepEqual,
  type FieldError,
  forbiddenField,
  invalidValue,
  type Pod,
  type PodSpec,
  type SeccompProfile,
} from '@kubets/api';
import { containersWithPath } from './containers_with_path.ts';
import { validateDescendingPath } from './validate_path.ts';
import { validateAppArmor } from './validate_security.ts';

export const seccompOfPod = 'seccomp.security.alpha.kubernetes.io/pod';
export const seccompPrefix = 'container.seccomp.security.alpha.kubernetes.io/';
export const appArmorPrefix = 'container.apparmor.security.beta.kubernetes.io/';
const local = 'localhost/';

type Annotations = Record<string, string>;

export function validateSeccompAnnotations(annotations: Annotations, path: string): FieldError[] {
  const keys = Object.keys(annotations).filter((key) => key.startsWith(seccompPrefix));
  if (annotations[seccompOfPod] !== undefined) keys.unshift(seccompOfPod);
  return keys.flatMap((key) => {
    const profile = annotations[key]!;
    if (['runtime/default', 'docker/default', 'unconfined'].includes(profile)) return [];
    const at = `${path}.${key}`;
    if (profile.startsWith(local)) return validateDescendingPath(profile.slice(local.length), at);
    return [invalidValue(at, profile, 'must be a valid seccomp profile')];
  });
}

/** Where an annotation and a field are both there. */
export function validateAnnotatedProfiles(
  annotations: Annotations | undefined,
  spec: PodSpec,
  path: string,
): FieldError[] {
  if (!annotations) return [];
  const { seccompProfile, appArmorProfile } = spec.securityContext ?? {};
  const containers = containersWithPath(spec, path);
  const errors = seccompMismatch(annotations[seccompOfPod], seccompProfile, `${path}.securityContext`);
  for (const { container, at } of containers)
    errors.push(
      ...seccompMismatch(
        annotations[seccompPrefix + container.name],
        container.securityContext?.seccompProfile,
        `${at}.securityContext`,
      ),
    );
  if (spec.os?.name === 'windows') return errors;
  for (const { container, at } of containers)
    errors.push(
      ...mismatch(
        'apparmor',
        annotations[appArmorPrefix + container.name],
        container.securityContext?.appArmorProfile ?? appArmorProfile,
        `${at}.securityContext.appArmorProfile`,
      ),
    );
  return errors;
}

function seccompMismatch(
  annotation: string | undefined,
  profile: SeccompProfile | undefined,
  path: string,
): FieldError[] {
  const same = annotation === 'docker/default' ? 'runtime/default' : annotation;
  return mismatch('seccomp', same, profile, `${path}.seccompProfile`);
}

function mismatch(
  what: 'seccomp' | 'apparmor',
  annotation: string | undefined,
  profile: SeccompProfile | AppArmorProfile | undefined,
  path: string,
): FieldError[] {
  if (annotation === undefined || !profile) return [];
  const { type, localhostProfile } = profile;
  const isType: Record<string, boolean> = {
    Unconfined: annotation === 'unconfined',
    RuntimeDefault: annotation === 'runtime/default',
    Localhost: annotation.startsWith(local),
  };
  if (isType[type] === false)
    return [forbiddenField(`${path}.type`, `${what} type in annotation and field must match`)];
  if (type === 'Localhost' && annotation.slice(local.length) !== localhostProfile)
    return [forbiddenField(`${path}.localhostProfile`, `${what} profile in annotation and field must match`)];
  return [];
}

/** An old client's annotation becomes the field that kubelets read; whoever wrote it is told. */
export function takeAppArmorAnnotations({ metadata, spec }: Pod, warn: (text: string) => void): void {
  const { annotations } = metadata;
  if (!annotations || spec.os?.name === 'windows') return;
  for (const { container } of containersWithPath(spec, '')) {
    const key = appArmorPrefix + container.name;
    const annotation = annotations[key];
    if (annotation === undefined || container.securityContext?.appArmorProfile) continue;
    const profile = appArmorOfAnnotation(annotation);
    const isValid = profile && validateAppArmor(profile, '').length === 0;
    if (isValid && deepEqual(profile, spec.securityContext?.appArmorProfile)) continue;
    if (isValid) container.securityContext = { ...container.securityContext, appArmorProfile: profile };
    warn(`metadata.annotations[${key}]: deprecated since v1.30; use the "appArmorProfile" field instead`);
  }
}

export function appArmorOfAnnotation(annotation: string): AppArmorProfile | undefined {
  if (annotation === 'unconfined') return { type: 'Unconfined' };
  if (annotation === 'runtime/default') return { type: 'RuntimeDefault' };
  if (!annotation.startsWith(local) || annotation === local) return undefined;
  return { type: 'Localhost', localhostProfile: annotation.slice(local.length) };
}
