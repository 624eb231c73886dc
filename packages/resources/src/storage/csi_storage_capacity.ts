import { type CSIStorageCapacity, invalidValue, required } from '@kubets/api';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { immutableText, validateLabelSelector } from '../rules/labels.ts';
import { validateNotNegative } from '../rules/quantities.ts';
import { nameColumn, textColumn } from '../table/columns.ts';

export const csiStorageCapacity = define<CSIStorageCapacity>({
  id: {
    group: 'storage.k8s.io',
    version: 'v1',
    resource: 'csistoragecapacities',
    kind: 'CSIStorageCapacity',
  },
  scope: 'Namespaced',
  columns: [
    nameColumn,
    textColumn<CSIStorageCapacity>(
      'StorageClass',
      'The class that the figure is for.',
      (object) => object.storageClassName,
    ),
    textColumn<CSIStorageCapacity>('Capacity', 'What is free.', (object) => object.capacity),
  ],
  validate: (object) => [
    ...(object.storageClassName ? [] : [required('storageClassName', '')]),
    ...(object.nodeTopology ? validateLabelSelector(object.nodeTopology, 'nodeTopology') : []),
    ...(object.capacity !== undefined ? validateNotNegative(object.capacity, 'capacity') : []),
    ...(object.maximumVolumeSize !== undefined
      ? validateNotNegative(object.maximumVolumeSize, 'maximumVolumeSize')
      : []),
  ],
  validateUpdate: (next, old) =>
    (['nodeTopology', 'storageClassName'] as const)
      .filter((key) => !sameValue(next[key], old[key]))
      .map((key) => invalidValue(key, next[key], immutableText)),
});
