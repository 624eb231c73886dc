import { invalidValue, type RuntimeClass, required } from '@kubets/api';
import { define } from '../define.ts';
import { immutableText } from '../rules/labels.ts';
import { dns1123Label } from '../rules/names.ts';
import { columnsOf, textColumn } from '../table/columns.ts';

export const runtimeClass = define<RuntimeClass>({
  id: { group: 'node.k8s.io', version: 'v1', resource: 'runtimeclasses', kind: 'RuntimeClass' },
  scope: 'Cluster',
  columns: columnsOf<RuntimeClass>(
    textColumn('Handler', 'The runtime of containerd that runs its pods.', (object) => object.handler),
  ),
  validate: ({ handler }) =>
    handler
      ? dns1123Label(handler).map((message) => invalidValue('handler', handler, message))
      : [required('handler', '')],
  validateUpdate: (next, old) =>
    next.handler === old.handler ? [] : [invalidValue('handler', next.handler, immutableText)],
});
