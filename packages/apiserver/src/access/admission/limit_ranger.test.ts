import { describe, expect, test } from 'vitest';
import { limitRanger } from './limit_ranger.ts';
import { admitWith, readerOf } from './testing.ts';

const limits = [
  {
    type: 'Container',
    min: { cpu: '10m' },
    max: { memory: '1Gi' },
    default: { cpu: '200m', memory: '1Gi' },
    defaultRequest: { cpu: '100m', memory: '1Gi' },
    maxLimitRequestRatio: { cpu: '3' },
  },
  { type: 'Pod', max: { cpu: '1' } },
  { type: 'PersistentVolumeClaim', min: { storage: '1Gi' }, max: { storage: '2Gi' } },
];
const plugins = [
  limitRanger(readerOf({ 'limitranges/shop/l': { metadata: { name: 'l' }, spec: { limits } } })),
];
const pod = (resources: object, more: object = {}) => ({
  metadata: { name: 'p' },
  spec: { containers: [{ name: 'c', resources }], ...more },
});

describe('a limit range', () => {
  test('fills in what is open, and notes it', async () => {
    const { object } = await admitWith(plugins, {
      object: pod({ limits: { cpu: '300m' } }, { initContainers: [{ name: 'i' }] }),
    });
    expect(object.spec.containers[0].resources).toEqual({
      limits: { cpu: '300m', memory: '1Gi' },
      requests: { cpu: '100m', memory: '1Gi' },
    });
    expect(object.metadata.annotations).toEqual({
      'kubernetes.io/limit-ranger':
        'LimitRanger plugin set: cpu, memory request for container c; memory limit for container c; cpu, memory request for init container i; cpu, memory limit for init container i',
    });
  });

  test.each<[string, object, string]>([
    [
      'several at once',
      pod({ requests: { cpu: '5m' }, limits: { cpu: '5m', memory: '2Gi' } }),
      '[minimum cpu usage per Container is 10m, but request is 5m, maximum memory usage per Container is 1Gi, but limit is 2Gi]',
    ],
    [
      'a limit far above its request',
      pod({ requests: { cpu: '100m' }, limits: { cpu: '400m' } }),
      'cpu max limit to request ratio per Container is 3, but provided ratio is 4.000000',
    ],
    [
      'a pod, of all its containers and sidecars',
      pod(
        { requests: { cpu: '600m' }, limits: { cpu: '600m' } },
        {
          initContainers: [
            {
              name: 's',
              restartPolicy: 'Always',
              resources: { requests: { cpu: '500m' }, limits: { cpu: '500m' } },
            },
          ],
        },
      ),
      'maximum cpu usage per Pod is 1, but limit is 1100m',
    ],
  ])('refuses %s', async (_what, object, why) => {
    expect((await admitWith(plugins, { object })).message).toBe(`pods "p" is forbidden: ${why}`);
  });

  test('bounds claims, also when they grow', async () => {
    const claim = (storage: string) => ({
      metadata: { name: 'p' },
      spec: { resources: { requests: { storage } } },
    });
    const change = (operation: 'CREATE' | 'UPDATE', storage: string) =>
      admitWith(plugins, {
        operation,
        resource: 'persistentvolumeclaims',
        object: claim(storage),
        old: claim('1Gi'),
      });
    expect((await change('CREATE', '512Mi')).message).toContain(
      'minimum storage usage per PersistentVolumeClaim is 1Gi, but request is 512Mi',
    );
    expect((await change('UPDATE', '3Gi')).message).toContain(
      'maximum storage usage per PersistentVolumeClaim is 2Gi, but request is 3Gi',
    );
    expect((await change('UPDATE', '2Gi')).message).toBeUndefined();
  });
});
