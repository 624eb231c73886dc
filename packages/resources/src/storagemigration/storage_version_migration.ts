// Rewrites every object of a resource in the version that is stored now (KEP-4192).
import { type FieldError, invalidValue, required, type StorageVersionMigration } from '@kubets/api';
import { define, kindsOf } from '../define.ts';
import { validateConditions } from '../rules/conditions.ts';
import { sameField } from '../rules/equality.ts';
import { immutableText } from '../rules/labels.ts';
import { dns1035Label, dns1123Subdomain } from '../rules/names.ts';
import { nameColumn, textColumn } from '../table/columns.ts';

const type = 'storagemigration.v1beta1.StorageVersionMigration';

export const storageVersionMigration = define<StorageVersionMigration>({
  id: kindsOf('storagemigration.k8s.io', 'v1beta1')('storageversionmigrations', 'StorageVersionMigration'),
  featureGate: 'StorageVersionMigrator',
  scope: 'Cluster',
  allowUnconditionalUpdate: false,
  columns: [
    { ...nameColumn, format: undefined },
    textColumn<StorageVersionMigration>('Resource', 'What it rewrites.', ({ spec }) =>
      [spec.resource?.resource ?? '', spec.resource?.group].filter(Boolean).join('.'),
    ),
    textColumn<StorageVersionMigration>('Status', 'How far it is.', stateText),
  ],
  validate({ spec: { resource } }) {
    const { resource: name = '', group = '' } = resource ?? {};
    const invalid = (field: string, value: string, messages: string[]) =>
      messages.length ? [invalidValue(`spec.resource.${field}`, value, messages.join(','))] : [];
    return [
      ...(name
        ? invalid('resource', name, dns1035Label(name))
        : [required('spec.resource.resource', 'resource is required to be set')]),
      ...(group ? invalid('group', group, dns1123Subdomain(group)) : []),
    ];
  },
  validateUpdate: (next, old) =>
    sameField(next, old, 'spec', type) ? [] : [invalidValue('spec', next.spec, immutableText)],
  status: { metadata: 'keep', validate: validateStatus },
});

function validateStatus(next: StorageVersionMigration, old: StorageVersionMigration): FieldError[] {
  const { resourceVersion = '', conditions = [] } = next.status ?? {};
  const errors: FieldError[] = [];
  if (resourceVersion && !/^[1-9]\d*$/.test(resourceVersion))
    errors.push(
      invalidValue(
        'status.resourceVersion',
        resourceVersion,
        `resource version is not well formed: ${resourceVersion}`,
      ),
    );
  errors.push(...validateConditions(conditions, 'status.conditions'));
  const before = old.status?.resourceVersion;
  if (before && before !== resourceVersion)
    errors.push(invalidValue('status.resourceVersion', resourceVersion, immutableText));
  const about = (message: string) => errors.push(invalidValue('status.conditions', conditions, message));
  if (isTrue(next, 'Succeeded') && isTrue(next, 'Failed'))
    about('Both success and failed conditions cannot be true at the same time');
  if (isTrue(old, 'Succeeded') && !isTrue(next, 'Succeeded'))
    about('Success condition cannot be set to false once it is true');
  if (isTrue(old, 'Failed') && !isTrue(next, 'Failed'))
    about('Failed condition cannot be set to false once it is true');
  return errors;
}

function isTrue({ status }: StorageVersionMigration, name: string): boolean {
  return status?.conditions?.find((each) => each.type === name)?.status === 'True';
}

function stateText({ status }: StorageVersionMigration): string {
  const states = (status?.conditions ?? []).filter(
    (each) => each.status === 'True' && ['Running', 'Failed', 'Succeeded'].includes(each.type),
  );
  return states.at(-1)?.type ?? 'Unknown';
}
