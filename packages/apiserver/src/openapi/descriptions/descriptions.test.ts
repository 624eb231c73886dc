import { typeNames, typeSchema } from '@kubets/api';
import { expect, test } from 'vitest';
import { fieldWords } from './fields.ts';
import { describeField, describeType } from './index.ts';
import { typeWords } from './types.ts';

test('words of a type, of its field, and those that types share', () => {
  expect(describeType('core.v1.Pod')).toContain('share its network address');
  expect(describeField('core.v1.PodSpec', 'nodeName')).toContain('scheduler');
  expect(describeField('apps.v1.Deployment', 'spec')).toBe('What is wanted.');
  expect(describeField('core.v1.PodCondition', 'status')).toBe('True, False or Unknown.');
  expect(describeField('core.v1.PodSpec', 'none')).toBeUndefined();
});

test('what is described exists', () => {
  const types = new Map<string, Set<string>>();
  const fields = new Set<string>();
  for (const name of typeNames()) {
    const short = name.slice(name.lastIndexOf('.') + 1);
    const known = types.get(short) ?? new Set();
    types.set(short, known);
    for (const field of Object.keys(typeSchema(name)?.fields ?? {})) {
      known.add(field);
      fields.add(field);
    }
  }
  expect(Object.keys(typeWords).filter((type) => !types.has(type))).toEqual([]);
  const unknown = Object.keys(fieldWords).filter((key) => {
    const [type, field] = key.split('.') as [string, string?];
    return field === undefined ? !fields.has(type) : !types.get(type)?.has(field);
  });
  expect(unknown).toEqual([]);
});

test('most fields of the most used types are described', () => {
  for (const type of ['meta.v1.ObjectMeta', 'core.v1.PodSpec', 'core.v1.Container', 'core.v1.ServiceSpec']) {
    const names = Object.keys(typeSchema(type)!.fields!);
    const missing = names.filter((name) => !describeField(type, name));
    expect(missing.length / names.length, `${type}: ${missing}`).toBeLessThan(0.15);
  }
});
