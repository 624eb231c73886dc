import { type FieldSet, setOf } from './field_set.ts';
import { fieldElement } from './path_element.ts';

/** What identifies an object, or is the server's: no manager owns it (upstream's stripMetaManager). */
export const neverOwned: FieldSet = fieldPaths([
  ['apiVersion'],
  ['kind'],
  ['metadata'],
  ['metadata', 'name'],
  ['metadata', 'namespace'],
  ['metadata', 'creationTimestamp'],
  ['metadata', 'selfLink'],
  ['metadata', 'uid'],
  ['metadata', 'clusterName'],
  ['metadata', 'generation'],
  ['metadata', 'managedFields'],
  ['metadata', 'resourceVersion'],
]);

/** A set of fields by their names from the root down. */
export function fieldPaths(paths: readonly (readonly string[])[]): FieldSet {
  return setOf(paths.map((path) => path.map(fieldElement)));
}
