import {
  type ClusterRoleBinding,
  type FieldError,
  invalidValue,
  notSupported,
  type RoleBinding,
  required,
  type Subject,
} from '@kubets/api';
import { define } from '../define.ts';
import { dns1123Subdomain, nameIsPathSegment } from '../rules/names.ts';
import { columnsOf, textColumn, wide } from '../table/columns.ts';

type Binding = RoleBinding | ClusterRoleBinding;

const group = 'rbac.authorization.k8s.io';

const columns = columnsOf<any>(
  textColumn<Binding>(
    'Role',
    'The role that is granted.',
    ({ roleRef }) => `${roleRef.kind}/${roleRef.name}`,
  ),
  wide(
    textColumn<Binding>('Users', 'Users to whom it is granted.', (binding) => subjectNames(binding, 'User')),
  ),
  wide(
    textColumn<Binding>('Groups', 'Groups to which it is granted.', (binding) =>
      subjectNames(binding, 'Group'),
    ),
  ),
  wide(
    textColumn<Binding>('ServiceAccounts', 'Service accounts to which it is granted.', (binding) =>
      subjectNames(binding, 'ServiceAccount'),
    ),
  ),
);

export const roleBinding = define<RoleBinding>({
  id: { group, version: 'v1', resource: 'rolebindings', kind: 'RoleBinding' },
  scope: 'Namespaced',
  columns,
  validateName: nameIsPathSegment,
  defaults: defaultBinding,
  validate: (object) => validateBinding(object, ['Role', 'ClusterRole']),
  validateUpdate: roleRefStays,
});

export const clusterRoleBinding = define<ClusterRoleBinding>({
  id: { group, version: 'v1', resource: 'clusterrolebindings', kind: 'ClusterRoleBinding' },
  scope: 'Cluster',
  columns,
  validateName: nameIsPathSegment,
  defaults: defaultBinding,
  validate: (object) => validateBinding(object, ['ClusterRole']),
  validateUpdate: roleRefStays,
});

function defaultBinding(object: Binding): void {
  if (object.roleRef) object.roleRef.apiGroup ||= group;
  for (const subject of object.subjects ?? []) {
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= group;
  }
}

function validateBinding(object: Binding, kinds: string[]): FieldError[] {
  const { roleRef } = object;
  const problems: FieldError[] = [];
  if (roleRef.apiGroup !== group)
    problems.push(notSupported('roleRef.apiGroup', roleRef.apiGroup ?? '', [group]));
  if (!kinds.includes(roleRef.kind)) problems.push(notSupported('roleRef.kind', roleRef.kind ?? '', kinds));
  if (!roleRef.name) problems.push(required('roleRef.name', ''));
  const namespaced = object.kind === 'RoleBinding';
  return [
    ...problems,
    ...(object.subjects ?? []).flatMap((subject, index) =>
      validateSubject(subject, `subjects[${index}]`, namespaced),
    ),
  ];
}

function validateSubject(subject: Subject, path: string, namespaced: boolean): FieldError[] {
  const problems: FieldError[] = [];
  if (!subject.name) problems.push(required(`${path}.name`, ''));
  if (subject.kind === 'ServiceAccount') {
    for (const message of subject.name ? dns1123Subdomain(subject.name) : []) {
      problems.push(invalidValue(`${path}.name`, subject.name, message));
    }
    if (subject.apiGroup) problems.push(notSupported(`${path}.apiGroup`, subject.apiGroup, ['']));
    if (!namespaced && !subject.namespace) problems.push(required(`${path}.namespace`, ''));
  } else if (subject.kind === 'User' || subject.kind === 'Group') {
    if (subject.apiGroup !== group)
      problems.push(notSupported(`${path}.apiGroup`, subject.apiGroup ?? '', [group]));
  } else {
    problems.push(notSupported(`${path}.kind`, subject.kind ?? '', ['Group', 'ServiceAccount', 'User']));
  }
  return problems;
}

function roleRefStays(next: Binding, old: Binding): FieldError[] {
  const same = (['apiGroup', 'kind', 'name'] as const).every((key) => next.roleRef[key] === old.roleRef[key]);
  return same ? [] : [invalidValue('roleRef', next.roleRef, 'cannot change roleRef')];
}

function subjectNames(binding: Binding, kind: string): string {
  return (binding.subjects ?? [])
    .filter((subject) => subject.kind === kind)
    .map((subject) => (kind === 'ServiceAccount' ? `${subject.namespace}/${subject.name}` : subject.name))
    .join(', ');
}
