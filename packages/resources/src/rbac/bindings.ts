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
import { goStruct } from '../rules/go_struct.ts';
import { dns1123Subdomain, nameIsPathSegment, pathSegmentName } from '../rules/names.ts';
import { columnsOf, textColumn, wide } from '../table/columns.ts';
import { rbacGroup, rbacKind } from './rbac_kinds.ts';

type Binding = RoleBinding | ClusterRoleBinding;

const columns = columnsOf<Binding>(
  textColumn('Role', 'The role that is granted.', ({ roleRef }) => `${roleRef?.kind}/${roleRef?.name}`),
  wide(textColumn('Users', 'Users to whom it is granted.', subjectsOf('User'))),
  wide(textColumn('Groups', 'Groups to which it is granted.', subjectsOf('Group'))),
  wide(
    textColumn('ServiceAccounts', 'Service accounts to which it is granted.', subjectsOf('ServiceAccount')),
  ),
);

/** Both kinds are alike but for where they count, and so for what they can refer to. */
const common = {
  columns,
  allowCreateOnUpdate: true,
  validateName: nameIsPathSegment,
  defaults: defaultBinding,
  validateUpdate: validateSameRole,
};

export const roleBinding = define<RoleBinding>({
  ...common,
  id: rbacKind('rolebindings', 'RoleBinding'),
  scope: 'Namespaced',
  validate: (object) => validateBinding(object, { kinds: ['Role', 'ClusterRole'], namespaced: true }),
});

export const clusterRoleBinding = define<ClusterRoleBinding>({
  ...common,
  id: rbacKind('clusterrolebindings', 'ClusterRoleBinding'),
  scope: 'Cluster',
  validate: (object) => validateBinding(object, { kinds: ['ClusterRole'], namespaced: false }),
});

function defaultBinding(object: Binding): void {
  if (object.roleRef) object.roleRef.apiGroup ||= rbacGroup;
  for (const subject of object.subjects ?? [])
    if (subject.kind === 'User' || subject.kind === 'Group') subject.apiGroup ||= rbacGroup;
}

function validateBinding(
  { roleRef, subjects }: Binding,
  { kinds, namespaced }: { kinds: string[]; namespaced: boolean },
): FieldError[] {
  const { apiGroup = '', kind = '', name = '' } = roleRef ?? {};
  const errors: FieldError[] = [];
  if (apiGroup !== rbacGroup) errors.push(notSupported('roleRef.apiGroup', apiGroup, [rbacGroup]));
  if (!kinds.includes(kind)) errors.push(notSupported('roleRef.kind', kind, kinds));
  if (!name) errors.push(required('roleRef.name'));
  else for (const message of pathSegmentName(name)) errors.push(invalidValue('roleRef.name', name, message));
  return [
    ...errors,
    ...(subjects ?? []).flatMap((subject, i) => validateSubject(subject, namespaced, `subjects[${i}]`)),
  ];
}

function validateSubject(subject: Subject, namespaced: boolean, path: string): FieldError[] {
  const { kind = '', name = '', namespace, apiGroup = '' } = subject;
  const errors: FieldError[] = name ? [] : [required(`${path}.name`)];
  if (kind === 'ServiceAccount') {
    for (const message of name ? dns1123Subdomain(name) : [])
      errors.push(invalidValue(`${path}.name`, name, message));
    if (apiGroup) errors.push(notSupported(`${path}.apiGroup`, apiGroup, ['']));
    if (!namespaced && !namespace) errors.push(required(`${path}.namespace`));
  } else if (kind === 'User' || kind === 'Group') {
    if (apiGroup !== rbacGroup) errors.push(notSupported(`${path}.apiGroup`, apiGroup, [rbacGroup]));
  } else errors.push(notSupported(`${path}.kind`, kind, ['ServiceAccount', 'User', 'Group']));
  return errors;
}

/** Another role is another grant: delete the binding and make a new one. */
function validateSameRole(next: Binding, old: Binding): FieldError[] {
  const same = (['apiGroup', 'kind', 'name'] as const).every(
    (field) => next.roleRef?.[field] === old.roleRef?.[field],
  );
  return same
    ? []
    : [invalidValue('roleRef', goStruct(next.roleRef, 'rbac.v1.RoleRef'), 'cannot change roleRef')];
}

function subjectsOf(kind: string) {
  return ({ subjects }: Binding): string =>
    (subjects ?? [])
      .filter((subject) => subject.kind === kind)
      .map(({ name, namespace }) => (kind === 'ServiceAccount' ? `${namespace ?? ''}/${name}` : name))
      .join(', ');
}
