import { expect, test } from 'vitest';
import { texts } from '../testing.ts';
import { selectorProblems } from './read_selector.ts';
import { type ReviewKind, validateReview } from './validate_review.ts';

const path = 'spec.resourceAttributes';
const named = (attributes: object) => ({ spec: { user: 'jane', resourceAttributes: attributes } });

test.each<[ReviewKind, object, string[]]>([
  ['SubjectAccessReview', named({ verb: 'get' }), []],
  [
    'SubjectAccessReview',
    { spec: {} },
    [
      `${path}: Invalid value: null: exactly one of nonResourceAttributes or resourceAttributes must be specified`,
      'spec.user: Invalid value: "": at least one of user or group must be specified',
    ],
  ],
  [
    'SelfSubjectAccessReview',
    { spec: { resourceAttributes: {}, nonResourceAttributes: { path: '/' } } },
    [
      'spec.nonResourceAttributes: Invalid value: {"Path":"/","Verb":""}: cannot be specified in combination with resourceAttributes',
    ],
  ],
  [
    'SubjectAccessReview',
    named({ fieldSelector: {} }),
    [
      `${path}.fieldSelector.requirements: Required value: when ${path}.fieldSelector is specified, requirements or rawSelector is required`,
    ],
  ],
  [
    'SubjectAccessReview',
    named({ fieldSelector: { requirements: [{ operator: 'In', values: ['a'] }] } }),
    [`${path}.fieldSelector.requirements[0].key: Required value: must be specified`],
  ],
  [
    'SubjectAccessReview',
    named({ labelSelector: { rawSelector: 'a', requirements: [{ key: 'a', operator: 'Odd' }] } }),
    [
      `${path}.labelSelector.rawSelector: Invalid value: "a": may not specified at the same time as requirements`,
    ],
  ],
  [
    'LocalSubjectAccessReview',
    { metadata: { namespace: 'shop' }, ...named({ namespace: 'other' }) },
    [`${path}.namespace: Invalid value: "other": must match metadata.namespace`],
  ],
])('%s %j', (kind, review, expected) => {
  expect(texts(validateReview(kind, review))).toEqual(expected);
});

test.each([
  [{}, []],
  [{ fieldSelector: { requirements: [{ key: 'a', operator: 'In', values: ['x'] }] } }, []],
  [
    { fieldSelector: { requirements: [{ key: 'a', operator: 'Exists' }] } },
    [`${path}.fieldSelector ignored due to parse error`],
  ],
  [
    {
      labelSelector: {
        requirements: [
          { key: 'a', operator: 'Exists' },
          { key: 'b', operator: 'Odd' },
        ],
      },
    },
    [`${path}.labelSelector partially ignored due to parse error`],
  ],
])('what authorizers can not count on: %j', (attributes, expected) => {
  expect(selectorProblems(attributes as any)).toEqual(expected);
});
