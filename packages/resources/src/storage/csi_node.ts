import {
  type CSINode,
  type CSINodeDriver,
  duplicate,
  type FieldError,
  invalidValue,
  required,
} from '@kubets/api';
import { validateCsiDriverName } from '../core/volume_rules.ts';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { goStruct } from '../rules/go_struct.ts';
import { immutableText } from '../rules/labels.ts';
import { qualifiedName } from '../rules/names.ts';
import { validateNonNegative } from '../rules/numbers.ts';
import { columnsOf, countColumn } from '../table/columns.ts';
import { storageKind } from './storage_kinds.ts';

export const csiNode = define<CSINode>({
  id: storageKind('csinodes', 'CSINode'),
  scope: 'Cluster',
  allowUnconditionalUpdate: false,
  columns: columnsOf<CSINode>(
    countColumn('Drivers', 'How many drivers the node has.', ({ spec }) => spec.drivers?.length),
  ),
  validate({ spec }) {
    const seen = new Set<string>();
    return (spec.drivers ?? []).flatMap((driver, i) => {
      const path = `spec.drivers[${i}]`;
      const again = seen.has(driver.name) ? [duplicate(`${path}.name`, driver.name)] : [];
      seen.add(driver.name);
      return [...validateDriver(driver, path), ...again, ...validateTopologyKeys(driver, path)];
    });
  },
  // How many volumes fit may change while the node runs (KEP-4876), what a driver is may not.
  validateUpdate: (next, old) =>
    (old.spec.drivers ?? []).flatMap(({ allocatable: _before, ...before }) => {
      const match = next.spec.drivers?.find(({ name }) => name === before.name);
      if (!match) return [];
      const { allocatable: _after, ...after } = match;
      return sameValue(after, before, 'storage.v1.CSINodeDriver')
        ? []
        : [invalidValue('spec.drivers', goStruct(after, 'storage.v1.CSINodeDriver'), immutableText)];
    }),
});

function validateDriver({ name = '', nodeID = '', allocatable }: CSINodeDriver, path: string): FieldError[] {
  return [
    ...validateCsiDriverName(name, `${path}.name`),
    ...(nodeID ? [] : [required(`${path}.nodeID`)]),
    ...(nodeID.length > 256
      ? [invalidValue(`${path}.nodeID`, nodeID, 'must be 256 characters or less')]
      : []),
    ...validateNonNegative(allocatable?.count, `${path}.allocatable.count`),
  ];
}

function validateTopologyKeys({ topologyKeys = [] }: CSINodeDriver, path: string): FieldError[] {
  return topologyKeys.flatMap((key, i) => [
    ...(key ? [] : [required(path)]),
    ...(topologyKeys.indexOf(key) < i ? [duplicate(path, key)] : []),
    ...qualifiedName(key).map((message) => invalidValue(path, key, message)),
  ]);
}
