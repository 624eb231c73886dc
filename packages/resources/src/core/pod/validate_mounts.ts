// Where volumes and devices show up in a container.
import {
  type Container,
  type FieldError,
  forbiddenField,
  invalidValue,
  notFoundValue,
  notSupported,
  required,
  type Volume,
  type VolumeDevice,
  type VolumeMount,
} from '@kubets/api';
import { validateDescendingPath, validateNoBacksteps } from './validate_path.ts';

export function validateVolumeMounts(
  container: Container,
  volumes: ReadonlyMap<string, Volume>,
  path: string,
): FieldError[] {
  const devices = container.volumeDevices ?? [];
  const errors: FieldError[] = [];
  const paths = new Set<string>();
  container.volumeMounts?.forEach((mount, i) => {
    const { name = '', mountPath = '' } = mount;
    const at = `${path}[${i}]`;
    if (!name) errors.push(required(`${at}.name`));
    if (!volumes.has(name)) errors.push(notFoundValue(`${at}.name`, name));
    if (!mountPath) errors.push(required(`${at}.mountPath`));
    if (paths.has(mountPath)) errors.push(invalidValue(`${at}.mountPath`, mountPath, 'must be unique'));
    paths.add(mountPath);
    if (devices.some((device) => device.name === name))
      errors.push(invalidValue(`${at}.name`, name, 'must not already exist in volumeDevices'));
    if (devices.some((device) => device.devicePath === mountPath))
      errors.push(
        invalidValue(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'),
      );
    // Upstream reports these of the list, not of the item.
    errors.push(...validateSubPath(mount, at, path), ...validatePropagation(mount, container, path));
    errors.push(...validateRecursiveReadOnly(mount, `${path}.recursiveReadOnly`));
  });
  return errors;
}

function validateSubPath({ subPath, subPathExpr }: VolumeMount, at: string, list: string): FieldError[] {
  const errors = subPath ? validateDescendingPath(subPath, `${list}.subPath`) : [];
  if (!subPathExpr) return errors;
  if (subPath)
    errors.push(
      invalidValue(`${at}.subPathExpr`, subPathExpr, 'subPathExpr and subPath are mutually exclusive'),
    );
  return [...errors, ...validateDescendingPath(subPathExpr, `${list}.subPathExpr`)];
}

function validatePropagation(mount: VolumeMount, container: Container, list: string): FieldError[] {
  const value = mount.mountPropagation;
  if (value === undefined) return [];
  const path = `${list}.mountPropagation`;
  const errors: FieldError[] = [];
  const known = ['Bidirectional', 'HostToContainer', 'None'];
  if (!known.includes(value)) errors.push(notSupported(path, value, known));
  if (value === 'Bidirectional' && !container.securityContext?.privileged)
    errors.push(
      forbiddenField(path, 'Bidirectional mount propagation is available only to privileged containers'),
    );
  return errors;
}

function validateRecursiveReadOnly(mount: VolumeMount, path: string): FieldError[] {
  const value = mount.recursiveReadOnly;
  if (value === undefined || value === 'Disabled') return [];
  if (value !== 'Enabled' && value !== 'IfPossible')
    return [notSupported(path, value, ['Disabled', 'Enabled', 'IfPossible'])];
  const errors: FieldError[] = [];
  if (!mount.readOnly) errors.push(forbiddenField(path, 'may only be specified when readOnly is true'));
  if (mount.mountPropagation && mount.mountPropagation !== 'None')
    errors.push(forbiddenField(path, 'may only be specified when mountPropagation is None or not specified'));
  return errors;
}

export function validateVolumeDevices(
  devices: VolumeDevice[] = [],
  mounts: VolumeMount[] = [],
  volumes: ReadonlyMap<string, Volume>,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  const names = new Set<string>();
  const paths = new Set<string>();
  devices.forEach(({ name = '', devicePath = '' }, i) => {
    const at = `${path}[${i}]`;
    const invalid = (field: 'name' | 'devicePath', message: string) =>
      errors.push(invalidValue(`${at}.${field}`, field === 'name' ? name : devicePath, message));
    const volume = volumes.get(name);
    if (!name) errors.push(required(`${at}.name`));
    if (names.has(name)) invalid('name', 'must be unique');
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral)
      invalid('name', 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode');
    if (!volume) errors.push(notFoundValue(`${at}.name`, name));
    if (!devicePath) errors.push(required(`${at}.devicePath`));
    if (paths.has(devicePath)) invalid('devicePath', 'must be unique');
    if (validateNoBacksteps(devicePath, at).length > 0)
      invalid('devicePath', "can not contain backsteps ('..')");
    else paths.add(devicePath);
    if (mounts.some((mount) => mount.name === name))
      invalid('name', 'must not already exist in volumeMounts');
    if (mounts.some((mount) => mount.mountPath === devicePath))
      invalid('devicePath', 'must not already exist as a path in volumeMounts');
    if (name) names.add(name);
  });
  return errors;
}
