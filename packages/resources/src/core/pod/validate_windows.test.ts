import { describe, expect, test } from 'vitest';
import { create } from '../../testing.ts';
import { pod } from './pod.ts';

const container = { name: 'web', image: 'nginx' };
const windows = (spec: object, security?: object): any => ({
  spec: { os: { name: 'windows' }, containers: [{ ...container, securityContext: security }], ...spec },
});
const user = 'spec.securityContext.windowsOptions.runAsUserName';
const as = (runAsUserName: string) => windows({ securityContext: { windowsOptions: { runAsUserName } } });

type Case = [name: string, pod: any, errors: string[]];

const cases: Case[] = [
  ['a user of a domain', as('DOMAIN\\user'), []],
  ['no user', as(''), [`${user}: Invalid value: "": runAsUserName cannot be an empty string`]],
  [
    'two backslashes',
    as('a\\b\\c'),
    [`${user}: Invalid value: "a\\\\b\\\\c": runAsUserName cannot contain more than one backslash`],
  ],
  [
    'a user of dots',
    as('..'),
    [`${user}: Invalid value: "..": runAsUserName's User cannot contain only periods or spaces`],
  ],
  [
    'a user with a slash',
    as('a/b'),
    [
      `${user}: Invalid value: "a/b": runAsUserName's User cannot contain the following characters: "/\\:;|=,+*?<>@[]`,
    ],
  ],
  [
    'an empty credential spec',
    windows({}, { windowsOptions: { gmsaCredentialSpec: '' } }),
    [
      'spec.containers[0].securityContext.windowsOptions.gmsaCredentialSpec: Invalid value: "": gmsaCredentialSpec cannot be an empty string',
    ],
  ],
  [
    'what only Linux has',
    windows({ hostPID: true, securityContext: { fsGroup: 1 } }, { privileged: false, runAsUser: 1 }),
    [
      'spec.hostPID: Forbidden: cannot be set for a windows pod',
      'spec.securityContext.fsGroup: Forbidden: cannot be set for a windows pod',
      'spec.containers[0].securityContext.privileged: Forbidden: cannot be set for a windows pod',
      'spec.containers[0].securityContext.runAsUser: Forbidden: cannot be set for a windows pod',
    ],
  ],
  [
    'host processes without the network of the host',
    windows({ securityContext: { windowsOptions: { hostProcess: true } } }),
    [
      'spec.hostNetwork: Invalid value: false: hostNetwork must be true if pod contains any hostProcess containers',
    ],
  ],
  [
    'a container that contradicts its pod',
    windows(
      { hostNetwork: true, securityContext: { windowsOptions: { hostProcess: true } } },
      { windowsOptions: { hostProcess: false } },
    ),
    [
      'spec.containers[0].securityContext.windowsOptions.hostProcess: Invalid value: false: pod hostProcess value must be identical if both are specified, was true',
    ],
  ],
];

describe('pods of windows', () => {
  test.each(cases)('%s', (_, object, errors) => {
    expect(create(pod, object).errors).toEqual(errors);
  });
});
