import { bench, describe } from 'vitest';
import { trackManagedFields } from '../../apply/track_managed_fields.ts';
import { pruneUnknownFields } from '../../schema/prune_fields.ts';
import { decodeJson, encodeJson } from '../json.ts';
import { decodeUnknown, encodeUnknown } from './kube_message.ts';

// What a create or a status update of a pod goes through.
const pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'web-x7k2p', namespace: 'default', uid: 'u', labels: { app: 'web' } },
  spec: {
    containers: [{ name: 'web', image: 'web:1', resources: { requests: { cpu: '100m', memory: '128Mi' } } }],
    nodeName: 'node-1',
    tolerations: [{ key: 'node.kubernetes.io/not-ready', operator: 'Exists', tolerationSeconds: 300 }],
  },
  status: {
    phase: 'Running',
    conditions: ['Initialized', 'Ready', 'ContainersReady', 'PodScheduled'].map((type) => ({
      type,
      status: 'True',
      lastTransitionTime: '2026-01-01T00:00:00Z',
    })),
  },
};
const protobuf = encodeUnknown('v1', 'Pod', 'core.v1.Pod', pod);
const json = encodeJson(pod);
const context = { apiVersion: 'v1', type: 'core.v1.Pod', time: '2026-01-01T00:00:00Z', manager: 'kubelet' };
const tracked = trackManagedFields({ ...context, old: undefined, next: pod });
const failed = { ...tracked, status: { ...pod.status, phase: 'Failed' } };

describe('a pod', () => {
  bench('to protobuf', () => void encodeUnknown('v1', 'Pod', 'core.v1.Pod', pod));
  bench('from protobuf', () => void decodeUnknown(protobuf));
  bench('to JSON', () => void encodeJson(pod));
  bench('from JSON', () => void decodeJson(json));
  bench('pruned', () => void pruneUnknownFields(pod, 'core.v1.Pod'));
  bench('tracked at create', () => void trackManagedFields({ ...context, old: undefined, next: pod }));
  bench('tracked at update', () => void trackManagedFields({ ...context, old: tracked, next: failed }));
});
