// What OpenAPI calls a type: `core.v1.Pod` is `io.k8s.api.core.v1.Pod`.

const packages: Readonly<Record<string, string>> = {
  meta: 'io.k8s.apimachinery.pkg.apis.meta',
  resource: 'io.k8s.api.resource',
  apiextensions: 'io.k8s.apiextensions-apiserver.pkg.apis.apiextensions',
  apiregistration: 'io.k8s.kube-aggregator.pkg.apis.apiregistration',
};

const alone: Readonly<Record<string, string>> = {
  'resource.Quantity': 'io.k8s.apimachinery.pkg.api.resource.Quantity',
  'version.Info': 'io.k8s.apimachinery.pkg.version.Info',
  'runtime.RawExtension': 'io.k8s.apimachinery.pkg.runtime.RawExtension',
  'intstr.IntOrString': 'io.k8s.apimachinery.pkg.util.intstr.IntOrString',
};

export function definitionName(type: string): string {
  const known = alone[type];
  if (known) return known;
  const dot = type.indexOf('.');
  const group = type.slice(0, dot);
  return `${packages[group] ?? `io.k8s.api.${group}`}${type.slice(dot)}`;
}
