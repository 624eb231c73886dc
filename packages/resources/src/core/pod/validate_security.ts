// securityContext of pods and of containers.
import {
  type AppArmorProfile,
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  type PodSecurityContext,
  type PodSpec,
  required,
  type SeccompProfile,
  type SecurityContext,
  tooLong,
} from '@kubets/api';
import { goStruct } from '../../rules/go_struct.ts';
import { userOrGroupId } from '../../rules/numbers.ts';
import { containersWithPath } from './containers_with_path.ts';
import { validateDescendingPath } from './validate_path.ts';
import { validateWindowsOptions } from './validate_windows.ts';

export function validatePodSecurity(spec: PodSpec, path: string, old?: PodSpec): FieldError[] {
  const context: PodSecurityContext = spec.securityContext ?? {};
  const errors = [
    ...validateIds(context, ['fsGroup', 'runAsUser', 'runAsGroup'], path),
    ...(context.supplementalGroups ?? []).flatMap((group, i) =>
      validateId(group, `${path}.supplementalGroups[${i}]`),
    ),
  ];
  if (spec.shareProcessNamespace && spec.hostPID)
    errors.push(
      invalidValue(
        `${path}.shareProcessNamespace`,
        true,
        'ShareProcessNamespace and HostPID cannot both be enabled',
      ),
    );
  errors.push(...validateSysctls(spec, context, `${path}.sysctls`));
  errors.push(
    ...validateChoice(
      context.fsGroupChangePolicy,
      ['Always', 'OnRootMismatch'],
      `${path}.fsGroupChangePolicy`,
    ),
    ...validateSeccomp(context.seccompProfile, `${path}.seccompProfile`),
    ...validateWindowsOptions(context.windowsOptions, `${path}.windowsOptions`),
    ...validateAppArmor(context.appArmorProfile, `${path}.appArmorProfile`),
    ...validateChoice(
      context.supplementalGroupsPolicy,
      ['Merge', 'Strict'],
      `${path}.supplementalGroupsPolicy`,
    ),
    // MountOption waits for the gate SELinuxMount, which is off.
    ...validateChoice(
      context.seLinuxChangePolicy,
      old?.securityContext?.seLinuxChangePolicy ? ['MountOption', 'Recursive'] : ['Recursive'],
      `${path}.seLinuxChangePolicy`,
    ),
  );
  return errors;
}

export function validateContainerSecurity(
  context: SecurityContext | undefined,
  path: string,
  hostUsers: boolean,
): FieldError[] {
  if (!context) return [];
  const errors = validateIds(context, ['runAsUser', 'runAsGroup'], path);
  const { procMount } = context;
  if (procMount !== undefined) {
    if (procMount !== 'Default' && procMount !== 'Unmasked')
      errors.push(notSupported(`${path}.procMount`, procMount, ['Default', 'Unmasked']));
    if (hostUsers && procMount === 'Unmasked')
      errors.push(
        invalidValue(`${path}.procMount`, procMount, '`hostUsers` must be false to use `Unmasked`'),
      );
  }
  errors.push(...validateSeccomp(context.seccompProfile, `${path}.seccompProfile`));
  if (context.allowPrivilegeEscalation === false) {
    const cannot = 'cannot set `allowPrivilegeEscalation` to false and';
    const shown = () => goStruct(context, 'core.v1.SecurityContext');
    if (context.privileged) errors.push(invalidValue(path, shown(), `${cannot} \`privileged\` to true`));
    for (const name of context.capabilities?.add ?? [])
      if (name === 'CAP_SYS_ADMIN')
        errors.push(invalidValue(path, shown(), `${cannot} \`capabilities.Add\` CAP_SYS_ADMIN`));
  }
  return [
    ...errors,
    ...validateWindowsOptions(context.windowsOptions, `${path}.windowsOptions`),
    ...validateAppArmor(context.appArmorProfile, `${path}.appArmorProfile`),
  ];
}

function validateIds<K extends string>(
  context: { [key in K]?: number },
  fields: readonly K[],
  path: string,
): FieldError[] {
  return fields.flatMap((field) => validateId(context[field], `${path}.${field}`));
}

function validateId(id: number | undefined, path: string): FieldError[] {
  return id === undefined ? [] : userOrGroupId(id).map((message) => invalidValue(path, id, message));
}

