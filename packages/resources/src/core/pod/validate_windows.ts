// Pods of Windows nodes: their own options, and what of Linux they can't have.
import { type FieldError, forbiddenField, invalidValue, type PodSpec } from '@kubets/api';
import { byteLength } from '../../rules/labels.ts';
import { dns1123Subdomain } from '../../rules/names.ts';
import { containersWithPath } from './containers_with_path.ts';

type WindowsOptions = NonNullable<NonNullable<PodSpec['securityContext']>['windowsOptions']>;

const maxSpecBytes = 64 * 1024;

export function validateWindowsOptions(options: WindowsOptions | undefined, path: string): FieldError[] {
  if (!options) return [];
  const { gmsaCredentialSpecName: name, gmsaCredentialSpec: spec, runAsUserName: user } = options;
  const errors: FieldError[] = [];
  if (name !== undefined)
    for (const message of dns1123Subdomain(name))
      errors.push(invalidValue(`${path}.gmsaCredentialSpecName`, name, message));
  if (spec === '')
    errors.push(
      invalidValue(`${path}.gmsaCredentialSpec`, spec, 'gmsaCredentialSpec cannot be an empty string'),
    );
  else if (spec !== undefined && byteLength(spec) > maxSpecBytes)
    errors.push(
      invalidValue(`${path}.gmsaCredentialSpec`, spec, 'gmsaCredentialSpec size must be under 64 KiB'),
    );
  if (user !== undefined)
    for (const message of userNameFaults(user))
      errors.push(invalidValue(`${path}.runAsUserName`, user, message));
  return errors;
}

const netBiosName = /^[^\\/:*?"<>|.][^\\/:*?"<>|]{0,14}$/;
const dnsLabel = '[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?';
const dnsName = new RegExp(`^${dnsLabel}(?:\\.${dnsLabel})*$`);

/** `DOMAIN\user` or `user`. */
function userNameFaults(name: string): string[] {
  if (!name) return ['runAsUserName cannot be an empty string'];
  if (/[\x00-\x1f\x7f]/.test(name)) return ['runAsUserName cannot contain control characters'];
  const parts = name.split('\\');
  if (parts.length > 2) return ['runAsUserName cannot contain more than one backslash'];
  const user = parts.at(-1)!;
  const domain = parts.length === 2 ? parts[0]! : undefined;
  const faults: string[] = [];
  if (domain !== undefined && byteLength(domain) >= 256)
    faults.push("runAsUserName's Domain length must be under 256 characters");
  if (domain !== undefined && !netBiosName.test(domain) && !dnsName.test(domain))
    faults.push("runAsUserName's Domain doesn't match the NetBios nor the DNS format");
  if (!user) faults.push("runAsUserName's User cannot be empty");
  else if (byteLength(user) > 104)
    faults.push("runAsUserName's User length must not be longer than 104 characters");
  if (/^[. ]+$/.test(user)) faults.push("runAsUserName's User cannot contain only periods or spaces");
  if (/["/\\:;|=,+*?<>@[\]]/.test(user))
    faults.push(`runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`);
  return faults;
}

/** Containers that run on the host itself (KEP-1981): all of a pod or none, and in the host's network. */
export function validateHostProcess(spec: PodSpec, path: string): FieldError[] {
  const ofPod = spec.securityContext?.windowsOptions?.hostProcess;
  const containers = containersWithPath(spec, path);
  const errors: FieldError[] = [];
  let count = 0;
  for (const { container, at } of containers) {
    const own = container.securityContext?.windowsOptions?.hostProcess;
    if (ofPod !== undefined && own !== undefined && ofPod !== own)
      errors.push(
        invalidValue(
          `${at}.securityContext.windowsOptions.hostProcess`,
          own,
          `pod hostProcess value must be identical if both are specified, was ${ofPod}`,
        ),
      );
    if (own ?? ofPod) count++;
  }
  if (count === 0) return errors;
  if (count !== containers.length)
    errors.push(
      invalidValue(
        path,
        '',
        'If pod contains any hostProcess containers then all containers must be HostProcess containers',
      ),
    );
  if (!spec.hostNetwork)
    errors.push(
      invalidValue(
        `${path}.hostNetwork`,
        false,
        'hostNetwork must be true if pod contains any hostProcess containers',
      ),
    );
  return errors;
}

const linuxOnly = [
  'securityContext.appArmorProfile',
  'securityContext.seLinuxOptions',
  'hostUsers',
  'hostPID',
  'hostIPC',
  'securityContext.seccompProfile',
  'securityContext.fsGroup',
  'securityContext.fsGroupChangePolicy',
  'securityContext.sysctls',
  'shareProcessNamespace',
  'securityContext.runAsUser',
  'securityContext.runAsGroup',
  'securityContext.supplementalGroups',
  'securityContext.supplementalGroupsPolicy',
  'securityContext.seLinuxChangePolicy',
] as const;

const linuxOnlyOfContainers = [
  'appArmorProfile',
  'seLinuxOptions',
  'seccompProfile',
  'capabilities',
  'readOnlyRootFilesystem',
  'privileged',
  'allowPrivilegeEscalation',
  'procMount',
  'runAsUser',
  'runAsGroup',
] as const;

export function validateWindowsPod(spec: PodSpec, path: string): FieldError[] {
  const message = 'cannot be set for a windows pod';
  const ofPod = linuxOnly.filter((field) => isSet(spec, field));
  return [
    ...ofPod.map((field) => forbiddenField(`${path}.${field}`, message)),
    ...containersWithPath(spec, path).flatMap(({ container, at }) =>
      linuxOnlyOfContainers
        .filter((field) => container.securityContext?.[field] !== undefined)
        .map((field) => forbiddenField(`${at}.securityContext.${field}`, message)),
    ),
  ];
}

function isSet(spec: PodSpec, field: (typeof linuxOnly)[number]): boolean {
  // Plain booleans inside, where false is the same as unsaid.
  if (field === 'hostPID' || field === 'hostIPC') return spec[field] === true;
  let value: unknown = spec;
  for (const name of field.split('.')) value = (value as Record<string, unknown> | undefined)?.[name];
  return Array.isArray(value) ? value.length > 0 : value !== undefined;
}
