import { type PersistentVolumeClaim, parseQuantity, type StorageClass } from '@kubets/api';
import type { AdmissionPlugin, Reader } from '../../access.ts';
import { concerns } from './concerns.ts';
import { refusal } from './refusal.ts';

/** A claim grows only when it is bound and its class says that its volumes can (KEP-284). */
export function persistentVolumeClaimResize(reader: Reader): AdmissionPlugin {
  return {
    name: 'PersistentVolumeClaimResize',
    handles: concerns({ operations: ['UPDATE'], resource: 'persistentvolumeclaims' }),
    validate(request) {
      const next: PersistentVolumeClaim = request.object;
      const old: PersistentVolumeClaim = request.old;
      if (sizeOf(next).cmp(sizeOf(old)) <= 0) return;
      if (old.status?.phase !== 'Bound')
        throw refusal(request, 'Only bound persistent volume claims can be expanded');
      if (!canGrow(reader, classOf(next), classOf(old)))
        throw refusal(
          request,
          'only dynamically provisioned pvc can be resized and the storageclass that provisions the pvc must support resize',
        );
    },
  };
}

function canGrow(reader: Reader, name: string, before: string): boolean {
  if (!name || name !== before) return false;
  const found = reader.get<StorageClass>('storage.k8s.io', 'storageclasses', undefined, name);
  return found?.allowVolumeExpansion === true;
}

function sizeOf({ spec }: PersistentVolumeClaim) {
  return parseQuantity(spec.resources?.requests?.storage ?? '0');
}

function classOf({ metadata, spec }: PersistentVolumeClaim): string {
  return metadata.annotations?.['volume.beta.kubernetes.io/storage-class'] ?? spec.storageClassName ?? '';
}
