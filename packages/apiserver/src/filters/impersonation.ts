// `Impersonate-User` and its companions: acting as someone else where the authorizers allow it.
import { badRequest, type UserInfo } from '@kubets/api';
import type { Attributes, Authorizer } from '../access.ts';
import type { Filter } from '../call.ts';
import { forbiddenError, isAllowed } from './authorization.ts';

const extraPrefix = 'impersonate-extra-';
const serviceAccountPrefix = 'system:serviceaccount:';

export function impersonate(authorizers: readonly Authorizer[]): Filter {
  return async (call, next) => {
    const { headers } = call.request;
    const username = headers['impersonate-user'];
    const uid = headers['impersonate-uid'];
    if (!username) {
      if (headers['impersonate-group'] || uid)
        throw badRequest('requested impersonation details without impersonating a user');
      return next(call);
    }
    const groups = splitHeader(headers['impersonate-group']);
    const extra = extraOf(headers);
    const asker = call.user;
    for (const attributes of questions(asker, username, groups, uid, extra)) {
      const { allowed, reason } = await isAllowed(authorizers, attributes);
      if (!allowed) throw forbiddenError(attributes, reason);
    }
    call.impersonator = asker;
    call.user = impersonated(username, groups, uid, extra);
    return next(call);
  };
}

function* questions(
  user: UserInfo,
  username: string,
  groups: readonly string[],
  uid: string | undefined,
  extra: Record<string, string[]>,
): Generator<Attributes> {
  const ask = (part: Partial<Attributes>): Attributes => ({
    user,
    verb: 'impersonate',
    resource: '',
    subresource: '',
    group: '',
    version: 'v1',
    namespace: '',
    name: '',
    path: '',
    isResourceRequest: true,
    ...part,
  });
  const account = serviceAccountOf(username);
  if (account) yield ask({ resource: 'serviceaccounts', ...account });
  else yield ask({ resource: 'users', name: username });
  const authentication = { group: 'authentication.k8s.io', version: 'v1' };
  for (const name of groups) yield ask({ resource: 'groups', name });
  if (uid) yield ask({ ...authentication, resource: 'uids', name: uid });
  for (const [key, values] of Object.entries(extra))
    for (const name of values)
      yield ask({ ...authentication, resource: 'userextras', subresource: key, name });
}

function impersonated(
  username: string,
  groups: readonly string[],
  uid: string | undefined,
  extra: Record<string, string[]>,
): UserInfo {
  const all = [...groups];
  const account = serviceAccountOf(username);
  if (account && groups.length === 0)
    all.push('system:serviceaccounts', `system:serviceaccounts:${account.namespace}`);
  const marker = username === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  if (!all.includes('system:authenticated') && !all.includes('system:unauthenticated')) all.push(marker);
  return { username, groups: all, ...(uid && { uid }), ...(Object.keys(extra).length && { extra }) };
}

function serviceAccountOf(username: string): { namespace: string; name: string } | undefined {
  if (!username.startsWith(serviceAccountPrefix)) return undefined;
  const [namespace, name, ...more] = username.slice(serviceAccountPrefix.length).split(':');
  return namespace && name && more.length === 0 ? { namespace, name } : undefined;
}

function splitHeader(value: string | undefined): string[] {
  return value ? value.split(',').map((part) => part.trim()) : [];
}

function extraOf(headers: Readonly<Record<string, string>>): Record<string, string[]> {
  const extra: Record<string, string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (!name.startsWith(extraPrefix)) continue;
    extra[decodeURIComponent(name.slice(extraPrefix.length))] = splitHeader(value);
  }
  return extra;
}
