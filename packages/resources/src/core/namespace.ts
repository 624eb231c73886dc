import { type FieldError, invalidValue, type Namespace } from '@kubets/api';
import { allVerbs, define, keepSystemFields } from '../define.ts';
import { nameIsLabel, qualifiedName } from '../rules/names.ts';
import { validateObjectMetaUpdate } from '../rules/object_meta.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { coreKind } from './core_kinds.ts';

const finalizer = 'kubernetes';

export const namespace = define<Namespace>({
  id: coreKind('namespaces', 'Namespace', { shortNames: ['ns'] }),
  scope: 'Cluster',
  verbs: allVerbs.filter((verb) => verb !== 'deletecollection'),
  columns: columnsOf<Namespace>(
    textColumn('Status', 'Whether it is in use or going away.', ({ status }) => status?.phase),
  ),
  validateName: nameIsLabel,
  defaults: keepNameLabel,
  prepareCreate(object) {
    keepNameLabel(object);
    const given = object.spec?.finalizers ?? [];
    object.spec = { ...object.spec, finalizers: given.includes(finalizer) ? given : [...given, finalizer] };
  },
  prepareUpdate(next, old) {
    next.spec = { ...next.spec, finalizers: old.spec?.finalizers };
    keepNameLabel(next);
  },
  validate: (object) => validateSpecFinalizers(object, () => 'spec.finalizers'),
  status: {
    initial: () => ({ phase: 'Active' }),
    prepare(next) {
      if (!next.status?.phase) next.status = { ...next.status, phase: 'Active' };
    },
    validate: validateStatus,
  },
  subresources: [
    {
      name: 'finalize',
      verbs: ['update'],
      prepareUpdate(next, old) {
        keepSystemFields(next, old);
        return { ...next, status: old.status };
      },
      validateUpdate: (next, old) => [
        ...validateObjectMetaUpdate(next.metadata, old.metadata),
        ...validateSpecFinalizers(next, (i) => `spec.finalizers[${i}]`),
      ],
    },
  ],
  selectableFields: {
    'status.phase': ({ status }) => status?.phase ?? '',
  },
});

/** Selectors of namespaces can pick one by name (KEP-2161). */
function keepNameLabel({ metadata }: Namespace): void {
  if (metadata.name) metadata.labels = { ...metadata.labels, 'kubernetes.io/metadata.name': metadata.name };
}

const standardFinalizers = ['kubernetes', 'orphan', 'foregroundDeletion'];

function validateSpecFinalizers(object: Namespace, path: (i: number) => string): FieldError[] {
  return (object.spec?.finalizers ?? []).flatMap((name, i) => [
    ...qualifiedName(name).map((message) => invalidValue(path(i), name, message)),
    ...(name.includes('/') || standardFinalizers.includes(name)
      ? []
      : [invalidValue(path(i), name, 'name is neither a standard finalizer name nor is it fully qualified')]),
  ]);
}

function validateStatus(next: Namespace): FieldError[] {
  const phase = next.status?.phase ?? '';
  const deleted = next.metadata.deletionTimestamp !== undefined;
  const expected = deleted ? 'Terminating' : 'Active';
  return phase === expected
    ? []
    : [
        invalidValue(
          'status.Phase',
          phase,
          `may only be '${expected}' if \`deletionTimestamp\` is ${deleted ? 'not ' : ''}empty`,
        ),
      ];
}
