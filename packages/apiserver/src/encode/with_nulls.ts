import { fillNulls, type KubeObject, nullPlan, splitApiVersion, typeOfKind } from '@kubets/api';

/** As the kept text of the object has it: with null for what Go writes as null. */
export function withNulls(object: KubeObject): object {
  const nulls = nullPlan(typeOf(object.apiVersion, object.kind));
  return nulls ? fillNulls(nulls, object) : object;
}

/** Short name of the type table. */
export function typeOf(apiVersion: string | undefined, kind: string | undefined): string | undefined {
  if (!apiVersion || !kind) return undefined;
  const { group, version } = splitApiVersion(apiVersion);
  return typeOfKind(group, version, kind);
}
