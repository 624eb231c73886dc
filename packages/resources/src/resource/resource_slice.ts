import type { DeviceAttribute, ResourceSlice } from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import { define } from '../define.ts';
import type { StrategyContext } from '../resource.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { resourceSliceVersions } from './other_versions.ts';
import { resourceKind } from './resource_kinds.ts';
import { validateSlice } from './validate_slice.ts';

const listAttributes = ['bools', 'ints', 'strings', 'versions'] as const;

export const resourceSlice = define<ResourceSlice>({
  id: resourceKind('resourceslices', 'ResourceSlice'),
  otherVersions: resourceSliceVersions,
  scope: 'Cluster',
  selectableFields: {
    'spec.nodeName': ({ spec }) => spec?.nodeName ?? '',
    'spec.driver': ({ spec }) => spec?.driver ?? '',
  },
  columns: columnsOf<ResourceSlice>(
    textColumn('Node', 'The node that has the devices, where it is only one.', ({ spec }) => spec?.nodeName),
    textColumn('Driver', 'The driver that publishes them.', ({ spec }) => spec?.driver),
    textColumn('Pool', 'The pool to which they belong.', ({ spec }) => spec?.pool?.name),
  ),
  generation: 'spec',
  prepareCreate: (slice, context) => prepare(slice, undefined, context),
  prepareUpdate: prepare,
  warnings: ({ spec: { driver = '' } }) =>
    driver === driver.toLowerCase()
      ? []
      : [
          `spec.driver: driver names should be lowercase; ${JSON.stringify(driver)} contains uppercase characters`,
        ],
  validate: validateSlice,
});

function prepare(slice: ResourceSlice, old: ResourceSlice | undefined, { clock }: StrategyContext): void {
  for (const device of slice.spec?.devices ?? [])
    for (const taint of device.taints ?? []) taint.timeAdded ??= rfc3339(clock.now());
  dropUnfinished(slice, old);
}

/** Fields of features that are off by default (KEP-5491, KEP-5517) stay only where they already were. */
function dropUnfinished(slice: ResourceSlice, old: ResourceSlice | undefined): void {
  const before = old?.spec.devices ?? [];
  const hasMappings = before.some((device) => device.nodeAllocatableResourceMappings);
  const hasLists = before.some(({ attributes = {} }) => Object.values(attributes).some(isList));
  for (const device of slice.spec?.devices ?? []) {
    if (!hasMappings) delete device.nodeAllocatableResourceMappings;
    if (!hasLists)
      for (const attribute of Object.values(device.attributes ?? {}))
        for (const field of listAttributes) delete attribute[field];
  }
}

function isList(attribute: DeviceAttribute): boolean {
  return listAttributes.some((field) => attribute[field] !== undefined);
}
