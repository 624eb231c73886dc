import type {
  CustomResourceColumnDefinition,
  CustomResourceDefinitionSpec,
  CustomResourceSubresources,
  JSONSchemaProps,
  SelectableField,
} from '@kubets/api';
import { sameValue } from '../rules/equality.ts';

/** What every version of a definition may have of its own. */
export interface VersionSettings {
  schema?: JSONSchemaProps;
  subresources?: CustomResourceSubresources;
  additionalPrinterColumns?: CustomResourceColumnDefinition[];
  selectableFields?: SelectableField[];
}

type Setting = keyof VersionSettings;

export interface SettingAt<K extends Setting> {
  value: NonNullable<VersionSettings[K]>;
  /** Path as messages name it. */
  path: string;
  /** Name of the version; absent where all share the setting. */
  version?: string;
}

/**
 * Where each setting stands for upstream, which moves what all versions share to the spec before it checks: messages
 * name those paths, `spec.validation...` and not `spec.versions[0].schema...`.
 */
export function settingsOf<K extends Setting>(
  spec: CustomResourceDefinitionSpec,
  setting: K,
): SettingAt<K>[] {
  const values = (spec.versions ?? []).map((version) => {
    const value =
      setting === 'schema' ? version.schema?.openAPIV3Schema : version[setting as 'selectableFields'];
    return value as VersionSettings[K];
  });
  const [first] = values;
  const field = setting === 'schema' ? 'openAPIV3Schema' : setting;
  if (values.every((value) => sameValue(value, first))) {
    const path = setting === 'schema' ? `spec.validation.${field}` : `spec.${field}`;
    return first === undefined ? [] : [{ value: first, path }];
  }
  return values.flatMap((value, i) => {
    if (value === undefined) return [];
    const at = `spec.versions[${i}]`;
    const path = setting === 'schema' ? `${at}.schema.${field}` : `${at}.${field}`;
    return [{ value, path, version: spec.versions[i]!.name }];
  });
}