function validateChoice(value: string | undefined, known: string[], path: string): FieldError[] {
  return value === undefined || known.includes(value) ? [] : [notSupported(path, value, known)];
}

const sysctlName = '([a-z0-9]([-_a-z0-9]*[a-z0-9])?[\\./])*[a-z0-9]([-_a-z0-9]*[a-z0-9])?';
const sysctlPattern = new RegExp(`^${sysctlName}$`);

function validateSysctls(spec: PodSpec, context: PodSecurityContext, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  context.sysctls?.forEach(({ name = '' }, i) => {
    const at = `${path}[${i}].name`;
    if (!name) errors.push(required(at));
    else if (name.length > 253 || !sysctlPattern.test(name))
      errors.push(invalidValue(at, name, `must have at most 253 characters and match regex ^${sysctlName}$`));
    else if (seen.has(name)) errors.push(duplicate(at, name));
    const normal = name.replaceAll('/', '.');
    if (spec.hostNetwork && normal.startsWith('net.'))
      errors.push(invalidValue(at, name, "may not be specified when 'hostNetwork' is true"));
    else if (spec.hostIPC && /^(kernel\.shm|kernel\.msg|kernel\.sem$|fs\.mqueue\.)/.test(normal))
      errors.push(invalidValue(at, name, "may not be specified when 'hostIPC' is true"));
    seen.add(name);
  });
  return errors;
}

function validateSeccomp(profile: SeccompProfile | undefined, path: string): FieldError[] {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  const errors: FieldError[] = [];
  if (!type) errors.push(required(`${path}.type`, 'type is required when seccompProfile is set'));
  else if (!['Localhost', 'RuntimeDefault', 'Unconfined'].includes(type))
    errors.push(notSupported(`${path}.type`, type, ['Localhost', 'RuntimeDefault', 'Unconfined']));
  const at = `${path}.localhostProfile`;
  if (type === 'Localhost') {
    if (localhostProfile === undefined)
      errors.push(required(at, 'must be set when seccomp type is Localhost'));
    else errors.push(...validateDescendingPath(localhostProfile, at));
  } else if (localhostProfile !== undefined)
    errors.push(
      invalidValue(
        at,
        goStruct(profile, 'core.v1.SeccompProfile'),
        'can only be set when seccomp type is Localhost',
      ),
    );
  return errors;
}

export function validateAppArmor(profile: AppArmorProfile | undefined, path: string): FieldError[] {
  if (!profile) return [];
  const { type, localhostProfile } = profile;
  const at = `${path}.localhostProfile`;
  if (!type) return [required(`${path}.type`, 'type is required when appArmorProfile is set')];
  if (type === 'RuntimeDefault' || type === 'Unconfined')
    return localhostProfile === undefined
      ? []
      : [invalidValue(at, localhostProfile, 'can only be set when AppArmor type is Localhost')];
  if (type !== 'Localhost')
    return [notSupported(`${path}.type`, type, ['Localhost', 'RuntimeDefault', 'Unconfined'])];
  const missing = required(at, 'must be set when AppArmor type is Localhost');
  if (localhostProfile === undefined) return [missing];
  const errors: FieldError[] = [];
  if (localhostProfile.trim() !== localhostProfile)
    errors.push(invalidValue(at, localhostProfile, 'must not be padded with whitespace'));
  else if (!localhostProfile) errors.push(missing);
  if (localhostProfile.length > 4095) errors.push(tooLong(at, undefined, 4095));
  return errors;
}

/** Pods with user IDs of their own can't share namespaces of the host. */
export function validateHostUsers(spec: PodSpec, path: string): FieldError[] {
  if (spec.hostUsers !== false) return [];
  const message = 'when `hostUsers` is false';
  return [
    ...(spec.hostNetwork ? [forbiddenField(`${path}.hostNetwork`, message)] : []),
    ...(spec.hostPID ? [forbiddenField(`${path}.HostPID`, message)] : []),
    ...(spec.hostIPC ? [forbiddenField(`${path}.HostIPC`, message)] : []),
    ...containersWithPath(spec, path)
      .filter(({ container }) => container.volumeDevices?.length)
      .map(({ at }) => forbiddenField(`${at}.volumeDevices`, message)),
  ];
}
