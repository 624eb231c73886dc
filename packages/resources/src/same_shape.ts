import type { KubeObject } from '@kubets/api';
import type { OtherVersion } from './resource.ts';

/** Another version of the same fields: only the version's name differs. `type`: where it isn't named as the group. */
export function sameShape<T extends KubeObject>(
  group: string,
  stored: string,
  version: string,
  kind: string,
): OtherVersion<T> {
  return {
    group,
    version,
    kind,
    type: `${group.split('.')[0]}.${version}.${kind}`,
    fromStored: (object) => ({ ...object, apiVersion: `${group}/${version}` }),
    toStored: (object) => ({ ...object, apiVersion: `${group}/${stored}` }),
  };
}
