// Bearer tokens of service accounts: signature, expiry, audience, and that what they are bound to still exists.
import { type KubeObject, type UserInfo, unauthorized } from '@kubets/api';
import type { Authenticator, Reader, TokenIssuer } from '../../access.ts';

export interface ServiceAccountAuthenticatorOptions {
  issuer: TokenIssuer;
  reader: Reader;
  /** Audiences of which a token must have one; the API server's own. */
  audiences: readonly string[];
}

export function createServiceAccountAuthenticator(
  options: ServiceAccountAuthenticatorOptions,
): Authenticator {
  return {
    name: 'service account tokens',
    async authenticate(request) {
      const token = bearerToken(request.headers.authorization);
      if (token === undefined) return undefined;
      const user = await userOfToken(options, token, options.audiences);
      if (!user) throw unauthorized();
      return user;
    },
  };
}

export function bearerToken(authorization: string | undefined): string | undefined {
  return /^Bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}

/** The user of a service account token, or undefined when it does not hold (any more). */
export async function userOfToken(
  options: Pick<ServiceAccountAuthenticatorOptions, 'issuer' | 'reader'>,
  token: string,
  audiences: readonly string[],
): Promise<UserInfo | undefined> {
  const claims = await options.issuer.verify(token);
  const bound = claims?.['kubernetes.io'];
  if (!claims || !bound?.serviceaccount?.name || !bound.namespace) return undefined;
  const granted: string[] = Array.isArray(claims.aud) ? claims.aud : [claims.aud];
  if (!granted.some((audience) => audiences.includes(audience))) return undefined;
  const { namespace } = bound;
  const live = (resource: string, ref: { name: string; uid: string } | undefined, home: string | undefined) =>
    !ref || isLive(options.reader.get<KubeObject>('', resource, home, ref.name), ref.uid);
  // KEP-1205: a token dies with the object that it is bound to.
  if (!live('serviceaccounts', bound.serviceaccount, namespace)) return undefined;
  if (!live('pods', bound.pod, namespace) || !live('secrets', bound.secret, namespace)) return undefined;
  if (!bound.pod && !live('nodes', bound.node, undefined)) return undefined;
  return {
    username: `system:serviceaccount:${namespace}:${bound.serviceaccount.name}`,
    uid: bound.serviceaccount.uid,
    groups: ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'],
    extra: extraOf(claims, bound),
  };
}

function isLive(object: KubeObject | undefined, uid: string): boolean {
  return object !== undefined && object.metadata.uid === uid;
}

function extraOf(claims: Record<string, any>, bound: Record<string, any>): Record<string, string[]> {
  const extra: Record<string, string[]> = {};
  const prefix = 'authentication.kubernetes.io';
  if (claims.jti) extra[`${prefix}/credential-id`] = [`JTI=${claims.jti}`];
  if (bound.pod) {
    extra[`${prefix}/pod-name`] = [bound.pod.name];
    extra[`${prefix}/pod-uid`] = [bound.pod.uid];
  }
  if (bound.node) {
    extra[`${prefix}/node-name`] = [bound.node.name];
    if (bound.node.uid) extra[`${prefix}/node-uid`] = [bound.node.uid];
  }
  return extra;
}
