import { type UserInfo, unauthorized } from '@kubets/api';
import type { Authenticator } from '../access.ts';
import type { Filter } from '../call.ts';

const anonymous: UserInfo = Object.freeze({
  username: 'system:anonymous',
  groups: ['system:unauthenticated'],
});

/**
 * Who asks: the transport's word (client certificate, in-process), then the first authenticator that knows.
 * Without credentials: system:anonymous. A bearer token that nobody knows is refused, never anonymous.
 */
export function authenticate(authenticators: readonly Authenticator[]): Filter {
  return async (call, next) => {
    const { request } = call;
    if (request.user) {
      call.user = withAuthenticated(request.user);
      return next(call);
    }
    for (const authenticator of authenticators) {
      const found = authenticator.authenticate(request);
      const user = found instanceof Promise ? await found : found;
      if (!user) continue;
      call.user = withAuthenticated(user);
      return next(call);
    }
    if (request.headers['authorization'] !== undefined || request.rejectedCertificate)
      throw unauthorized('Unauthorized');
    call.user = anonymous;
    return next(call);
  };
}

const known = new WeakMap<UserInfo, UserInfo>();

/** Every authenticated user is in system:authenticated (user-guide: "Authentication strategies"). */
function withAuthenticated(user: UserInfo): UserInfo {
  const groups = user.groups ?? [];
  if (groups.includes('system:authenticated') || groups.includes('system:unauthenticated')) return user;
  let full = known.get(user);
  if (!full) known.set(user, (full = { ...user, groups: [...groups, 'system:authenticated'] }));
  return full;
}
