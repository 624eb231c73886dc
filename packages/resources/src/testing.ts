// For tests: runs the strategies of a kind in the order in which the API server runs them.
import { type FieldError, type KubeObject, parseYamlDocuments, type UserInfo } from '@kubets/api';
import { FakeClock, seededRandom } from '@kubets/base';
import type { Column, Resource, StrategyContext } from './resource.ts';

export const created = '2026-01-01T00:00:00Z';
export const createdMs = Date.parse(created);

export interface Outcome<T = any> {
  object: T;
  /** `field: message`, as users read them. */
  errors: string[];
  warnings: string[];
}

export function strategyContext(user?: UserInfo): StrategyContext {
  return { clock: new FakeClock(createdMs), random: seededRandom(1), ...(user && { user }) };
}

/** A small object written as YAML. */
export function yaml(text: string): any {
  return parseYamlDocuments(text)[0];
}

export function create(resource: Resource, given: object, context = strategyContext()): Outcome {
  const object = structuredClone(given) as any;
  object.metadata = { name: 'x', uid: 'uid-1', creationTimestamp: created, ...object.metadata };
  if (resource.scope === 'Namespaced') object.metadata.namespace ??= 'default';
  resource.defaults?.(object);
  resource.prepareCreate?.(object, context);
  return {
    object,
    errors: texts(resource.validateCreate(object)),
    warnings: resource.warnings?.(object) ?? [],
  };
}

/** What an object is once it is stored. */
export function stored(resource: Resource, given: object): any {
  const { object, errors } = create(resource, given);
  if (errors.length > 0) throw new Error(errors.join('; '));
  object.metadata.resourceVersion = '7';
  return object;
}

export function update(
  resource: Resource,
  old: any,
  change: (next: any) => void,
  subresource?: string,
  context = strategyContext(),
): Outcome {
  const next = structuredClone(old);
  change(next);
  resource.defaults?.(next);
  if (subresource === undefined) {
    resource.prepareUpdate?.(next, old, context);
    const errors = texts(resource.validateUpdate(next, old));
    return { object: next, errors, warnings: resource.warnings?.(next, old) ?? [] };
  }
  const found = resource.subresources.find(({ name }) => name === subresource);
  if (!found) throw new Error(`${resource.id.kind} has no ${subresource}`);
  const object = found.prepareUpdate?.(next, old, context) ?? next;
  return { object, errors: texts(found.validateUpdate?.(object, old) ?? []), warnings: [] };
}

export function texts(errors: readonly FieldError[]): string[] {
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

/** Cells by the names of their columns. */
export function row(resource: Resource, object: KubeObject, nowMs = createdMs): Record<string, unknown> {
  return Object.fromEntries(
    resource.columns.map((column: Column<any>) => [column.name, column.value(object, nowMs)]),
  );
}
