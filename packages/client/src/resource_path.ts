import type { ResourceRef } from './client.ts';

/** The path of a type, an object or its subresource (API conventions, "Verbs on Resources"). */
export function resourcePath(
  ref: ResourceRef<any>,
  to: { namespace?: string | undefined; name?: string | undefined; subresource?: string | undefined } = {},
): string {
  let path = ref.group ? `/apis/${ref.group}/${ref.version}` : `/api/${ref.version}`;
  if (ref.namespaced && to.namespace) path += `/namespaces/${encodeURIComponent(to.namespace)}`;
  path += `/${ref.resource}`;
  if (to.name) path += `/${encodeURIComponent(to.name)}`;
  if (to.subresource) path += `/${to.subresource}`;
  return path;
}
