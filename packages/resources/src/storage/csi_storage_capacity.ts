import { type CSIStorageCapacity, invalidValue } from '@kubets/api';
import { warnOfNodeTopology } from '../core/node_labels.ts';
import { define } from '../define.ts';
import { sameField } from '../rules/equality.ts';
import { goStruct } from '../rules/go_struct.ts';
import { immutableText, validateLabelSelector } from '../rules/labels.ts';
import { dns1123Subdomain } from '../rules/names.ts';
import { validateNotNegative } from '../rules/quantities.ts';
import { storageKind } from './storage_kinds.ts';

export const csiStorageCapacity = define<CSIStorageCapacity>({
  id: storageKind('csistoragecapacities', 'CSIStorageCapacity'),
  scope: 'Namespaced',
  allowUnconditionalUpdate: false,
  validate: ({ nodeTopology, storageClassName = '', capacity }, old) => [
    ...validateLabelSelector(nodeTopology, 'nodeTopology', {
      allowInvalidValues: old !== undefined && validateLabelSelector(old.nodeTopology, '').length > 0,
    }),
    ...dns1123Subdomain(storageClassName).map((message) =>
      invalidValue('storageClassName', storageClassName, message),
    ),
    ...(capacity === undefined ? [] : validateNotNegative(capacity, 'capacity')),
  ],
  warnings: ({ nodeTopology }) => (nodeTopology ? warnOfNodeTopology(nodeTopology, 'nodeTopology') : []),
  validateUpdate: (next, old) =>
    (['nodeTopology', 'storageClassName'] as const)
      .filter((field) => !sameField(next, old, field, 'storage.v1.CSIStorageCapacity'))
      .map((field) => {
        const value = field === 'nodeTopology' ? goStruct(next[field], 'meta.v1.LabelSelector') : next[field];
        return invalidValue(field, value ?? null, immutableText);
      }),
});
