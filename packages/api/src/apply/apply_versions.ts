// Managers may have written in other versions of the same kind; their sets of fields are in that version's terms.
import { typeSchema } from '../schema/find_type.ts';
import { type ApplyType, applyTypeOf } from './apply_type.ts';
import { applyTypeOfSchema } from './apply_type_of_schema.ts';

/** One object in one version. */
export interface VersionedValue {
  value: Record<string, unknown>;
  type: ApplyType;
  apiVersion: string;
}

export interface Versions {
  /** The type in a version; undefined for a version that isn't served any more. */
  typeOf(apiVersion: string): ApplyType | undefined;
  /** The object in another version. */
  convert(value: Record<string, unknown>, from: string, to: string): Record<string, unknown>;
}

/** For kinds whose versions look the same. */
export function sameInAllVersions(type: ApplyType): Versions {
  return { typeOf: () => type, convert: (value, _from, to) => ({ ...value, apiVersion: to }) };
}

export function resolveType(type: string | ApplyType): ApplyType {
  if (typeof type !== 'string') return type;
  return typeSchema(type) ? applyTypeOf(type) : applyTypeOfSchema({});
}

/** Undefined where the version isn't served any more. */
export function inVersion(
  object: VersionedValue,
  apiVersion: string,
  versions: Versions,
): VersionedValue | undefined {
  if (object.apiVersion === apiVersion) return object;
  const type = versions.typeOf(apiVersion);
  if (!type) return undefined;
  return { type, apiVersion, value: versions.convert(object.value, object.apiVersion, apiVersion) };
}
