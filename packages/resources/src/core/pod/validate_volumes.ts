import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  type ObjectMeta,
  required,
  type Volume,
} from '@kubets/api';
import { dns1123Label, dns1123Subdomain } from '../../rules/names.ts';
import { volumeSourceRules } from './volume_source_rules.ts';

export interface VolumesResult {
  /** Volumes that mounts can name: those without a fault. */
  volumes: ReadonlyMap<string, Volume>;
  errors: FieldError[];
}

export function validateVolumes(
  volumes: Volume[] = [],
  metadata: ObjectMeta | undefined,
  path: string,
): VolumesResult {
  const errors: FieldError[] = [];
  const found = new Map<string, Volume>();
  const podName = metadata?.name;
  const madeClaims = new Set(
    podName ? volumes.filter(({ ephemeral }) => ephemeral).map(({ name }) => `${podName}-${name}`) : [],
  );
  volumes.forEach((volume, i) => {
    const at = `${path}[${i}]`;
    const { name = '' } = volume;
    const faults = validateSource(volume, podName, at);
    if (!name) faults.push(required(`${at}.name`));
    else for (const message of dns1123Label(name)) faults.push(invalidValue(`${at}.name`, name, message));
    if (found.has(name)) faults.push(duplicate(`${at}.name`, name));
    if (faults.length === 0) found.set(name, volume);
    errors.push(...faults);
    const claim = volume.persistentVolumeClaim?.claimName;
    if (claim && madeClaims.has(claim))
      errors.push(
        invalidValue(
          `${at}.persistentVolumeClaim.claimName`,
          claim,
          'must not reference a PVC that gets created for an ephemeral volume',
        ),
      );
  });
  return { volumes: found, errors };
}

// Where upstream's paths are not the names of the fields.
const oddPaths: Record<string, string> = { gcePersistentDisk: 'persistentDisk' };
const oddForbidden: Record<string, string> = { cephfs: 'cephFS', downwardAPI: 'downwarAPI' };

/** The initiator makes an interface of both names, which Linux keeps short. */
function validateIscsiPortal({ name = '', iscsi }: Volume, path: string): FieldError[] {
  if (iscsi!.initiatorName === undefined || `${name}:${iscsi!.targetPortal ?? ''}`.length <= 64) return [];
  return [
    invalidValue(
      `${path}.name`,
      name,
      'Total length of <volume name>:<iscsi.targetPortal> must be under 64 characters if iscsi.initiatorName is specified.',
    ),
  ];
}

type Kind = keyof typeof volumeSourceRules;

const sourceOrder = Object.keys(volumeSourceRules) as Kind[];

/** In the order in which they are looked at: of several the first counts. */
function sourcesOf(volume: Volume): readonly Kind[] {
  const found = (Object.keys(volume) as Kind[]).filter(
    (kind) => volume[kind] != null && Object.hasOwn(volumeSourceRules, kind),
  );
  return found.length < 2 ? found : sourceOrder.filter((kind) => found.includes(kind));
}

function validateSource(volume: Volume, podName: string | undefined, path: string): FieldError[] {
  const errors: FieldError[] = [];
  let sources = 0;
  for (const kind of sourcesOf(volume)) {
    const source = volume[kind];
    if (sources++ > 0)
      errors.push(
        forbiddenField(`${path}.${oddForbidden[kind] ?? kind}`, 'may not specify more than 1 volume type'),
      );
    else errors.push(...volumeSourceRules[kind](source as any, `${path}.${oddPaths[kind] ?? kind}`));
    if (kind === 'iscsi') errors.push(...validateIscsiPortal(volume, path));
  }
  if (sources === 0) errors.push(required(path, 'must specify a volume type'));
  if (volume.ephemeral && podName && volume.name) {
    const claim = `${podName}-${volume.name}`;
    for (const message of dns1123Subdomain(claim))
      errors.push(invalidValue(`${path}.name`, volume.name, `PVC name ${JSON.stringify(claim)}: ${message}`));
  }
  return errors;
}
