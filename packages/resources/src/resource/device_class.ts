import { type DeviceClass, invalidValue } from '@kubets/api';
import { isExtended } from '../core/resource_names.ts';
import { define } from '../define.ts';
import { columnsOf } from '../table/columns.ts';
import { validateConfiguration, validateList, validateSelectors } from './device_rules.ts';
import { deviceClassVersions } from './other_versions.ts';
import { resourceKind } from './resource_kinds.ts';

export const deviceClass = define<DeviceClass>({
  id: resourceKind('deviceclasses', 'DeviceClass'),
  otherVersions: deviceClassVersions,
  scope: 'Cluster',
  columns: columnsOf<DeviceClass>(),
  generation: 'spec',
  validate({ spec: { selectors, config, extendedResourceName: name } }) {
    return [
      ...validateSelectors(selectors, 'spec.selectors'),
      ...validateList(config, 32, ({ opaque }, path) => validateConfiguration(opaque, path), 'spec.config'),
      ...(name !== undefined && !isExtended(name)
        ? [invalidValue('spec.extendedResourceName', name, 'must be a valid extended resource name')]
        : []),
    ];
  },
});
