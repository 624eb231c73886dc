// Projected volumes: files from several sources in one folder.
import {
  type FieldError,
  forbiddenField,
  invalidValue,
  type ProjectedVolumeSource,
  required,
  type ServiceAccountTokenProjection,
  type VolumeProjection,
} from '@kubets/api';
import { validateFileMode, validateProjectedPath } from './validate_path.ts';
import { validateDownwardFile, validateItems } from './validate_volume_files.ts';

export function validateProjected(source: ProjectedVolumeSource, path: string): FieldError[] {
  const errors = validateFileMode(source.defaultMode, `${path}.defaultMode`);
  const taken = new Set<string>();
  source.sources?.forEach((projection, i) => {
    const at = `${path}.sources[${i}]`;
    errors.push(...validateProjection(projection, at, path));
    for (const [file, owner] of filesOf(projection)) {
      if (taken.has(file)) errors.push(invalidValue(path, owner, 'conflicting duplicate paths'));
      taken.add(file);
    }
    if (Object.values(projection).filter((value) => value != null).length > 1)
      errors.push(forbiddenField(at, 'may not specify more than 1 volume type per source'));
  });
  return errors;
}

function validateProjection(projection: VolumeProjection, at: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const kind of ['secret', 'configMap'] as const) {
    const source = projection[kind];
    if (!source) continue;
    if (!source.name) errors.push(required(`${at}.${kind}.name`));
    errors.push(...validateItems(source.items, `${at}.${kind}.items`));
  }
  for (const file of projection.downwardAPI?.items ?? [])
    errors.push(...validateDownwardFile(file, `${at}.downwardAPI`));
  if (projection.serviceAccountToken)
    errors.push(...validateToken(projection.serviceAccountToken, `${at}.serviceAccountToken`, path));
  return errors;
}

function validateToken(token: ServiceAccountTokenProjection, at: string, path: string): FieldError[] {
  const seconds = token.expirationSeconds ?? 0;
  const errors: FieldError[] = [];
  const invalid = (message: string) => errors.push(invalidValue(`${at}.expirationSeconds`, seconds, message));
  if (seconds < 600) invalid('may not specify a duration less than 10 minutes');
  if (seconds > 2 ** 32) invalid('may not specify a duration larger than 2^32 seconds');
  if (!token.path) errors.push(required(`${path}.path`));
  else errors.push(...validateProjectedPath(token.path, `${path}.path`));
  return errors;
}

/** Files by path, with what an error about them names. A token's path may repeat (upstream lets it). */
function filesOf({
  secret,
  configMap,
  downwardAPI,
  clusterTrustBundle,
}: VolumeProjection): [string, string][] {
  const files: [string, string][] = [];
  for (const source of [secret, configMap])
    for (const { path } of source?.items ?? []) if (path) files.push([path, source!.name ?? '']);
  for (const { path } of downwardAPI?.items ?? []) if (path) files.push([path, path]);
  if (clusterTrustBundle?.path) files.push([clusterTrustBundle.path, clusterTrustBundle.path]);
  return files;
}
