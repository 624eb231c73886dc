import type { Pod, VolumeProjection } from '@kubets/api';
import type { KubeletParts } from '../kubelet_parts.ts';
import type { Payload, PayloadFile } from './payload.ts';
import { type ServiceAccountTokens, serviceAccountTokens } from './service_account_token.ts';
import { cleanPath, configMapFiles, downwardFiles, secretFiles } from './sources.ts';
import type { VolumeContext, VolumeKind } from './volume_kind.ts';
import { writtenVolume } from './written_volume.ts';

/** Several sources in one directory. */
export function projected(parts: KubeletParts): VolumeKind {
  const tokens = serviceAccountTokens(parts);
  return writtenVolume({
    name: 'projected',
    plugin: 'projected',
    memory: true,
    async payload(context): Promise<Payload> {
      const source = context.volume.projected!;
      const files = new Map<string, PayloadFile>();
      for (const each of source.sources ?? [])
        for (const [path, file] of await filesOf(context, each, source.defaultMode ?? 0o644, tokens))
          files.set(path, file);
      return files;
    },
    forget: tokens.forget,
  });
}

async function filesOf(
  context: VolumeContext,
  source: VolumeProjection,
  mode: number,
  tokens: ServiceAccountTokens,
): Promise<ReadonlyMap<string, PayloadFile>> {
  const { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle } = source;
  if (configMap) return configMapFiles(context, configMap, mode);
  if (secret) return secretFiles(context, { ...secret, secretName: secret.name }, mode);
  if (downwardAPI) return downwardFiles(context, downwardAPI.items ?? [], mode);
  if (serviceAccountToken) {
    const text = await tokens.get(context, serviceAccountToken);
    const file = tokenFile(context.pod, new TextEncoder().encode(text), mode);
    return new Map([[cleanPath(serviceAccountToken.path), file]]);
  }
  if (clusterTrustBundle?.optional) return new Map();
  throw new Error('projected volume source is not supported by this kubelet');
}

/** Only who runs the pod's containers may read its token, where that is one user or the pod's group. */
function tokenFile({ spec }: Pod, data: Uint8Array, mode: number): PayloadFile {
  const uid = commonUser(spec);
  if (uid === undefined && spec.securityContext?.fsGroup === undefined) return { data, mode };
  return { data, mode: 0o600, ...(uid !== undefined && { uid }) };
}

function commonUser(spec: Pod['spec']): number | undefined {
  const users = [...spec.containers, ...(spec.initContainers ?? [])].map(
    ({ securityContext }) => securityContext?.runAsUser ?? spec.securityContext?.runAsUser,
  );
  return users.every((user) => user === users[0]) ? users[0] : undefined;
}
