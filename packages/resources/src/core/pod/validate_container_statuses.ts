// What a status says of containers beyond their state: their users and the health of their devices (KEP-3619, KEP-4680).
import {
  type Container,
  type ContainerStatus,
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  type PodSpec,
  type PodStatus,
  required,
  tooLong,
} from '@kubets/api';
import { byteLength } from '../../rules/labels.ts';
import { userOrGroupId } from '../../rules/numbers.ts';

const lists = ['containerStatuses', 'initContainerStatuses', 'ephemeralContainerStatuses'] as const;

export function validateContainerStatuses(status: PodStatus, spec: PodSpec): FieldError[] {
  const windows = spec.os?.name === 'windows';
  return [
    ...lists.flatMap((list) => validateUsers(status[list] ?? [], `status.${list}`, windows)),
    ...validateHealth(status.containerStatuses ?? [], 'status.containerStatuses', spec.containers),
    ...validateHealth(
      status.initContainerStatuses ?? [],
      'status.initContainerStatuses',
      spec.initContainers,
    ),
    ...(status.ephemeralContainerStatuses ?? []).flatMap(({ allocatedResourcesStatus }, i) =>
      allocatedResourcesStatus?.length
        ? [
            forbiddenField(
              `status.ephemeralContainerStatuses[${i}].allocatedResourcesStatus`,
              'must not be specified in container status',
            ),
          ]
        : [],
    ),
  ];
}

function validateUsers(statuses: ContainerStatus[], path: string, windows: boolean): FieldError[] {
  return statuses.flatMap(({ user }, i) => {
    const at = `${path}[${i}].user.linux`;
    if (!user?.linux) return [];
    if (windows) return [forbiddenField(at, 'cannot be set for a windows pod')];
    const { uid = 0, gid = 0, supplementalGroups = [] } = user.linux;
    const check = (id: number, field: string) =>
      userOrGroupId(id).map((message) => invalidValue(`${at}.${field}`, id, message));
    return [
      ...check(uid, 'uid'),
      ...check(gid, 'gid'),
      ...supplementalGroups.flatMap((group, j) => check(group, `supplementalGroups[${j}]`)),
    ];
  });
}

function validateHealth(
  statuses: ContainerStatus[],
  path: string,
  containers: Container[] = [],
): FieldError[] {
  return statuses.flatMap(({ name, allocatedResourcesStatus = [] }, i) => {
    const container = containers.find((candidate) => candidate.name === name);
    return allocatedResourcesStatus.flatMap((resource, j) => {
      const at = `${path}[${i}].allocatedResourcesStatus[${j}]`;
      const resources = resource.resources ?? [];
      return [
        // A status of a container that isn't there any more is let be.
        ...(container ? validateResourceName(resource.name, container, `${at}.name`) : []),
        ...resources.flatMap((device, k) => {
          const again = resources.findIndex(({ resourceID }) => resourceID === device.resourceID) < k;
          return [
            ...validateDevice(device, `${at}.resources[${k}]`),
            ...(again ? [duplicate(`${at}.resources[${k}].resourceID`, device.resourceID)] : []),
          ];
        }),
      ];
    });
  });
}

function validateResourceName(name: string, { resources }: Container, path: string): FieldError[] {
  if (!name.startsWith('claim:'))
    return resources?.requests?.[name] === undefined
      ? [invalidValue(path, name, "must match one of the container's resource requests")]
      : [];
  const known = (resources?.claims ?? []).map((claim) =>
    claim.request ? `claim:${claim.name}/${claim.request}` : `claim:${claim.name}`,
  );
  return known.includes(name)
    ? []
    : [
        invalidValue(
          path,
          name,
          "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty",
        ),
      ];
}

const healths = ['Healthy', 'Unhealthy', 'Unknown'];
const maxMessageBytes = 1024;

function validateDevice(
  { health = '', message }: { health?: string; message?: string },
  path: string,
): FieldError[] {
  const errors = healths.includes(health) ? [] : [notSupported(`${path}.health`, health, healths)];
  if (message === '') errors.push(required(`${path}.message`, 'must be non-empty if specified'));
  else if (message !== undefined && byteLength(message) > maxMessageBytes)
    errors.push(tooLong(`${path}.message`, undefined, maxMessageBytes));
  return errors;
}
