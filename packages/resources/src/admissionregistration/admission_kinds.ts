import type { KubeObject } from '@kubets/api';
import { kindsOf } from '../define.ts';
import type { OtherVersion } from '../resource.ts';
import { notActedOn } from '../rules/not_acted_on.ts';
import { sameShape } from '../same_shape.ts';

const kindOf = kindsOf('admissionregistration.k8s.io', 'v1');

export const admissionKind = (resource: string, kind: string) =>
  kindOf(resource, kind, { categories: ['api-extensions'] });

/** Mutating policies were served as v1alpha1 and v1beta1 with the same fields (KEP-3962). */
export const earlierVersions = (kind: string): OtherVersion<any>[] =>
  ['v1beta1', 'v1alpha1'].map((version) => sameShape('admissionregistration.k8s.io', 'v1', version, kind));

const notCalled = notActedOn('admission webhooks and policies are not called yet');

export function warnOfAdmission(object: KubeObject): string[] {
  return [...notCalled(), ...warnOfStaticName(object)];
}

/** Names of files that an API server reads at its start end so. */
function warnOfStaticName({ metadata }: KubeObject): string[] {
  const suffix = '.static.k8s.io';
  return metadata.name.endsWith(suffix)
    ? [
        `metadata.name: names ending with "${suffix}" are reserved for static manifest-based configurations and cannot be managed via the API`,
      ]
    : [];
}
