import { expect, test } from 'vitest';
import { defaultPullPolicy, imageTag } from './image_tag.ts';

const digest = `sha256:${'a'.repeat(64)}`;

test.each([
  ['nginx', 'latest', 'Always'],
  ['nginx:latest', 'latest', 'Always'],
  ['nginx:1.27', '1.27', 'IfNotPresent'],
  ['library/nginx', 'latest', 'Always'],
  ['registry.example.com:5000/team/web', 'latest', 'Always'],
  ['registry.example.com:5000/team/web:v1', 'v1', 'IfNotPresent'],
  [`nginx@${digest}`, '', 'IfNotPresent'],
  [`nginx:latest@${digest}`, 'latest', 'Always'],
  [`nginx:1.27@${digest}`, '1.27', 'IfNotPresent'],
  ['Nginx', undefined, 'IfNotPresent'],
  ['nginx:', undefined, 'IfNotPresent'],
  ['../x', undefined, 'IfNotPresent'],
  ['a'.repeat(248), undefined, 'IfNotPresent'],
  ['a'.repeat(247), 'latest', 'Always'],
  ['', undefined, 'IfNotPresent'],
])('%s has the tag %s and is pulled %s', (image, tag, policy) => {
  expect(imageTag(image)).toBe(tag);
  expect(defaultPullPolicy(image)).toBe(policy);
});
