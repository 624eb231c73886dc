import { forbiddenField, required, type VolumeAttributesClass } from '@kubets/api';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { sameShape } from '../same_shape.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { storageKind } from './storage_kinds.ts';
import { validateParameters, validateProvisioner } from './validate_parameters.ts';

export const volumeAttributesClass = define<VolumeAttributesClass>({
  id: storageKind('volumeattributesclasses', 'VolumeAttributesClass', { shortNames: ['vac'] }),
  scope: 'Cluster',
  otherVersions: [sameShape('storage.k8s.io', 'v1', 'v1beta1', 'VolumeAttributesClass')],
  columns: columnsOf<VolumeAttributesClass>(
    textColumn('DriverName', 'The driver that knows the attributes.', ({ driverName }) => driverName),
  ),
  validate: ({ driverName, parameters = {} }) => [
    ...validateProvisioner(driverName, 'driverName'),
    ...validateParameters(parameters, 'parameters'),
    ...(Object.keys(parameters).length === 0
      ? [required('parameters', 'must contain at least one key/value pair')]
      : []),
  ],
  validateUpdate: (next, old) =>
    (['driverName', 'parameters'] as const)
      .filter((field) => !sameValue(next[field], old[field]))
      .map((field) => forbiddenField(field, `updates to ${field} are forbidden.`)),
});
