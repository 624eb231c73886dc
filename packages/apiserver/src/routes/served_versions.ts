// Which built-in versions and resources are served: `--runtime-config` of kube-apiserver, and its feature gates
// where a gate is what a resource waits for.
import { typeNames } from '@kubets/api';
import type { Resource } from '@kubets/resources';

export interface ServedVersionsOptions {
  resources: readonly Resource[];
  /** `api/beta=true,resource.k8s.io/v1beta1/resourceclaims=false`; default: stable versions alone. */
  runtimeConfig?: string;
  /** `ClusterTrustBundle=true,AllAlpha=false` */
  featureGates?: string;
}

export interface ServedVersions {
  serves(group: string, version: string, resource: string): boolean;
  /** Those that some version is served of, and stable ones, which the server itself may need. */
  readonly resources: readonly Resource[];
}

/** @throws Error where the flags name what there isn't. */
export function servedVersions(options: ServedVersionsOptions): ServedVersions {
  const config = parsePairs(options.runtimeConfig ?? '');
  const gates = parsePairs(options.featureGates ?? '');
  const preferences = readPreferences(config, options.resources);
  const gateOf = new Map(options.resources.map((each) => [key(each), each.featureGate] as const));
  const serves = (group: string, version: string, resource: string) => {
    const gate = gateOf.get(`${group}/${resource}`);
    if (gate && !isOpen(gate, gates)) return false;
    return preferences.get(`${group}/${version}/${resource}`) ?? versionEnabled(preferences, group, version);
  };
  return {
    serves,
    resources: options.resources.filter((each) => {
      const { id, otherVersions = [] } = each;
      if (stable.test(id.version)) return true;
      return [id, ...otherVersions].some(({ group, version }) => serves(group, version, id.resource));
    }),
  };
}

const stable = /^v\d+$/;
// In the order in which they apply: the later wins.
const wholesale: readonly [key: string, matches: RegExp][] = [
  ['api/all', /./],
  ['api/ga', stable],
  ['api/beta', /^v\d+beta\d+$/],
  ['api/alpha', /^v\d+alpha\d+$/],
];

type Preferences = ReadonlyMap<string, boolean>;

function versionEnabled(preferences: Preferences, group: string, version: string): boolean {
  const own = preferences.get(`${group}/${version}`);
  if (own !== undefined) return own;
  let enabled = stable.test(version);
  for (const [name, matches] of wholesale)
    if (matches.test(version)) enabled = preferences.get(name) ?? enabled;
  return enabled;
}

function readPreferences(config: ReadonlyMap<string, string>, resources: readonly Resource[]): Preferences {
  if (config.size === 1 && config.get('api/all') === 'false')
    throw new Error('invalid runtime-config with only api/all=false');
  const groups = registeredGroups(resources);
  const preferences = new Map<string, boolean>();
  for (const [name, value] of config) {
    if (wholesale.some(([each]) => each === name)) {
      if (value !== 'true' && value !== 'false') throw new Error(`invalid value ${name}=${value}`);
      preferences.set(name, value === 'true');
      continue;
    }
    const [group, version, resource, ...rest] = name.split('/');
    if (group === undefined || version === undefined || rest.length)
      throw new Error(`runtime-config invalid key ${name}`);
    if (!groups.has(group)) throw new Error(`unknown api groups ${group}/${version}`);
    if (!isRegistered(group, version, resources))
      throw new Error(`group version ${group}/${version} that has not been registered`);
    if (resource !== undefined && resource !== resource.toLowerCase())
      throw new Error(
        `invalid key ${name}: group/version/resource and resource is always lowercase plural, not ${JSON.stringify(resource)}`,
      );
    preferences.set(name, value === '' || parseBool(name, value));
  }
  return preferences;
}

function registeredGroups(resources: readonly Resource[]): Set<string> {
  const groups = resources.flatMap(({ id, otherVersions = [] }) => [id, ...otherVersions]);
  // Of these groups nothing is stored.
  return new Set([...groups.map(({ group }) => group), 'authentication.k8s.io', 'authorization.k8s.io']);
}

function isRegistered(group: string, version: string, resources: readonly Resource[]): boolean {
  const versions = resources.flatMap(({ id, otherVersions = [] }) => [id, ...otherVersions]);
  if (versions.some((each) => each.group === group && each.version === version)) return true;
  const prefix = `${group.split('.')[0] || 'core'}.${version}.`;
  return typeNames().some((name) => name.startsWith(prefix));
}

/** The gates that a whole resource waits for (pkg/features of v1.36); all are closed by default. */
const stages: Readonly<Record<string, 'AllAlpha' | 'AllBeta'>> = {
  ClusterTrustBundle: 'AllBeta',
  GenericWorkload: 'AllAlpha',
  PodCertificateRequest: 'AllBeta',
  StorageVersionMigrator: 'AllBeta',
};

function isOpen(gate: string, gates: ReadonlyMap<string, string>): boolean {
  const value = gates.get(gate) ?? gates.get(stages[gate] ?? '');
  return value !== undefined && parseBool(gate, value);
}

function key({ id }: Resource): string {
  return `${id.group}/${id.resource}`;
}

function parsePairs(text: string): Map<string, string> {
  const pairs = new Map<string, string>();
  for (const pair of text.split(',')) {
    if (pair === '') continue;
    const equals = pair.indexOf('=');
    const name = equals < 0 ? pair : pair.slice(0, equals);
    pairs.set(name.trim(), equals < 0 ? '' : pair.slice(equals + 1).trim());
  }
  return pairs;
}

// As Go reads a bool.
function parseBool(name: string, value: string): boolean {
  if (/^(1|t|T|true|TRUE|True)$/.test(value)) return true;
  if (/^(0|f|F|false|FALSE|False)$/.test(value)) return false;
  throw new Error(
    `invalid value of ${name}: ${value}, err: strconv.ParseBool: parsing ${JSON.stringify(value)}: invalid syntax`,
  );
}
