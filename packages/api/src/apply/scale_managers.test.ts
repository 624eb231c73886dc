import { expect, test } from 'vitest';
import type { ManagedFieldsEntry } from '../generated/types.ts';
import { managersOfScale, managersOfWorkload } from './scale_managers.ts';

const entry = (manager: string, operation: 'Apply' | 'Update', fields: object, more: object = {}) =>
  ({
    manager,
    operation,
    apiVersion: 'apps/v1',
    time: '2026-01-01T00:00:00Z',
    fieldsType: 'FieldsV1',
    fieldsV1: fields,
    ...more,
  }) as ManagedFieldsEntry;
const replicas = { 'f:spec': { 'f:replicas': {} } };
const inScale = { apiVersion: 'autoscaling/v1' };

test('a scale has the owners of the replicas', () => {
  const workload = [
    entry('a', 'Apply', { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } }),
    entry('b', 'Update', { 'f:spec': { 'f:paused': {} } }),
    entry('c', 'Update', replicas, { apiVersion: 'apps/v0' }),
  ];
  expect(managersOfScale(workload, 'apps/v1')).toEqual([entry('a', 'Apply', replicas, inScale)]);
  expect(managersOfScale(undefined, 'apps/v1')).toBeUndefined();
});

test('who loses the replicas keeps the rest, who gets them is new and has no time', () => {
  const workload = [
    entry('a', 'Apply', { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } }),
    entry('b', 'Update', replicas),
  ];
  const scaler = entry('s', 'Update', replicas, { ...inScale, subresource: 'scale' });
  const { time: _, ...untimed } = entry('s', 'Update', replicas, { subresource: 'scale' });
  expect(managersOfWorkload(workload, [scaler], 'apps/v1')).toEqual([
    entry('a', 'Apply', { 'f:spec': { 'f:paused': {} } }),
    untimed,
  ]);
});

test('an applier that stays keeps its entry', () => {
  const workload = [entry('a', 'Apply', { 'f:spec': { 'f:paused': {}, 'f:replicas': {} } })];
  const scale = managersOfScale(workload, 'apps/v1');
  expect(managersOfWorkload(workload, scale, 'apps/v1')).toEqual(workload);
});
