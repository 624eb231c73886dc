import {
  duplicate,
  type FieldError,
  invalidValue,
  type RuntimeClass,
  required,
  type Scheduling,
} from '@kubets/api';
import { warnOfNodeLabel } from '../core/node_labels.ts';
import { validateContainerResources } from '../core/pod/validate_resources.ts';
import { validateTolerations } from '../core/pod/validate_scheduling.ts';
import { define, kindsOf } from '../define.ts';
import { goStruct } from '../rules/go_struct.ts';
import { immutableText, validateLabels } from '../rules/labels.ts';
import { dns1123Label } from '../rules/names.ts';
import { columnsOf, textColumn } from '../table/columns.ts';

export const runtimeClass = define<RuntimeClass>({
  id: kindsOf('node.k8s.io', 'v1')('runtimeclasses', 'RuntimeClass'),
  scope: 'Cluster',
  allowCreateOnUpdate: true,
  allowUnconditionalUpdate: false,
  columns: columnsOf<RuntimeClass>(
    textColumn('Handler', 'What the container runtime knows it by.', ({ handler }) => handler),
  ),
  validate: ({ handler, overhead, scheduling }) => [
    ...(handler
      ? dns1123Label(handler).map((message) => invalidValue('handler', handler, message))
      : [required('handler')]),
    ...(overhead ? validateContainerResources({ limits: overhead.podFixed }, new Set(), 'overhead') : []),
    ...(scheduling ? validateScheduling(scheduling) : []),
  ],
  warnings: ({ scheduling }) =>
    Object.keys(scheduling?.nodeSelector ?? {}).flatMap((label) =>
      warnOfNodeLabel(label, 'scheduling.nodeSelector'),
    ),
  validateUpdate: (next, old) =>
    next.handler === old.handler ? [] : [invalidValue('handler', next.handler ?? '', immutableText)],
});

function validateScheduling({ nodeSelector, tolerations = [] }: Scheduling): FieldError[] {
  const seen = new Set<string>();
  return [
    ...validateLabels(nodeSelector, 'scheduling.nodeSelector'),
    ...validateTolerations(tolerations, 'scheduling.tolerations'),
    ...tolerations.flatMap((toleration, i) => {
      const key = JSON.stringify([toleration.key, toleration.operator, toleration.value, toleration.effect]);
      const again = seen.has(key)
        ? [duplicate(`scheduling.tolerations[${i}]`, goStruct(toleration, 'core.v1.Toleration'))]
        : [];
      seen.add(key);
      return again;
    }),
  ];
}
