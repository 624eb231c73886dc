// Label and field selectors of a list or watch, made into one predicate.
import { badRequest, goQuote, type KubeObject, parseFieldSelector, parseLabelSelector } from '@kubets/api';
import type { Resource } from '@kubets/resources';
import type { Stored } from '../request.ts';
import { StoredEntry } from './stored_entry.ts';

export interface Selection {
  /** Undefined: everything matches. */
  matches: ((stored: Stored) => boolean) | undefined;
  /** The value that `metadata.name` must have, when it must have one. */
  name: string | undefined;
  namespace: string | undefined;
  /** One field that must have one value, to find watchers by. */
  trigger: { field: string; value: string } | undefined;
}

/** A resource as one served version names its fields. */
export interface SelectedView {
  readonly resource: Resource;
  readonly group: string;
  readonly version: string;
  readonly kind: string;
}

/** @throws ApiError 400 for a selector that does not parse or a field that the resource does not offer. */
export function selectionOf(view: SelectedView, labelSelector: string, fieldSelector: string): Selection {
  const selection: Selection = {
    matches: undefined,
    name: undefined,
    namespace: undefined,
    trigger: undefined,
  };
  const tests: ((stored: Stored) => boolean)[] = [];
  if (fieldSelector) {
    for (const { field: label, op, value } of parseFieldSelector(fieldSelector)) {
      // A term of nothing says nothing.
      if (label === '' && value === '') continue;
      const field = storedField(view, label);
      const read = storedFieldReader(view.resource, field);
      tests.push(op === '=' ? (stored) => read(stored) === value : (stored) => read(stored) !== value);
      if (op !== '=') continue;
      if (field === 'metadata.name') selection.name = value;
      else if (field === 'metadata.namespace') selection.namespace = value;
      selection.trigger ??= { field, value };
    }
  }
  if (labelSelector) {
    const matcher = parseLabelSelector(labelSelector);
    if (!matcher.empty) tests.push((stored) => matcher.matches(labelsOf(stored)));
  }
  if (tests.length === 1) selection.matches = tests[0];
  else if (tests.length > 1) selection.matches = (stored) => tests.every((test) => test(stored));
  return selection;
}

export function fieldValue(resource: Resource, field: string, stored: Stored): string {
  return storedFieldReader(resource, field)(stored);
}

function labelsOf(stored: Stored): KubeObject['metadata']['labels'] {
  return stored instanceof StoredEntry ? stored.labels : stored.object.metadata.labels;
}

function storedFieldReader(resource: Resource, field: string): (stored: Stored) => string {
  const read = fieldReader(resource, field);
  return (stored) => (stored instanceof StoredEntry ? stored.field(field, read) : read(stored.object));
}

function fieldReader(resource: Resource, field: string): (object: KubeObject) => string {
  if (field === 'metadata.name') return (object) => object.metadata.name;
  if (field === 'metadata.namespace') return (object) => object.metadata.namespace ?? '';
  return resource.selectableFields?.[field] ?? (() => '');
}

/**
 * The field of the stored version that `label` means in this one. A kind with fields of its own says no to all others
 * in its own words; the rest know name and namespace (runtime.Scheme: ConvertFieldLabel).
 */
function storedField(view: SelectedView, label: string): string {
  const { resource, group, version, kind } = view;
  const own = resource.selectableFields;
  if (label === 'metadata.name') return label;
  if (label === 'metadata.namespace' && (!own || resource.scope === 'Namespaced')) return label;
  const other = resource.otherVersions?.find((each) => each.group === group && each.version === version);
  const field = other?.selectableFields ? other.selectableFields[label] : label;
  if (field !== undefined && own && Object.hasOwn(own, field)) return field;
  if (!own)
    throw badRequest(
      `${goQuote(label)} is not a known field selector: only "metadata.name", "metadata.namespace"`,
    );
  throw badRequest(refusals[`${group}/${kind}`]?.(label, version) ?? `field label not supported: ${label}`);
}

/** Kinds that say no in another way. */
const refusals: Readonly<Record<string, (label: string, version: string) => string>> = {
  'batch/Job': (label) => `field label ${goQuote(label)} not supported for Job`,
  'resource.k8s.io/ResourceSlice': (label, version) =>
    `field label not supported for resource.k8s.io/${version}, Kind=ResourceSlice: ${label}`,
};
