import {
  type AllocatedDeviceStatus,
  type AllocationResult,
  type DeviceRequestAllocationResult,
  type FieldError,
  forbiddenField,
  invalidValue,
  type NetworkDeviceData,
  notSupported,
  type ResourceV1ResourceClaim as ResourceClaim,
  type ResourceClaimConsumerReference,
  required,
  tooLong,
  tooMany,
} from '@kubets/api';
import { validateNodeSelector } from '../core/pod/validate_affinity.ts';
import { validateCsiDriverName } from '../core/volume_rules.ts';
import { validateConditions } from '../rules/conditions.ts';
import { sameValue } from '../rules/equality.ts';
import { goStruct } from '../rules/go_struct.ts';
import { immutableText } from '../rules/labels.ts';
import {
  validateBindingConditions,
  validateConfiguration,
  validateDeviceLabel,
  validateList,
  validatePoolName,
  validateRawObject,
  validateSet,
} from './device_rules.ts';
import { maxRequests, requestNames, validateRequestRef, validateRequestRefs } from './validate_claim.ts';

const any = Number.POSITIVE_INFINITY;

interface DeviceId {
  driver: string;
  pool: string;
  device: string;
  shareID?: string;
}

/** Tells allocated devices, and shares of a device, from each other. */
export function deviceKey({ driver, pool, device, shareID }: DeviceId): string {
  return `${driver}/${pool}/${device}${shareID ? `/${shareID}` : ''}`;
}

export function validateClaimStatus(next: ResourceClaim, old: ResourceClaim): FieldError[] {
  const { reservedFor = [], devices, allocation } = next.status ?? {};
  const before = old.status ?? {};
  const allocated = new Set((allocation?.devices?.results ?? []).map(deviceKey));
  const errors = [
    ...validateSet(reservedFor, 256, validateConsumer, ({ uid }) => uid ?? '', 'status.reservedFor'),
    ...validateSet(
      devices,
      any,
      (device, path) => validateDeviceStatus(device, allocated, path),
      deviceKey,
      'status.devices',
    ),
  ];
  const known = (before.reservedFor ?? []).map(({ uid }) => uid);
  if (reservedFor.length > 0 && !allocation)
    errors.push(forbiddenField('status.reservedFor', 'may not be specified when `allocated` is not set'));
  else if (next.metadata.deletionTimestamp && reservedFor.some(({ uid }) => !known.includes(uid)))
    errors.push(
      forbiddenField(
        'status.reservedFor',
        'new entries may not be added while `deallocationRequested` or `deletionTimestamp` are set',
      ),
    );
  if (!allocation) return errors;
  if (!before.allocation)
    return [
      ...errors,
      ...validateAllocation(allocation, requestNames(next.spec.devices ?? {}), 'status.allocation'),
    ];
  return sameValue(allocation, before.allocation, 'resource.v1.AllocationResult')
    ? errors
    : [
        ...errors,
        invalidValue(
          'status.allocation',
          goStruct(allocation, 'resource.v1.AllocationResult'),
          immutableText,
        ),
      ];
}

function validateConsumer(consumer: ResourceClaimConsumerReference, path: string): FieldError[] {
  return (['resource', 'name', 'uid'] as const).flatMap((field) =>
    consumer[field] ? [] : [required(`${path}.${field}`)],
  );
}

function validateAllocation(
  { devices = {}, nodeSelector }: AllocationResult,
  known: ReadonlySet<string>,
  path: string,
): FieldError[] {
  const { results, config } = devices;
  return [
    ...validateList(
      results,
      maxRequests,
      (result, at) => validateResult(result, known, at),
      `${path}.devices.results`,
    ),
    ...validateList(
      config,
      64,
      ({ source, requests, opaque }, at) => [
        ...validateSource(source, `${at}.source`),
        ...validateRequestRefs(requests, known, `${at}.requests`),
        ...validateConfiguration(opaque, at),
      ],
      `${path}.devices.config`,
    ),
    ...(nodeSelector ? validateNodeSelector(nodeSelector, `${path}.nodeSelector`) : []),
  ];
}

function validateSource(source: string | undefined, path: string): FieldError[] {
  if (!source) return [required(path)];
  const sources = ['FromClaim', 'FromClass'];
  return sources.includes(source) ? [] : [notSupported(path, source, sources)];
}

function validateResult(
  result: DeviceRequestAllocationResult,
  known: ReadonlySet<string>,
  path: string,
): FieldError[] {
  return [
    ...validateRequestRef(result.request ?? '', known, `${path}.request`),
    ...validateDeviceId(result, path),
    ...validateBindingConditions(result.bindingConditions, result.bindingFailureConditions, path),
  ];
}

function validateDeviceId({ driver, pool, device, shareID }: DeviceId, path: string): FieldError[] {
  const normalized = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
  return [
    ...validateCsiDriverName(driver ?? '', `${path}.driver`),
    ...validatePoolName(pool, `${path}.pool`),
    ...validateDeviceLabel(device, `${path}.device`),
    ...(shareID === undefined || normalized.test(shareID)
      ? []
      : [
          invalidValue(
            `${path}.shareID`,
            shareID,
            'uid must be in RFC 4122 normalized form, `xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx` with lowercase hexadecimal characters',
          ),
        ]),
  ];
}

/** As upstream's name of a device prints. */
function shownDevice({ driver, pool, device, shareID }: AllocatedDeviceStatus): object {
  return { Driver: driver, Pool: pool, Device: device, ShareID: shareID ?? null };
}

function validateDeviceStatus(
  status: AllocatedDeviceStatus,
  allocated: ReadonlySet<string>,
  path: string,
): FieldError[] {
  const { conditions, data, networkData } = status;
  const errors = validateDeviceId(status, path);
  if (!allocated.has(deviceKey(status)))
    errors.push(invalidValue(path, shownDevice(status), 'must be an allocated device in the claim'));
  if (conditions && conditions.length > 8) errors.push(tooMany(`${path}.conditions`, conditions.length, 8));
  return [
    ...errors,
    ...validateConditions(conditions, `${path}.conditions`),
    ...(data === undefined ? [] : validateRawObject(data, `${path}.data`)),
    ...(networkData ? validateNetworkData(networkData, `${path}.networkData`) : []),
  ];
}

function validateNetworkData(data: NetworkDeviceData, path: string): FieldError[] {
  const { interfaceName = '', hardwareAddress = '', ips } = data;
  return [
    ...(interfaceName.length > 256 ? [tooLong(`${path}.interfaceName`, undefined, 256)] : []),
    ...(hardwareAddress.length > 128 ? [tooLong(`${path}.hardwareAddress`, undefined, 128)] : []),
    ...validateSet(
      ips,
      16,
      () => [],
      (ip) => ip,
      `${path}.ips`,
    ),
  ];
}
