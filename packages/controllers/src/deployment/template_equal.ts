import type { PodTemplateSpec } from '@kubets/api';
import { semanticEqual } from '../runtime/equal.ts';

export const podTemplateHash = 'pod-template-hash';

/** Equal but for the hash label, which the controller adds to the template of the sets. */
export function templatesEqual(a: PodTemplateSpec | undefined, b: PodTemplateSpec | undefined): boolean {
  return semanticEqual(a?.spec, b?.spec) && semanticEqual(withoutHash(a), withoutHash(b));
}

function withoutHash(template: PodTemplateSpec | undefined) {
  if (!template?.metadata) return undefined;
  const { [podTemplateHash]: _, ...labels } = template.metadata.labels ?? {};
  // Go writes the zero time of a template's metadata as null; it says nothing.
  const { creationTimestamp: __, ...metadata } = template.metadata;
  return { ...metadata, labels };
}
