import type { Pod } from '@kubets/api';
import { describe, expect, test } from 'vitest';
import {
  takeAppArmorAnnotations,
  validateAnnotatedProfiles,
  validateSeccompAnnotations,
} from './security_annotations.ts';

const appArmor = 'container.apparmor.security.beta.kubernetes.io/c';
const pod = (annotation: string, spec: object = {}): Pod =>
  ({
    metadata: { name: 'p', annotations: { [appArmor]: annotation } },
    spec: { containers: [{ name: 'c' }], ...spec },
  }) as never;

describe('annotations of AppArmor', () => {
  test.each<[string, object, object | undefined, number]>([
    ['runtime/default', {}, { type: 'RuntimeDefault' }, 1],
    ['localhost/x', {}, { type: 'Localhost', localhostProfile: 'x' }, 1],
    ['unconfined', {}, { type: 'Unconfined' }, 1],
    ['nonsense', {}, undefined, 1],
    ['unconfined', { securityContext: { appArmorProfile: { type: 'Unconfined' } } }, undefined, 0],
    ['unconfined', { os: { name: 'windows' } }, undefined, 0],
  ])('%s with %j', (annotation, spec, profile, warned) => {
    const object = pod(annotation, spec);
    const warnings: string[] = [];
    takeAppArmorAnnotations(object, (text) => warnings.push(text));
    expect(object.spec.containers[0]!.securityContext?.appArmorProfile).toEqual(profile);
    expect(warnings).toEqual(
      Array(warned).fill(
        `metadata.annotations[${appArmor}]: deprecated since v1.30; use the "appArmorProfile" field instead`,
      ),
    );
  });

  test('say what the fields say', () => {
    const field = { securityContext: { appArmorProfile: { type: 'Localhost', localhostProfile: 'y' } } };
    const errors = (annotation: string) => {
      const { metadata, spec } = pod(annotation, field);
      return validateAnnotatedProfiles(metadata.annotations, spec, 'spec').map(({ field: at }) => at);
    };
    expect(errors('localhost/y')).toEqual([]);
    expect(errors('localhost/x')).toEqual([
      'spec.containers[0].securityContext.appArmorProfile.localhostProfile',
    ]);
    expect(errors('unconfined')).toEqual(['spec.containers[0].securityContext.appArmorProfile.type']);
  });
});

test('annotations of seccomp name a profile', () => {
  const problems = (annotations: Record<string, string>) =>
    validateSeccompAnnotations(annotations, 'metadata.annotations').map(
      ({ field, message }) => `${field}: ${message}`,
    );
  expect(problems({ 'seccomp.security.alpha.kubernetes.io/pod': 'localhost/a' })).toEqual([]);
  expect(problems({ 'container.seccomp.security.alpha.kubernetes.io/c': 'x' })).toEqual([
    'metadata.annotations.container.seccomp.security.alpha.kubernetes.io/c: Invalid value: "x": must be a valid seccomp profile',
  ]);
  expect(problems({ 'seccomp.security.alpha.kubernetes.io/pod': 'localhost/../a' })[0]).toContain(
    "must not contain '..'",
  );
});
