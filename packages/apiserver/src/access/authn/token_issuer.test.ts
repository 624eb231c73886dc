import { generateKeyPairSync } from 'node:crypto';
import { FakeClock } from '@kubets/base';
import { createLocalJWKSet, jwtVerify } from 'jose';
import { describe, expect, test } from 'vitest';
import type { Reader } from '../../access.ts';
import { userOfToken } from './service_account_authenticator.ts';
import { createTokenIssuer } from './token_issuer.ts';

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const clock = new FakeClock(1_800_000_000_000);
const issuer = await createTokenIssuer({
  clock,
  issuer: 'https://kubernetes.default.svc',
  privateKey: keys.privateKey.export({ type: 'pkcs8', format: 'pem' }) as string,
  publicKey: keys.publicKey.export({ type: 'spki', format: 'pem' }) as string,
});
const seconds = clock.now() / 1000;
const claims = {
  iss: issuer.issuer,
  aud: ['api'],
  sub: 'system:serviceaccount:shop:web',
  iat: seconds,
  nbf: seconds,
  exp: seconds + 600,
  'kubernetes.io': {
    namespace: 'shop',
    serviceaccount: { name: 'web', uid: 'u1' },
    pod: { name: 'p', uid: 'u2' },
  },
};

describe('service account tokens', () => {
  test('another implementation accepts them by the published keys', async () => {
    const token = await issuer.sign(claims);
    const { payload } = await jwtVerify(token, createLocalJWKSet(issuer.jwks() as any), {
      currentDate: new Date(clock.now()),
    });
    expect(payload.sub).toBe(claims.sub);
  });

  test('a changed, foreign or expired token does not hold', async () => {
    const token = await issuer.sign(claims);
    const [head, , tail] = token.split('.');
    const body = btoa(JSON.stringify({ ...claims, sub: 'root' })).replace(/=+$/, '');
    expect(await issuer.verify(`${head}.${body}.${tail}`)).toBeUndefined();
    expect(await issuer.verify('not.a.token')).toBeUndefined();
    expect(await issuer.verify(await issuer.sign({ ...claims, exp: seconds - 1 }))).toBeUndefined();
    expect(await issuer.verify(await issuer.sign({ ...claims, iss: 'https://elsewhere' }))).toBeUndefined();
  });

  test('a token dies with its pod and its account, and serves its audience only', async () => {
    const token = await issuer.sign(claims);
    const world: Record<string, string> = { 'serviceaccounts/web': 'u1', 'pods/p': 'u2' };
    const reader: Reader = {
      get: (_group, resource, _namespace, name) => {
        const uid = world[`${resource}/${name}`];
        return uid === undefined ? undefined : ({ metadata: { uid } } as any);
      },
      list: () => [],
    };
    const user = await userOfToken({ issuer, reader }, token, ['api']);
    expect(user).toMatchObject({
      username: 'system:serviceaccount:shop:web',
      groups: ['system:serviceaccounts', 'system:serviceaccounts:shop', 'system:authenticated'],
      extra: { 'authentication.kubernetes.io/pod-name': ['p'] },
    });
    expect(await userOfToken({ issuer, reader }, token, ['other'])).toBeUndefined();
    world['pods/p'] = 'another';
    expect(await userOfToken({ issuer, reader }, token, ['api'])).toBeUndefined();
  });
});
