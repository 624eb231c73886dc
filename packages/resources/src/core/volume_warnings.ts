import type { PersistentVolume, PersistentVolumeClaim, PersistentVolumeClaimSpec } from '@kubets/api';
import { isWhole } from '../rules/quantities.ts';
import { warnOfNodeSelectorTerm } from './node_labels.ts';

const oldClass = 'volume.beta.kubernetes.io/storage-class';
const oldClassText = 'deprecated since v1.8; use "storageClassName" attribute instead';
const oldOptions = 'volume.beta.kubernetes.io/mount-options';

export function warnOfClaim({ metadata, spec }: PersistentVolumeClaim): string[] {
  return [
    ...(metadata.annotations?.[oldClass] === undefined
      ? []
      : [`metadata.annotations[${oldClass}]: ${oldClassText}`]),
    ...warnOfClaimSpec(spec, 'spec'),
  ];
}

export function warnOfClaimSpec({ resources }: PersistentVolumeClaimSpec, path: string): string[] {
  return (['requests', 'limits'] as const).flatMap((field) => {
    const amount = resources?.[field]?.storage;
    return amount === undefined || isWhole(amount)
      ? []
      : [
          `${path}.resources.${field}[storage]: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`,
        ];
  });
}

/** Kinds of volumes whose drivers left the tree. */
const goneSources = {
  cephfs: ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  photonPersistentDisk: ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  scaleIO: ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  storageos: ['storageOS', 'deprecated in v1.22, non-functional in v1.25+'],
  glusterfs: ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  rbd: ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
} as const;

export function warnOfVolume({ metadata, spec }: PersistentVolume): string[] {
  const annotations = metadata.annotations ?? {};
  const terms = spec.nodeAffinity?.required?.nodeSelectorTerms ?? [];
  return [
    ...(annotations[oldClass] === undefined ? [] : [`metadata.annotations[${oldClass}]: ${oldClassText}`]),
    ...(annotations[oldOptions] === undefined
      ? []
      : [
          `metadata.annotations[${oldOptions}]: deprecated since v1.31; use "mountOptions" attribute instead`,
        ]),
    ...(spec.persistentVolumeReclaimPolicy === 'Recycle'
      ? [
          'spec.persistentVolumeReclaimPolicy: The Recycle reclaim policy is deprecated. Instead, the recommended approach is to use dynamic provisioning.',
        ]
      : []),
    ...terms.flatMap((term, i) =>
      warnOfNodeSelectorTerm(term, `spec.nodeAffinity.required.nodeSelectorTerms[${i}]`),
    ),
    ...Object.entries(goneSources).flatMap(([source, [name, since]]) =>
      spec[source as keyof typeof goneSources] === undefined ? [] : [`spec.${name}: ${since}`],
    ),
  ];
}
