// The ConfigMaps and Secrets that a pod names.
import type { Pod } from '@kubets/api';
import type { ObjectName } from './referenced_objects.ts';

export function podReferences({ spec, metadata }: Pod): ObjectName[] {
  const found = new Map<string, ObjectName>();
  const add = (kind: ObjectName['kind'], name: string | undefined) => {
    if (name) found.set(`${kind}/${name}`, { kind, namespace: metadata.namespace ?? '', name });
  };
  for (const { name } of spec.imagePullSecrets ?? []) add('Secret', name);
  const containers = [
    ...spec.containers,
    ...(spec.initContainers ?? []),
    ...(spec.ephemeralContainers ?? []),
  ];
  for (const { env = [], envFrom = [] } of containers) {
    for (const { configMapRef, secretRef } of envFrom) {
      add('ConfigMap', configMapRef?.name);
      add('Secret', secretRef?.name);
    }
    for (const { valueFrom } of env) {
      add('ConfigMap', valueFrom?.configMapKeyRef?.name);
      add('Secret', valueFrom?.secretKeyRef?.name);
    }
  }
  for (const { configMap, secret, projected } of spec.volumes ?? []) {
    add('ConfigMap', configMap?.name);
    add('Secret', secret?.secretName);
    for (const source of projected?.sources ?? []) {
      add('ConfigMap', source.configMap?.name);
      add('Secret', source.secret?.name);
    }
  }
  return [...found.values()];
}
