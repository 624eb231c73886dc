import type { KubeObject, New, Pod, PodTemplateSpec } from '@kubets/api';
import type { ResourceRef } from '@kubets/client';
import { controllerReference } from './owner.ts';

/** A pod of `owner`, with a name that the server completes. The template is shared, not copied: the server copies. */
export function podFromTemplate(
  template: PodTemplateSpec,
  owner: KubeObject,
  ownerRef: ResourceRef,
): New<Pod> & { metadata: { labels: Record<string, string>; annotations: Record<string, string> } } {
  return {
    metadata: {
      namespace: owner.metadata.namespace,
      generateName: `${owner.metadata.name}-`,
      labels: { ...template.metadata?.labels },
      annotations: { ...template.metadata?.annotations },
      ...(template.metadata?.finalizers?.length && { finalizers: [...template.metadata.finalizers] }),
      ownerReferences: [controllerReference(owner, ownerRef)],
    },
    spec: template.spec!,
  };
}
