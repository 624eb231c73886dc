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
    const overlaps = (description: string, files: Placed[]) =>
      overlapsOf(files).map(
        (overlap) => `volume ${quoted(name)} (${description}): overlapping paths: ${overlap}`,
      );
    const empty = (projected?.sources ?? []).filter((source) => Object.keys(source).length === 0);
    return [
      ...overlaps(`ConfigMap ${quoted(configMap?.name)}`, configMap?.items ?? []),
      ...overlaps(`Secret ${quoted(secret?.secretName)}`, secret?.items ?? []),
      ...overlaps('DownwardAPI', downwardAPI?.items ?? []),
      ...empty.map(() => `volume ${quoted(name)} (Projected) has no sources provided`),
      ...overlaps('Projected', (projected?.sources ?? []).flatMap(filesOf)),
    ];
  });
}

function filesOf(projection: VolumeProjection): Placed[] {
  const { configMap, secret, downwardAPI, serviceAccountToken, clusterTrustBundle, podCertificate } =
    projection;
  const of = (source: string, items: { path?: string }[] = []) =>
    items.flatMap(({ path }) => (path ? [{ path, source }] : []));
  return [
    ...of(`ConfigMap ${quoted(configMap?.name)}`, configMap?.items),
    ...of(`Secret ${quoted(secret?.name)}`, secret?.items),
    ...of('DownwardAPI', downwardAPI?.items),
    ...of('ServiceAccountToken', serviceAccountToken && [serviceAccountToken]),
    ...of(
      `ClusterTrustBundle ${quoted(clusterTrustBundle?.name ?? clusterTrustBundle?.signerName)}`,
      clusterTrustBundle && [clusterTrustBundle],
    ),
    ...of('PodCertificate chain', podCertificate && [{ path: podCertificate.certificateChainPath ?? '' }]),
    ...of('PodCertificate key', podCertificate && [{ path: podCertificate.keyPath ?? '' }]),
    ...of(
      'PodCertificate credential bundle',
      podCertificate && [{ path: podCertificate.credentialBundlePath ?? '' }],
    ),
  ];
}

function overlapsOf(files: readonly Placed[]): string[] {
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
