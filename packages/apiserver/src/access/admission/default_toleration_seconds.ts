import type { Toleration } from '@kubets/api';
import type { AdmissionPlugin } from '../../access.ts';
import { concerns } from './concerns.ts';

const seconds = 300;
const taints = ['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'];

/** Pods stay five minutes on a node that is not ready or cannot be reached, unless they say otherwise. */
export const defaultTolerationSeconds: AdmissionPlugin = {
  name: 'DefaultTolerationSeconds',
  handles: concerns({ operations: ['CREATE', 'UPDATE'], resource: 'pods' }),
  admit({ object }) {
    const tolerations: Toleration[] = object.spec.tolerations ?? [];
    const missing = taints.filter((key) => !tolerations.some((toleration) => tolerates(toleration, key)));
    if (missing.length === 0) return;
    object.spec.tolerations = [
      ...tolerations,
      ...missing.map((key) => ({ key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds: seconds })),
    ];
  },
};

function tolerates(toleration: Toleration, key: string): boolean {
  return (
    (!toleration.key || toleration.key === key) && (!toleration.effect || toleration.effect === 'NoExecute')
  );
}
