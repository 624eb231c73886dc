// Calls that the server makes of itself.
import type { UserInfo } from '@kubets/api';
import type { Call } from './call.ts';
import type { ApiRequest } from './request.ts';

export const serverUser: UserInfo = Object.freeze({
  username: 'system:apiserver',
  groups: ['system:masters', 'system:authenticated'],
});

const never = new AbortController().signal;

export interface InternalRequest {
  method: string;
  path: string;
  query?: Record<string, string>;
  body?: object;
  headers?: Record<string, string>;
}

export function internalRequest(request: InternalRequest, signal: AbortSignal = never): ApiRequest {
  return {
    method: request.method,
    path: request.path,
    query: new URLSearchParams({ fieldManager: 'kube-apiserver', ...request.query }),
    headers: request.headers ?? {},
    body: request.body,
    user: serverUser,
    remoteAddress: '',
    signal,
  };
}

/** For work inside of a verb, past the pipeline: of a cluster-scoped object or one of `namespace`. */
export function internalCall(namespace = '', name = ''): Call {
  return {
    request: internalRequest({ method: '', path: '' }),
    info: {
      isResource: true,
      path: '',
      verb: '',
      group: '',
      version: '',
      namespace,
      resource: '',
      subresource: '',
      name,
      named: name !== '',
      rest: undefined,
    },
    user: serverUser,
    impersonator: undefined,
    warnings: [],
    audit: {},
  };
}
