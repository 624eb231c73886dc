// Tokens of service accounts in projected volumes: bound to the pod, renewed before they expire (KEP-1205).
import type {
  ServiceAccountTokenProjection,
  AuthenticationV1TokenRequest as TokenRequest,
} from '@kubets/api';
import type { Ms } from '@kubets/base';
import { refs } from '@kubets/client';
import type { KubeletParts } from '../kubelet_parts.ts';
import type { VolumeContext } from './volume_kind.ts';

interface Token {
  text: string;
  renewAt: Ms;
  cancel: () => void;
}

export interface ServiceAccountTokens {
  get(context: VolumeContext, source: ServiceAccountTokenProjection): Promise<string>;
  forget(podUid: string): void;
}

const maxAgeMs = 24 * 3_600_000;
const defaultSeconds = 3600;
/** Between attempts to renew a token that still holds. */
const retryMs = 30_000;

export function serviceAccountTokens({ client, clock, random }: KubeletParts): ServiceAccountTokens {
  /** By pod, then by path and audience; goes with the pod. */
  const tokens = new Map<string, Map<string, Token>>();

  async function request(
    { pod }: VolumeContext,
    source: ServiceAccountTokenProjection,
  ): Promise<TokenRequest> {
    const { namespace, name, uid } = pod.metadata;
    return client.createSubresource<TokenRequest>(
      refs.serviceAccounts,
      pod.spec.serviceAccountName || 'default',
      namespace,
      'token',
      {
        apiVersion: 'authentication.k8s.io/v1',
        kind: 'TokenRequest',
        spec: {
          audiences: source.audience ? [source.audience] : [],
          expirationSeconds: source.expirationSeconds ?? defaultSeconds,
          boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
        },
      },
    );
  }

  return {
    async get(context, source) {
      const { pod, task } = context;
      const { uid } = pod.metadata;
      const ofPod = tokens.get(uid) ?? new Map<string, Token>();
      tokens.set(uid, ofPod);
      const key = `${context.volume.name}/${source.path}/${source.audience ?? ''}`;
      const known = ofPod.get(key);
      const now = clock.now();
      if (known && now < known.renewAt) return known.text;
      let answer: TokenRequest;
      try {
        answer = await request(context, source);
      } catch (error) {
        if (!known) throw error;
        // It holds for another fifth of its life.
        known.renewAt = now + retryMs;
        known.cancel = clock.after(retryMs, task.wake);
        return known.text;
      }
      const expiresAt = Date.parse(answer.status?.expirationTimestamp ?? '');
      const lifeMs = Number.isNaN(expiresAt) ? defaultSeconds * 1000 : expiresAt - now;
      const renewInMs = Math.min(lifeMs * 0.8, maxAgeMs) - random.next() * 10_000;
      known?.cancel();
      ofPod.set(key, {
        text: answer.status?.token ?? '',
        renewAt: now + renewInMs,
        cancel: clock.after(Math.max(1000, renewInMs), task.wake),
      });
      return ofPod.get(key)!.text;
    },
    forget(uid) {
      for (const token of tokens.get(uid)?.values() ?? []) token.cancel();
      tokens.delete(uid);
    },
  };
}
