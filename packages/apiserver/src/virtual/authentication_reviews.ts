// Questions about identity: whose token is this, and who am I.
import { badRequest, isApiError, type UserInfo } from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import type { Endpoint } from '../call.ts';
import { decodeBody } from '../decode/body.ts';
import type { ApiRequest } from '../request.ts';
import type { ServerContext } from '../server_context.ts';
import { objectAnswer } from '../verbs/answer.ts';

const group = 'authentication.k8s.io';

/** TokenReview: asks this server's own authenticators about a token. */
export function tokenReviewEndpoint(server: ServerContext): Endpoint {
  const expected = { group, version: 'v1', kind: 'TokenReview', type: 'authentication.v1.TokenReview' };
  return async (call) => {
    const review = decodeBody(call, expected, 'Warn');
    const token = review.spec?.token;
    if (!token) throw badRequest('token is required for TokenReview in authentication');
    const asked: string[] = review.spec.audiences ?? [];
    const request: ApiRequest = {
      method: 'GET',
      path: '/',
      query: new URLSearchParams(),
      headers: { authorization: `Bearer ${token}` },
      body: undefined,
      remoteAddress: call.request.remoteAddress,
      signal: call.request.signal,
    };
    review.status = await statusOf(server, request, asked);
    return objectAnswer(review, 201);
  };
}

/** Says no more than any request with such a token is told. */
const invalidToken = 'invalid bearer token';

async function statusOf(
  { authenticators, tokenIssuer }: ServerContext,
  request: ApiRequest,
  asked: readonly string[],
): Promise<object> {
  try {
    for (const authenticator of authenticators) {
      const user = await authenticator.authenticate(request);
      if (!user) continue;
      // Only tokens that this server accepts get here, and it accepts only those made for it.
      const own = tokenIssuer ? [tokenIssuer.issuer] : [];
      const audiences = asked.length ? asked.filter((each) => own.includes(each)) : own;
      if (asked.length && audiences.length === 0)
        return {
          user: {},
          error: `token audiences ${JSON.stringify(own)} is invalid for the target audiences ${JSON.stringify(asked)}`,
        };
      return { authenticated: true, user: authenticated(user), ...(audiences.length && { audiences }) };
    }
    return { user: {}, error: invalidToken };
  } catch (error) {
    if (!isApiError(error)) throw error;
    return { user: {}, error: invalidToken };
  }
}

function authenticated(user: UserInfo): UserInfo {
  const groups = user.groups ?? [];
  return groups.includes('system:authenticated')
    ? user
    : { ...user, groups: [...groups, 'system:authenticated'] };
}

export function selfReviewEndpoint(server: ServerContext): Endpoint {
  const kind = 'SelfSubjectReview';
  const expected = { group, version: 'v1', kind, type: `authentication.v1.${kind}` };
  return async (call) => {
    const review = decodeBody(call, expected, 'Warn');
    review.metadata = { ...review.metadata, creationTimestamp: rfc3339(server.clock.now()) };
    review.status = { userInfo: call.user };
    return objectAnswer(review, 201);
  };
}
