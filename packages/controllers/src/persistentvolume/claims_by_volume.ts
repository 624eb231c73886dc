import type { PersistentVolumeClaim } from '@kubets/api';
import type { Index } from '../runtime/caches.ts';

export const claimsByVolume: Index<PersistentVolumeClaim> = {
  name: 'volume',
  values: (claim) => (claim.spec.volumeName ? [claim.spec.volumeName] : []),
};
