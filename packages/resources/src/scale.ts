import type { FieldError, KubeObject, LabelSelector, Scale } from '@kubets/api';
import { keepSystemFields } from './define.ts';
import type { Column, Subresource } from './resource.ts';
import { validateNonNegative } from './rules/numbers.ts';
import { validateObjectMetaUpdate } from './rules/object_meta.ts';
import { ageColumn, formatSelector, nameColumn } from './table/columns.ts';

interface Scalable extends KubeObject {
  spec: { replicas?: number };
  status?: { replicas?: number };
}

const scaleColumns: Column<any>[] = [
  { ...nameColumn, format: '' },
  {
    name: 'Desired',
    type: 'integer',
    description: 'Pods that are wanted.',
    value: ({ spec }: Scale) => spec?.replicas ?? 0,
  },
  {
    name: 'Available',
    type: 'integer',
    description: 'Pods that there are.',
    value: ({ status }: Scale) => status?.replicas ?? 0,
  },
  ageColumn,
];

/** `/scale` of a workload: `autoscaling/v1 Scale` read from it, and its replicas written back. */
export function scaleSubresource<T extends Scalable>(
  selectorOf: (object: T) => LabelSelector | undefined,
): Subresource<T> {
  return {
    name: 'scale',
    verbs: ['get', 'patch', 'update'],
    kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
    columns: scaleColumns,
    read(object): Scale {
      const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata;
      const selector = formatSelector(selectorOf(object));
      return {
        apiVersion: 'autoscaling/v1',
        kind: 'Scale',
        metadata: { name, namespace, uid, resourceVersion, creationTimestamp },
        // None are none said: the field is `omitempty`.
        spec: object.spec.replicas ? { replicas: object.spec.replicas } : {},
        status: { replicas: object.status?.replicas ?? 0, ...(selector !== '<none>' && { selector }) },
      };
    },
    write(object, scale: Scale) {
      return {
        ...object,
        metadata: {
          ...object.metadata,
          resourceVersion: scale.metadata?.resourceVersion || object.metadata.resourceVersion,
        },
        spec: { ...object.spec, replicas: scale.spec?.replicas ?? 0 },
      };
    },
    validatePart: ({ spec }: Scale) => validateNonNegative(spec?.replicas, 'spec.replicas'),
    prepareUpdate(next, old) {
      keepSystemFields(next, old);
      if (next.spec.replicas !== old.spec.replicas)
        next.metadata.generation = (old.metadata.generation ?? 0) + 1;
      return next;
    },
    validateUpdate: (next, old): FieldError[] => [
      ...validateObjectMetaUpdate(next.metadata, old.metadata),
      ...validateNonNegative(next.spec.replicas, 'spec.replicas'),
    ],
  };
}
