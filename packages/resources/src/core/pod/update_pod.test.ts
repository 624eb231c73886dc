import { describe, expect, test } from 'vitest';
import { stored, update, yaml } from '../../testing.ts';
import { pod } from './pod.ts';

/** A pod that is fine. */
const inSpec = (spec: object) => ({ spec: { containers: [{ name: 'web', image: 'nginx' }], ...spec } });

describe('update', () => {
  const old = stored(
    pod,
    inSpec({ activeDeadlineSeconds: 60, tolerations: [{ key: 'a', operator: 'Exists' }] }),
  );
  const only =
    'spec: Forbidden: pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';

  test.each<[name: string, change: (next: any) => void]>([
    ['labels', (next) => (next.metadata.labels = { a: 'b' })],
    ['the image', ({ spec }) => (spec.containers[0].image = 'nginx:2')],
    ['a shorter deadline', ({ spec }) => (spec.activeDeadlineSeconds = 30)],
    ['another toleration', ({ spec }) => spec.tolerations.push({ key: 'b', operator: 'Exists' })],
  ])('may change %s', (_, change) => {
    expect(update(pod, old, change).errors).toEqual([]);
  });

  test('says what else it would change', () => {
    const { errors } = update(pod, old, ({ spec }: any) => (spec.nodeName = 'node-1'));
    const lines = errors
      .join('\n')
      .split('\n')
      .filter((line) => /^[-+@]/.test(line));
    expect(lines).toEqual([
      expect.stringMatching(/^@@ -\d+,7 \+\d+,7 @@$/),
      '- "NodeName": "",',
      '+ "NodeName": "node-1",',
    ]);
  });

  test.each<[name: string, change: (next: any) => void]>([
    ['the node', ({ spec }) => (spec.nodeName = 'node-1')],
    ['the command', ({ spec }) => (spec.containers[0].command = ['sh'])],
    ['the restart policy', ({ spec }) => (spec.restartPolicy = 'Never')],
    ['resources', ({ spec }) => (spec.containers[0].resources = { requests: { cpu: '1' } })],
  ])('may not change %s', (_, change) => {
    const { errors } = update(pod, old, change);
    expect(errors).toHaveLength(1);
    expect(errors[0]!.split('\n')[0]).toBe(only);
  });

  test('may not add containers', () => {
    const { errors } = update(pod, old, ({ spec }) => spec.containers.push({ name: 'b', image: 'b' }));
    expect(errors).toEqual(['spec.containers: Forbidden: pod updates may not add or remove containers']);
  });

  test('may not lengthen the deadline', () => {
    expect(update(pod, old, ({ spec }) => (spec.activeDeadlineSeconds = 90)).errors).toEqual([
      'spec.activeDeadlineSeconds: Invalid value: 90: must be less than or equal to previous value',
    ]);
    expect(update(pod, old, ({ spec }) => delete spec.activeDeadlineSeconds).errors).toEqual([
      'spec.activeDeadlineSeconds: Invalid value: null: must not update from a positive integer to nil value',
    ]);
  });

  test('an update of the spec raises the generation, one of labels does not', () => {
    const image = update(pod, old, ({ spec }) => (spec.containers[0].image = 'nginx:2'));
    expect(image.object.metadata.generation).toBe(2);
    const labels = update(pod, old, ({ metadata }) => (metadata.labels = { a: 'b' }));
    expect(labels.object.metadata.generation).toBe(1);
  });

  test('keeps the status', () => {
    const { object } = update(pod, old, (next) => (next.status = { phase: 'Running' }));
    expect(object.status).toEqual(old.status);
  });

  test('gates only open', () => {
    const gated = stored(pod, inSpec({ schedulingGates: [{ name: 'a' }, { name: 'b' }] }));
    expect(update(pod, gated, ({ spec }) => spec.schedulingGates.pop()).errors).toEqual([]);
    expect(update(pod, gated, ({ spec }) => spec.schedulingGates.push({ name: 'c' })).errors[0]).toContain(
      "spec.schedulingGates[2].name: Forbidden: only deletion is allowed, but found new scheduling gate 'c'",
    );
    expect(update(pod, gated, ({ spec }) => (spec.nodeSelector = { zone: 'a' })).errors).toEqual([]);
  });
});

describe('delete', () => {
  const seconds = (spec: object, status: object, requested?: number) =>
    pod.deletionGraceSeconds!(
      { spec: { terminationGracePeriodSeconds: 30, ...spec }, status } as any,
      requested,
    );
  const bound = { nodeName: 'node-1' };

  test.each([
    ['as the pod says', seconds(bound, { phase: 'Running' }), 30],
    ['as asked', seconds(bound, { phase: 'Running' }, 5), 5],
    ['at once when asked', seconds(bound, { phase: 'Running' }, 0), 0],
    ['at once on no node', seconds({}, { phase: 'Pending' }), 0],
    ['at once when done', seconds(bound, { phase: 'Succeeded' }), 0],
    ['at once when failed', seconds(bound, { phase: 'Failed' }, 60), 0],
    ['a second for what is negative', seconds(bound, { phase: 'Running' }, -1), 1],
  ])('%s', (_, actual, expected) => {
    expect(actual).toBe(expected);
  });
});

test('field selectors', () => {
  const object = yaml(`
    metadata: { name: web }
    spec: { nodeName: node-1, restartPolicy: Never, schedulerName: mine, serviceAccountName: builder, hostNetwork: true }
    status: { phase: Running, podIP: 10.0.0.1, nominatedNodeName: node-2 }
  `);
  const selected = Object.entries(pod.selectableFields!).map(([field, value]) => [field, value(object)]);
  expect(Object.fromEntries(selected)).toEqual({
    'spec.nodeName': 'node-1',
    'spec.restartPolicy': 'Never',
    'spec.schedulerName': 'mine',
    'spec.serviceAccountName': 'builder',
    'spec.hostNetwork': 'true',
    'status.phase': 'Running',
    'status.podIP': '10.0.0.1',
    'status.podIPs': '',
    'spec.host': 'node-1',
    'status.nominatedNodeName': 'node-2',
  });
});
