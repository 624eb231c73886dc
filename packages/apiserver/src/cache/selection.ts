// Label and field selectors of a list or watch, made into one predicate.
import { badRequest, type KubeObject, parseFieldSelector, parseLabelSelector } from '@kubets/api';
import type { Resource } from '@kubets/resources';
import type { Stored } from '../request.ts';

export interface Selection {
  /** Undefined: everything matches. */
  matches: ((stored: Stored) => boolean) | undefined;
  /** The value that `metadata.name` must have, when it must have one. */
  name: string | undefined;
  namespace: string | undefined;
  /** One field that must have one value, to find watchers by. */
  trigger: { field: string; value: string } | undefined;
}

/** @throws ApiError 400 for a selector that does not parse or a field that the resource does not offer. */
export function selectionOf(resource: Resource, labelSelector: string, fieldSelector: string): Selection {
  const selection: Selection = {
    matches: undefined,
    name: undefined,
    namespace: undefined,
    trigger: undefined,
  };
  const tests: ((object: KubeObject) => boolean)[] = [];
  if (fieldSelector) {
    for (const { field, op, value } of parseFieldSelector(fieldSelector)) {
      const read = fieldReader(resource, field);
      tests.push(op === '=' ? (object) => read(object) === value : (object) => read(object) !== value);
      if (op !== '=') continue;
      if (field === 'metadata.name') selection.name = value;
      else if (field === 'metadata.namespace') selection.namespace = value;
      selection.trigger ??= { field, value };
    }
  }
  if (labelSelector) {
    const matcher = parseLabelSelector(labelSelector);
    if (!matcher.empty) tests.push((object) => matcher.matches(object.metadata.labels));
  }
  if (tests.length === 1) {
    const [only] = tests;
    selection.matches = (stored) => only!(stored.object);
  } else if (tests.length > 1) {
    selection.matches = (stored) => tests.every((test) => test(stored.object));
  }
  return selection;
}

export function fieldValue(resource: Resource, field: string, object: KubeObject): string {
  return fieldReader(resource, field)(object);
}

function fieldReader(resource: Resource, field: string): (object: KubeObject) => string {
  if (field === 'metadata.name') return (object) => object.metadata.name;
  if (field === 'metadata.namespace' && resource.scope === 'Namespaced')
    return (object) => object.metadata.namespace ?? '';
  const read = resource.selectableFields?.[field];
  if (read) return read;
  throw badRequest(
    resource.id.group === ''
      ? `field label not supported: ${field}`
      : `"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`,
  );
}
