import {
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type StorageClass,
} from '@kubets/api';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { qualifiedName } from '../rules/names.ts';
import { columnsOf, textColumn } from '../table/columns.ts';

const defaultAnnotation = 'storageclass.kubernetes.io/is-default-class';

export const storageClass = define<StorageClass>({
  id: {
    group: 'storage.k8s.io',
    version: 'v1',
    resource: 'storageclasses',
    kind: 'StorageClass',
    shortNames: ['sc'],
  },
  scope: 'Cluster',
  columns: columnsOf<StorageClass>(
    textColumn('Provisioner', 'Who makes volumes of this class.', (object) => object.provisioner),
    textColumn(
      'ReclaimPolicy',
      'What becomes of a volume when its claim goes.',
      (object) => object.reclaimPolicy,
    ),
    textColumn(
      'VolumeBindingMode',
      'When claims are bound and volumes made.',
      (object) => object.volumeBindingMode,
    ),
    {
      name: 'AllowVolumeExpansion',
      type: 'boolean',
      description: 'Whether claims of this class may grow.',
      value: (object) => object.allowVolumeExpansion ?? false,
    },
  ).map((column) =>
    column.name === 'Name'
      ? {
          ...column,
          value: ({ metadata }: StorageClass) =>
            metadata.annotations?.[defaultAnnotation] === 'true'
              ? `${metadata.name} (default)`
              : metadata.name,
        }
      : column,
  ),
  defaults(object) {
    object.reclaimPolicy ??= 'Delete';
    object.volumeBindingMode ??= 'Immediate';
  },
  validate(object) {
    const problems: FieldError[] = [];
    if (!object.provisioner) problems.push(required('provisioner', ''));
    for (const message of object.provisioner ? qualifiedName(object.provisioner.toLowerCase()) : []) {
      problems.push(invalidValue('provisioner', object.provisioner, message));
    }
    const policies = ['Delete', 'Retain'];
    if (!policies.includes(object.reclaimPolicy!)) {
      problems.push(notSupported('reclaimPolicy', object.reclaimPolicy, policies));
    }
    const modes = ['Immediate', 'WaitForFirstConsumer'];
    if (!modes.includes(object.volumeBindingMode!)) {
      problems.push(notSupported('volumeBindingMode', object.volumeBindingMode, modes));
    }
    return problems;
  },
  validateUpdate(next, old) {
    const fixed = ['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const;
    return fixed
      .filter((key) => !sameValue(next[key], old[key]))
      .map((key) => forbiddenField(key, `updates to ${key} are forbidden.`));
  },
});
