// Who calls the kubelet, and what they are about to do.
import type { TLSSocket } from 'node:tls';
import type { UserInfo } from '@kubets/api';

/** From a certificate of the client CA: the common name is the user, organizations are its groups (X.509). */
export function certificateUser(socket: TLSSocket): UserInfo | undefined {
  if (!socket.authorized) return undefined;
  const { subject } = socket.getPeerCertificate();
  const names = subject as unknown as Record<string, string | string[] | undefined>;
  const username = [names['CN'] ?? []].flat()[0];
  if (!username) return undefined;
  return { username, groups: [...[names['O'] ?? []].flat(), 'system:authenticated'] };
}

/** The verb and the subresources of `nodes` one of which the caller must be allowed (KEP-2862). */
export function nodeAttributes(method: string, path: string): { verb: string; subresources: string[] } {
  const verbs: Record<string, string> = {
    GET: 'get',
    POST: 'create',
    PUT: 'update',
    PATCH: 'patch',
    DELETE: 'delete',
  };
  const first = path.split('/')[1] ?? '';
  const own: Record<string, string[]> = {
    pods: ['pods', 'proxy'],
    runningpods: ['pods', 'proxy'],
    healthz: ['healthz', 'proxy'],
    configz: ['configz', 'proxy'],
    stats: ['stats'],
    metrics: ['metrics'],
    logs: ['log'],
  };
  return { verb: verbs[method] ?? '', subresources: own[first] ?? ['proxy'] };
}
