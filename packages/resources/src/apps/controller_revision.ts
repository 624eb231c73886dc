import { type ControllerRevision, controllerOf, type FieldError, invalidValue, required } from '@kubets/api';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { immutableText } from '../rules/labels.ts';
import { validateNonNegative } from '../rules/numbers.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { appsKind } from './apps_kinds.ts';

export const controllerRevision = define<ControllerRevision>({
  id: appsKind('controllerrevisions', 'ControllerRevision'),
  scope: 'Namespaced',
  columns: columnsOf<ControllerRevision>(
    textColumn('Controller', 'Whose history it is part of.', controllerText),
    textColumn('Revision', 'Its place in that history.', ({ revision }) => revision ?? 0),
  ),
  validate: (object, old) => [
    ...validateNonNegative(object.revision, 'revision'),
    ...(old ? [] : validateData(object.data)),
  ],
  validateUpdate: (next, old) =>
    sameValue(next.data, old.data) ? [] : [invalidValue('data', next.data ?? null, immutableText)],
});

function validateData(data: unknown): FieldError[] {
  if (data == null) return [required('data', 'data is mandatory')];
  return typeof data === 'object' && !Array.isArray(data)
    ? []
    : [required('data', 'data must be a valid JSON object')];
}

function controllerText(object: ControllerRevision): string {
  const owner = controllerOf(object);
  if (!owner) return '<none>';
  const [group, version] = owner.apiVersion.split('/');
  const kind = owner.kind.toLowerCase();
  return version === undefined ? `${kind}/${owner.name}` : `${kind}.${group}/${owner.name}`;
}
