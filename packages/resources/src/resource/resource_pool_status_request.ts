// A question about the devices of a driver's pools, which a controller answers once in the status (KEP-5677).
import {
  type FieldError,
  invalidValue,
  type PoolStatus,
  type ResourcePoolStatusRequest,
  type ResourcePoolStatusRequestStatus,
  required,
  tooLong,
  tooMany,
} from '@kubets/api';
import { define, kindsOf } from '../define.ts';
import { validateConditions } from '../rules/conditions.ts';
import { sameField, sameValue } from '../rules/equality.ts';
import { byteLength, immutableText } from '../rules/labels.ts';
import { dns1123Subdomain } from '../rules/names.ts';
import { ageSince } from '../table/age.ts';
import { countColumn, nameColumn, textColumn } from '../table/columns.ts';
import { validateNamed, validateSet } from './device_rules.ts';

type Request = ResourcePoolStatusRequest;
const type = 'resource.v1alpha3.ResourcePoolStatusRequest';
const statusType = 'resource.v1alpha3.ResourcePoolStatusRequestStatus';
const defaultLimit = 100;
const maxPools = 1000;
const counts = [
  ['resourceSliceCount', 1],
  ['totalDevices', 0],
  ['allocatedDevices', 0],
  ['availableDevices', 0],
  ['unavailableDevices', 0],
] as const;

export const resourcePoolStatusRequest = define<Request>({
  id: kindsOf('resource.k8s.io', 'v1alpha3')('resourcepoolstatusrequests', 'ResourcePoolStatusRequest'),
  scope: 'Cluster',
  allowUnconditionalUpdate: false,
  columns: [
    nameColumn,
    textColumn<Request>('Driver', 'The driver whose pools are asked for.', ({ spec }) => spec.driver),
    sumColumn('Total', 'Devices of all its pools.', 'totalDevices'),
    sumColumn('Available', 'Devices that can be had.', 'availableDevices'),
    sumColumn('Allocated', 'Devices that are taken.', 'allocatedDevices'),
    sumColumn('Unavailable', 'Devices that nobody can have.', 'unavailableDevices'),
    textColumn<Request>('Errors', 'Pools whose slices do not fit together.', (request) =>
      sumText(request, (pool) => (pool.validationError === undefined ? 0 : 1)),
    ),
    countColumn<Request>('Pools', 'Pools that match.', ({ status }) => status?.poolCount),
    textColumn<Request>('Status', 'Whether the answer is there.', stateText),
    textColumn<Request>('Completed', 'Time since the answer.', (request, nowMs) => {
      const { type: state, lastTransitionTime } = outcome(request) ?? {};
      return state === 'Complete' ? ageSince(lastTransitionTime, nowMs) : '<none>';
    }),
  ],
  defaults({ spec }) {
    spec.limit ??= defaultLimit;
  },
  prepareCreate: (request) => {
    delete request.status;
  },
  validate: ({ spec }, old) => (old ? [] : validateSpec(spec)),
  validateUpdate: (next, old) =>
    sameField(next, old, 'spec', type) ? [] : [invalidValue('spec', next.spec, immutableText)],
  status: {
    metadata: 'keep',
    validate(next, old) {
      const { status } = next;
      if (old.status)
        return sameValue(status, old.status, statusType)
          ? []
          : [invalidValue('status', status ?? null, immutableText)];
      return status ? validateStatus(status) : [];
    },
  },
});

function validateSpec({ driver, poolName, limit = defaultLimit }: Request['spec']): FieldError[] {
  return [
    ...(driver ? validateDriver(driver, 'spec.driver') : [required('spec.driver')]),
    ...(poolName === undefined ? [] : validatePool(poolName, 'spec.poolName')),
    ...(limit > maxPools
      ? [invalidValue('spec.limit', limit, `must be less than or equal to ${maxPools}`)]
      : []),
    ...atLeast(limit, 1, 'spec.limit'),
  ];
}

function validateStatus({ poolCount, pools = [], conditions = [] }: ResourcePoolStatusRequestStatus) {
  const types = conditions.map((condition) => condition.type);
  return [
    ...validateConditions(conditions, 'status.conditions'),
    ...(poolCount === undefined ? [required('status.poolCount')] : atLeast(poolCount, 0, 'status.poolCount')),
    ...validateSet(pools, maxPools, validatePoolStatus, (pool) => JSON.stringify(pool), 'status.pools'),
    ...(types.length > 10 ? [tooMany('status.conditions', types.length, 10)] : []),
  ];
}

function validatePoolStatus(pool: PoolStatus, path: string): FieldError[] {
  const { driver, poolName, generation = 0, nodeName, validationError } = pool;
  return [
    ...(driver ? validateDriver(driver, `${path}.driver`) : [required(`${path}.driver`)]),
    ...(poolName ? validatePool(poolName, `${path}.poolName`) : [required(`${path}.poolName`)]),
    ...(generation === 0 ? [required(`${path}.generation`)] : atLeast(generation, 0, `${path}.generation`)),
    ...counts.flatMap(([field, least]) => {
      const value = pool[field];
      return value === undefined ? [] : atLeast(value, least, `${path}.${field}`);
    }),
    ...(nodeName === undefined ? [] : validateNamed(nodeName, dns1123Subdomain, `${path}.nodeName`)),
    ...(validationError !== undefined && byteLength(validationError) > 256
      ? [tooLong(`${path}.validationError`, undefined, 256)]
      : []),
  ];
}

const validateDriver = (name: string, path: string) =>
  dns1123Subdomain(name.toLowerCase()).map((message) => invalidValue(path, name, message));

function validatePool(name: string, path: string): FieldError[] {
  return [
    ...(name.length > 253 ? [tooLong(path, undefined, 253)] : []),
    ...name
      .split('/')
      .flatMap((part, i) =>
        part === ''
          ? [invalidValue(path, name, `segment ${i}: must not be empty`)]
          : dns1123Subdomain(part).map((message) => invalidValue(path, part, `segment ${i}: ${message}`)),
      ),
  ];
}

function atLeast(value: number, least: number, path: string): FieldError[] {
  return value < least ? [invalidValue(path, value, `must be greater than or equal to ${least}`)] : [];
}

function outcome({ status }: Request) {
  return status?.conditions?.find(
    (each) => each.status === 'True' && (each.type === 'Complete' || each.type === 'Failed'),
  );
}

function stateText(request: Request): string {
  const state = outcome(request)?.type ?? 'Pending';
  const { poolCount = 0, pools = [] } = request.status ?? {};
  return state === 'Complete' && poolCount > pools.length
    ? `Complete (${pools.length}/${poolCount} pools)`
    : state;
}

function sumColumn(name: string, description: string, field: (typeof counts)[number][0]) {
  return textColumn<Request>(name, description, (request) => sumText(request, (pool) => pool[field] ?? 0));
}

function sumText(request: Request, of: (pool: PoolStatus) => number): string {
  if (!request.status || outcome(request)?.type === 'Failed') return '-';
  return String((request.status.pools ?? []).reduce((sum, pool) => sum + of(pool), 0));
}
