// Paths that are no resources: discovery, the version, the keys of the token issuer.
import { type Operation, objectForms, type PathItem } from './operation.ts';
import { groupName, groupTag, pascal } from './operation_names.ts';

const discovery = (
  path: string,
  tag: string,
  operationId: string,
  description: string,
  answer: string,
): PathItem => ({
  path,
  operations: [{ ...get, tag, operationId, description, answer, consumes: objectForms }],
});

const get: Omit<Operation, 'tag' | 'operationId' | 'description' | 'answer'> = {
  method: 'get',
  parameters: [],
  produces: objectForms,
  codes: [200],
};

export function groupPath(group: string): PathItem {
  return discovery(
    `/apis/${group}/`,
    groupTag(group),
    `get${groupName(group)}APIGroup`,
    'get information of a group',
    'meta.v1.APIGroup',
  );
}

export function versionPath({ group, version }: { group: string; version: string }): PathItem {
  const path = group ? `/apis/${group}/${version}/` : `/api/${version}/`;
  const name = groupName(group) + pascal(version);
  return discovery(
    path,
    `${groupTag(group)}_${version}`,
    `get${name}APIResources`,
    'get available resources',
    'meta.v1.APIResourceList',
  );
}

/** By the name of their own OpenAPI v3 document. */
export const metaPaths: Readonly<Record<string, PathItem>> = {
  '.well-known/openid-configuration': {
    path: '/.well-known/openid-configuration/',
    operations: [
      {
        ...get,
        tag: 'WellKnown',
        operationId: 'getServiceAccountIssuerOpenIDConfiguration',
        description:
          'get the configuration of the issuer of service account tokens (OpenID Connect discovery)',
        produces: ['application/json'],
        answer: 'string',
      },
    ],
  },
  api: discovery('/api/', 'core', 'getCoreAPIVersions', 'get available API versions', 'meta.v1.APIVersions'),
  apis: discovery('/apis/', 'apis', 'getAPIVersions', 'get available API versions', 'meta.v1.APIGroupList'),
  'openid/v1/jwks': {
    path: '/openid/v1/jwks/',
    operations: [
      {
        ...get,
        tag: 'openid',
        operationId: 'getServiceAccountIssuerOpenIDKeyset',
        description: 'get the keys that verify service account tokens',
        produces: ['application/jwk-set+json'],
        answer: 'string',
      },
    ],
  },
  version: {
    path: '/version/',
    operations: [
      {
        ...get,
        tag: 'version',
        operationId: 'getCodeVersion',
        description: 'get the version of this server',
        consumes: ['application/json'],
        produces: ['application/json'],
        answer: 'version.Info',
      },
    ],
  },
};
