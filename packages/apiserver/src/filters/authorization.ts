import { type ApiError, forbidden, goQuote, type UserInfo } from '@kubets/api';
import type { Attributes, Authorizer } from '../access.ts';
import type { Filter } from '../call.ts';
import type { RequestInfo } from '../request_info.ts';

/** Asks the authorizers in order; the first that allows or denies decides; nobody's word is a no. */
export function authorize(authorizers: readonly Authorizer[]): Filter {
  return async (call, next) => {
    const attributes = attributesOf(call.user, call.info);
    let reason = '';
    for (const authorizer of authorizers) {
      const answer = authorizer.authorize(attributes);
      const decision = answer instanceof Promise ? await answer : answer;
      if (decision.decision === 'allow') return next(call);
      reason ||= decision.reason;
      if (decision.decision === 'deny') break;
    }
    throw forbiddenError(attributes, reason);
  };
}

export function attributesOf(user: UserInfo, info: RequestInfo): Attributes {
  return {
    user,
    verb: info.verb,
    resource: info.resource,
    subresource: info.subresource,
    group: info.group,
    version: info.version,
    namespace: info.namespace,
    name: info.name,
    path: info.path,
    isResourceRequest: info.isResource,
  };
}

/** True when `authorizers` allow, e.g. for impersonation. */
export async function isAllowed(
  authorizers: readonly Authorizer[],
  attributes: Attributes,
): Promise<{ allowed: boolean; denied: boolean; reason: string }> {
  let reason = '';
  for (const authorizer of authorizers) {
    const decision = await authorizer.authorize(attributes);
    if (decision.decision === 'allow') return { allowed: true, denied: false, reason: decision.reason };
    reason ||= decision.reason;
    if (decision.decision === 'deny') return { allowed: false, denied: true, reason: decision.reason };
  }
  return { allowed: false, denied: false, reason };
}

/** `pods is forbidden: User "x" cannot list resource "pods" in API group "" in the namespace "default"` */
export function forbiddenError(attributes: Attributes, reason: string): ApiError {
  const { user, verb, group, resource, subresource, namespace, name, path } = attributes;
  const who = goQuote(user.username ?? '');
  const why = reason ? `: ${reason}` : '';
  if (!attributes.isResourceRequest) {
    const target = { group: '', resource: '' };
    return forbidden(target, '', `User ${who} cannot ${verb} path ${goQuote(path)}${why}`);
  }
  const what = goQuote(subresource ? `${resource}/${subresource}` : resource);
  const where = namespace ? `in the namespace ${goQuote(namespace)}` : 'at the cluster scope';
  return forbidden(
    { group, resource: resource },
    name,
    `User ${who} cannot ${verb} resource ${what} in API group ${goQuote(group)} ${where}${why}`,
  );
}
