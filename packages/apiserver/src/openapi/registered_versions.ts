// Groups and versions that the types of Kubernetes know, served or not: clients may send the options of a delete,
// and servers the events of a watch, under the name of any of them.
const registered = [
  '/v1',
  'admission.k8s.io/v1,v1beta1',
  'admissionregistration.k8s.io/v1,v1alpha1,v1beta1',
  'apiextensions.k8s.io/v1,v1beta1',
  'apiregistration.k8s.io/v1,v1beta1',
  'apps/v1,v1beta1,v1beta2',
  'authentication.k8s.io/v1,v1alpha1,v1beta1',
  'authorization.k8s.io/v1,v1beta1',
  'autoscaling/v1,v2',
  'batch/v1,v1beta1',
  'certificates.k8s.io/v1,v1alpha1,v1beta1',
  'coordination.k8s.io/v1,v1alpha2,v1beta1',
  'discovery.k8s.io/v1,v1beta1',
  'events.k8s.io/v1,v1beta1',
  'extensions/v1beta1',
  'flowcontrol.apiserver.k8s.io/v1,v1beta1,v1beta2,v1beta3',
  'imagepolicy.k8s.io/v1alpha1',
  'internal.apiserver.k8s.io/v1alpha1',
  'networking.k8s.io/v1,v1beta1',
  'node.k8s.io/v1,v1alpha1,v1beta1',
  'policy/v1,v1beta1',
  'rbac.authorization.k8s.io/v1,v1alpha1,v1beta1',
  'resource.k8s.io/v1,v1alpha3,v1beta1,v1beta2',
  'scheduling.k8s.io/v1,v1alpha2,v1beta1',
  'storage.k8s.io/v1,v1alpha1,v1beta1',
  'storagemigration.k8s.io/v1beta1',
];

export function registeredVersions(): { group: string; version: string }[] {
  return registered.flatMap((line) => {
    const slash = line.indexOf('/');
    const group = line.slice(0, slash);
    return line
      .slice(slash + 1)
      .split(',')
      .map((version) => ({ group, version }));
  });
}
