import type { Volume, VolumeProjection } from '@kubets/api';

interface Placed {
  path: string;
  /** Which of several sources puts it there. */
  source?: string;
}

const quoted = (text: string | undefined) => JSON.stringify(text ?? '');

/** Files of one volume that would stand in each other's place. */
export function warnOfPaths(volumes: readonly Volume[]): string[] {
  return volumes.flatMap(({ name, configMap, secret, downwardAPI, projected }) => {
    const overlaps = (description: string, files: Placed[] | undefined) =>
      overlapsOf(files ?? []).map(
        (overlap) => `volume ${quoted(name)} (${description}): overlapping paths: ${overlap}`,
      );
    const warnings: string[] = [];
    if (configMap) warnings.push(...overlaps(`ConfigMap ${quoted(configMap.name)}`, configMap.items));
    if (secret) warnings.push(...overlaps(`Secret ${quoted(secret.secretName)}`, secret.items));
    if (downwardAPI) warnings.push(...overlaps('DownwardAPI', downwardAPI.items));
    for (const source of projected?.sources ?? [])
      if (Object.keys(source).length === 0)
        warnings.push(`volume ${quoted(name)} (Projected) has no sources provided`);
    if (projected?.sources) warnings.push(...overlaps('Projected', projected.sources.flatMap(filesOf)));
    return warnings;
  });
}

function filesOf(projection: VolumeProjection): Placed[] {
  const { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate } =
    projection;
  const files: Placed[] = [];
  const add = (source: string, items: { path?: string }[] = []) => {
    for (const { path } of items) if (path) files.push({ path, source });
  };
  if (configMap) add(`ConfigMap ${quoted(configMap.name)}`, configMap.items);
  if (secret) add(`Secret ${quoted(secret.name)}`, secret.items);
  if (downwardAPI) add('DownwardAPI', downwardAPI.items);
  if (serviceAccountToken) add('ServiceAccountToken', [serviceAccountToken]);
  if (clusterTrustBundle) {
    const { name, signerName } = clusterTrustBundle;
    add(`ClusterTrustBundle ${quoted(name ?? signerName)}`, [clusterTrustBundle]);
  }
  if (podCertificate) {
    const { certificateChainPath, keyPath, credentialBundlePath } = podCertificate;
    add('PodCertificate chain', [{ path: certificateChainPath }]);
    add('PodCertificate key', [{ path: keyPath }]);
    add('PodCertificate credential bundle', [{ path: credentialBundlePath }]);
  }
  return files;
}

function overlapsOf(files: readonly Placed[]): string[] {
  if (files.length < 2) return [];
  const trimmed = files.map(({ path, source }) => ({ path: path.replace(/\/+$/, ''), source }));
  const text = ({ path, source }: { path: string; source: string | undefined }) =>
    source === undefined ? quoted(path) : `${quoted(path)} (${source})`;
  return trimmed.flatMap((file, i) =>
    trimmed
      .slice(0, i)
      .filter(
        (earlier) =>
          file.path !== '' &&
          earlier.path !== '' &&
          (`${earlier.path}/`.startsWith(`${file.path}/`) || `${file.path}/`.startsWith(`${earlier.path}/`)),
      )
      .map((earlier) => `${text(file)} with ${text(earlier)}`),
  );
}
