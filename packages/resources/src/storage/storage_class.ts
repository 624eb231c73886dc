import {
  duplicate,
  type FieldError,
  invalidValue,
  required,
  type StorageClass,
  type TopologySelectorTerm,
} from '@kubets/api';
import { warnOfNodeLabel } from '../core/node_labels.ts';
import { define } from '../define.ts';
import { validateAnyOf } from '../rules/enums.ts';
import { sameValue } from '../rules/equality.ts';
import { immutableText, validateLabelName } from '../rules/labels.ts';
import { columnsOf, nameColumn, textColumn } from '../table/columns.ts';
import { storageKind } from './storage_kinds.ts';
import { validateParameters, validateProvisioner } from './validate_parameters.ts';

const [, ...restOfColumns] = columnsOf<StorageClass>(
  textColumn('Provisioner', 'Who makes volumes of this class.', ({ provisioner }) => provisioner),
  textColumn(
    'ReclaimPolicy',
    'What becomes of a volume when its claim is gone.',
    ({ reclaimPolicy }) => reclaimPolicy ?? 'Delete',
  ),
  textColumn(
    'VolumeBindingMode',
    'When claims are bound and volumes made.',
    ({ volumeBindingMode }) => volumeBindingMode ?? 'Immediate',
  ),
  textColumn(
    'AllowVolumeExpansion',
    'Whether claims of this class may grow.',
    ({ allowVolumeExpansion }) => allowVolumeExpansion ?? false,
  ),
);

export const storageClass = define<StorageClass>({
  id: storageKind('storageclasses', 'StorageClass', { shortNames: ['sc'] }),
  scope: 'Cluster',
  columns: [
    {
      ...nameColumn,
      value: (object: StorageClass) => object.metadata.name + (isDefault(object) ? ' (default)' : ''),
    },
    ...restOfColumns,
  ],
  defaults(object) {
    object.reclaimPolicy ??= 'Delete';
    object.volumeBindingMode ??= 'Immediate';
  },
  validate: (object) => [
    ...validateProvisioner(object.provisioner, 'provisioner'),
    ...validateParameters(object.parameters, 'parameters'),
    ...(object.reclaimPolicy
      ? validateAnyOf(object.reclaimPolicy, ['Delete', 'Retain'], 'reclaimPolicy')
      : []),
    ...(object.volumeBindingMode === undefined
      ? [required('volumeBindingMode')]
      : validateAnyOf(object.volumeBindingMode, ['Immediate', 'WaitForFirstConsumer'], 'volumeBindingMode')),
    ...validateTopologies(object.allowedTopologies ?? []),
  ],
  warnings: ({ allowedTopologies = [] }) =>
    allowedTopologies.flatMap(({ matchLabelExpressions = [] }, i) =>
      matchLabelExpressions.flatMap(({ key }, j) =>
        warnOfNodeLabel(key, `allowedTopologies[${i}].matchLabelExpressions[${j}].key`),
      ),
    ),
  validateUpdate: (next, old) =>
    (['parameters', 'provisioner', 'reclaimPolicy', 'volumeBindingMode'] as const)
      .filter((field) => !sameValue(next[field] ?? {}, old[field] ?? {}))
      .map((field) => invalidValue(field, next[field] ?? null, immutableText)),
});

/** Claims that name no class get this one. */
export function isDefault({ metadata }: StorageClass): boolean {
  return ['storageclass.kubernetes.io', 'storageclass.beta.kubernetes.io'].some(
    (domain) => metadata.annotations?.[`${domain}/is-default-class`] === 'true',
  );
}

function validateTopologies(terms: TopologySelectorTerm[]): FieldError[] {
  const errors: FieldError[] = [];
  // Upstream compares each term with as many empty ones as there are terms, too.
  const seen: string[] = terms.map(() => '[]');
  terms.forEach(({ matchLabelExpressions = [] }, i) => {
    const path = `allowedTopologies[${i}].matchLabelExpressions`;
    const values = new Map<string, string>();
    matchLabelExpressions.forEach(({ key = '', values: list = [] }, j) => {
      const at = `${path}[${j}]`;
      if (list.length === 0) errors.push(required(`${at}.values`));
      list.forEach((value, k) => {
        if (list.indexOf(value) < k) errors.push(duplicate(`${at}.values[${k}]`, value));
      });
      errors.push(...validateLabelName(key, `${at}.key`));
      if (values.has(key)) errors.push(duplicate(`${at}.key`, key));
      values.set(key, [...new Set(list)].sort().join());
    });
    const term = JSON.stringify([...values].sort());
    for (const other of seen) if (other === term) errors.push(duplicate(path, ''));
    seen.push(term);
  });
  return errors;
}
