import type { IngressClass, StorageClass } from '@kubets/api';
import type { AdmissionPlugin, Reader } from '../../access.ts';
import { concerns } from './concerns.ts';

/** A claim that names no storage class gets the default one, if the cluster has one. */
export function defaultStorageClass(reader: Reader): AdmissionPlugin {
  return {
    name: 'DefaultStorageClass',
    handles: concerns({ operations: ['CREATE'], resource: 'persistentvolumeclaims' }),
    admit({ object }) {
      // An empty name means "no class", which is a choice.
      if (typeof object.spec.storageClassName === 'string') return;
      if (object.metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] !== undefined) return;
      const chosen = newestDefault(
        reader.list<StorageClass>('storage.k8s.io', 'storageclasses'),
        'storageclass.kubernetes.io/is-default-class',
      );
      if (chosen) object.spec.storageClassName = chosen;
    },
  };
}

/** The same for an Ingress and its class. */
export function defaultIngressClass(reader: Reader): AdmissionPlugin {
  return {
    name: 'DefaultIngressClass',
    handles: concerns({ operations: ['CREATE'], group: 'networking.k8s.io', resource: 'ingresses' }),
    admit({ object }) {
      if (typeof object.spec?.ingressClassName === 'string') return;
      if (object.metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined) return;
      const chosen = newestDefault(
        reader.list<IngressClass>('networking.k8s.io', 'ingressclasses'),
        'ingressclass.kubernetes.io/is-default-class',
      );
      if (chosen) object.spec = { ...object.spec, ingressClassName: chosen };
    },
  };
}

/** Claims, volumes and classes of attributes that are in use are not taken away under their users (KEP-3751 for the last). */
export const storageObjectInUseProtection: AdmissionPlugin = {
  name: 'StorageObjectInUseProtection',
  handles: ({ operation, group, resource, subresource }) =>
    operation === 'CREATE' && subresource === '' && finalizers[`${group}/${resource}`] !== undefined,
  admit({ object, group, resource }) {
    const finalizer = finalizers[`${group}/${resource}`]!;
    if (!object.metadata.finalizers?.includes(finalizer)) {
      object.metadata.finalizers = [...(object.metadata.finalizers ?? []), finalizer];
    }
  },
};

const finalizers: Record<string, string> = {
  '/persistentvolumeclaims': 'kubernetes.io/pvc-protection',
  '/persistentvolumes': 'kubernetes.io/pv-protection',
  'storage.k8s.io/volumeattributesclasses': 'kubernetes.io/vac-protection',
};

function newestDefault(
  classes: readonly (StorageClass | IngressClass)[],
  annotation: string,
): string | undefined {
  const defaults = classes
    .filter((item) => item.metadata.annotations?.[annotation] === 'true')
    .sort(
      (a, b) =>
        compare(b.metadata.creationTimestamp, a.metadata.creationTimestamp) ||
        compare(a.metadata.name, b.metadata.name),
    );
  return defaults[0]?.metadata.name;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
