import { forbiddenField, required, type VolumeAttributesClass } from '@kubets/api';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { columnsOf, textColumn } from '../table/columns.ts';

export const volumeAttributesClass = define<VolumeAttributesClass>({
  id: {
    group: 'storage.k8s.io',
    version: 'v1',
    resource: 'volumeattributesclasses',
    kind: 'VolumeAttributesClass',
    shortNames: ['vac'],
  },
  scope: 'Cluster',
  columns: columnsOf<VolumeAttributesClass>(
    textColumn('DriverName', 'The driver that knows the attributes.', (object) => object.driverName),
  ),
  validate: (object) => [
    ...(object.driverName ? [] : [required('driverName', '')]),
    ...(object.parameters ? [] : [required('parameters', 'must contain at least one key/value pair')]),
  ],
  validateUpdate: (next, old) =>
    (['driverName', 'parameters'] as const)
      .filter((key) => !sameValue(next[key], old[key]))
      .map((key) => forbiddenField(key, `updates to ${key} are forbidden.`)),
});
