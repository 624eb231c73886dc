import type { Node } from '@kubets/api';
import type { AdmissionPlugin } from '../../access.ts';
import { concerns } from './concerns.ts';

const notReady = { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' };

/** A new node takes no pods until the node lifecycle controller has seen it ready. */
export const taintNodesByCondition: AdmissionPlugin = {
  name: 'TaintNodesByCondition',
  handles: concerns({ operations: ['CREATE'], resource: 'nodes' }),
  admit({ object }) {
    const node = object as Node;
    const taints = node.spec.taints ?? [];
    if (taints.some((taint) => taint.key === notReady.key && taint.effect === notReady.effect)) return;
    node.spec.taints = [...taints, notReady];
  },
};
