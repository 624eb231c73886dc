// The token by which a server joins: it proves the joiner to the cluster, and the cluster's authority to the joiner.
// K10<hash of ca.crt>::server:<secret>, as users of k3s know it.
import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { ClusterPaths } from '../cluster/paths.ts';
import { UserError } from '../main.ts';

export interface ServerToken {
  /** SHA-256 of the PEM of the authority, hexadecimal. */
  caHash: string;
  secret: string;
}

const pattern = /^K10([0-9a-f]{64})::server:([0-9a-zA-Z._-]{16,})$/;

/** @throws UserError */
export function parseServerToken(text: string): ServerToken {
  const match = pattern.exec(text.trim());
  if (!match)
    throw new UserError('the token must be K10<hash>::server:<secret>, as `kubets token` prints it');
  return { caHash: match[1]!, secret: match[2]! };
}

export function formatServerToken(ca: string, secret: string): string {
  return `K10${hashOf(ca)}::server:${secret}`;
}

export function hashOf(ca: string): string {
  return createHash('sha256').update(ca).digest('hex');
}

/** The secret that the cluster's servers share, made when there is none. */
export function ensureServerSecret(paths: ClusterPaths): string {
  if (!existsSync(paths.serverSecret)) writeServerSecret(paths, randomBytes(24).toString('hex'));
  return readFileSync(paths.serverSecret, 'utf8').trim();
}

export function writeServerSecret(paths: ClusterPaths, secret: string): void {
  mkdirSync(dirname(paths.serverSecret), { recursive: true, mode: 0o700 });
  writeFileSync(paths.serverSecret, `${secret}\n`, { mode: 0o600 });
}

/** In a time that tells nothing of how much of it is right. */
export function sameSecret(given: string, secret: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(secret));
}
