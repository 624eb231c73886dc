import { expect, test } from 'vitest';
import { podQosClass } from './qos.ts';

const container = (requests?: object, limits?: object) => ({
  name: 'c',
  resources: { ...(requests && { requests }), ...(limits && { limits }) },
});
const both = { cpu: '100m', memory: '1Gi' };

test.each<[name: string, spec: object, expected: string]>([
  ['nothing asked', { containers: [container()] }, 'BestEffort'],
  ['only zero asked', { containers: [container({ cpu: '0' })] }, 'BestEffort'],
  ['only other resources', { containers: [container({ 'example.com/gpu': '1' })] }, 'BestEffort'],
  ['all limited', { containers: [container(both, both)] }, 'Guaranteed'],
  [
    'all limited, written differently',
    { containers: [container({ cpu: '0.1', memory: '1024Mi' }, both)] },
    'Guaranteed',
  ],
  [
    'a request below its limit',
    { containers: [container({ cpu: '50m', memory: '1Gi' }, both)] },
    'Burstable',
  ],
  ['memory without a limit', { containers: [container(both, { cpu: '100m' })] }, 'Burstable'],
  ['one container without', { containers: [container(both, both), container()] }, 'Burstable'],
  [
    'an init container without',
    { containers: [container(both, both)], initContainers: [container()] },
    'Burstable',
  ],
  [
    'the pod as a whole decides',
    { containers: [container()], resources: { requests: both, limits: both } },
    'Guaranteed',
  ],
  [
    'the pod as a whole, some',
    { containers: [container()], resources: { requests: { cpu: '1' } } },
    'Burstable',
  ],
])('%s', (_, spec, expected) => {
  expect(podQosClass(spec as any)).toBe(expected);
});
