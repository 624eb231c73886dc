// kube-apiserver's EncryptionConfiguration (--encryption-provider-config), with the rules that it must keep.
import { decodeBase64, parseYaml } from '@kubets/api';
import type { Bytes } from '../store.ts';

export interface EncryptionRule {
  /** `secrets`, `widgets.example.com`, `*.apps`, `*.` (the core group), `*.*`. */
  resources: readonly string[];
  /** The first writes, all read. */
  providers: readonly EncryptionProvider[];
}

export type EncryptionProvider =
  | { type: 'identity' }
  | { type: 'aescbc' | 'aesgcm' | 'secretbox'; keys: readonly { name: string; secret: Bytes }[] }
  | { type: 'kms'; name: string; endpoint: string; timeoutMs: number };

/** Throws an Error that names the field. */
export function parseEncryptionConfig(text: string): EncryptionRule[] {
  const document = parseYaml(text) as any;
  if (
    document?.kind !== 'EncryptionConfiguration' ||
    !/^apiserver\.config\.k8s\.io\//.test(document.apiVersion)
  ) {
    throw new Error('not an EncryptionConfiguration of apiserver.config.k8s.io/v1');
  }
  const kmsNames = new Set<string>();
  return listOf(document.resources, 'resources').map((rule, i) => {
    const at = `resources[${i}]`;
    const resources = listOf<string>(rule?.resources, `${at}.resources`);
    for (const [j, name] of resources.entries()) checkResource(name, `${at}.resources[${j}]`);
    checkOverlap(resources, `${at}.resources`);
    const providers = listOf(rule.providers, `${at}.providers`).map((provider, j) =>
      parseProvider(provider, `${at}.providers[${j}]`, kmsNames),
    );
    return { resources, providers };
  });
}

/** The rule for `group` and `resource`: the first that names it. */
export function findRule(
  rules: readonly EncryptionRule[],
  { group, resource }: { group: string; resource: string },
): EncryptionRule | undefined {
  const full = group ? `${resource}.${group}` : resource;
  return rules.find(({ resources }) =>
    resources.some((name) => name === full || name === `*.${group}` || name === '*.*'),
  );
}

const keyLengths = { aescbc: [16, 24, 32], aesgcm: [16, 24, 32], secretbox: [32] };

function parseProvider(provider: any, at: string, kmsNames: Set<string>): EncryptionProvider {
  const types = ['identity', 'aescbc', 'aesgcm', 'secretbox', 'kms'] as const;
  const found = types.filter((type) => provider?.[type] !== undefined && provider[type] !== null);
  if (found.length > 1) throw new Error(`${at}: more than one provider specified in a single element`);
  const [type] = found;
  if (type === undefined) throw new Error(`${at}: provider does not contain any of the expected providers`);
  if (type === 'identity') return { type };
  if (type === 'kms') return parseKms(provider.kms, `${at}.kms`, kmsNames);
  const keys = listOf(provider[type].keys, `${at}.${type}.keys`).map((key, i) => {
    const where = `${at}.${type}.keys[${i}]`;
    if (!key?.name) throw new Error(`${where}.name: name is a mandatory field for a key`);
    if (!key.secret) throw new Error(`${where}.secret: secret is a mandatory field for a key`);
    const secret = secretOf(key.secret, `${where}.secret`);
    if (!keyLengths[type].includes(secret.length)) {
      const expected = keyLengths[type].join(' ');
      throw new Error(
        `${where}.secret: secret is not of the expected length, got ${secret.length}, expected one of [${expected}]`,
      );
    }
    return { name: key.name, secret };
  });
  return { type, keys };
}

function parseKms(kms: any, at: string, names: Set<string>): EncryptionProvider {
  const { apiVersion = 'v1', name, endpoint, timeout = '3s' } = kms;
  if (apiVersion !== 'v2') {
    throw new Error(
      `${at}.apiVersion: unsupported apiVersion ${apiVersion} for KMS provider, only v2 is supported`,
    );
  }
  if (!name) throw new Error(`${at}.name: name is a mandatory field for a provider`);
  if (name.includes(':'))
    throw new Error(`${at}.name: invalid KMS provider name ${name}, must not contain ':'`);
  if (names.has(name))
    throw new Error(`${at}.name: duplicate KMS provider name ${name}, names must be unique`);
  names.add(name);
  if (!String(endpoint ?? '').startsWith('unix:')) {
    throw new Error(`${at}.endpoint: unsupported scheme for KMS provider, only unix is supported`);
  }
  const seconds = /^(\d+(?:\.\d+)?)(ms|s|m)$/.exec(timeout);
  if (!seconds) throw new Error(`${at}.timeout: should be a positive value`);
  const timeoutMs = Number(seconds[1]) * { ms: 1, s: 1_000, m: 60_000 }[seconds[2] as 'ms' | 's' | 'm'];
  return { type: 'kms', name, endpoint, timeoutMs };
}

function checkResource(name: string, at: string): void {
  if (/[A-Z]/.test(name)) throw new Error(`${at}: resource name should not contain capital letters`);
  if (name === '*') {
    throw new Error(
      `${at}: use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources`,
    );
  }
  const { resource, group } = splitName(name);
  if (group === 'events.k8s.io') {
    throw new Error(
      `${at}: '*.events.k8s.io' objects are stored using the 'events' API group in etcd. Use 'events' instead in the config file`,
    );
  }
  if (group === 'extensions') {
    throw new Error(`${at}: 'extensions' group has been removed and cannot be used for encryption`);
  }
  if (group === '*' && resource !== '*') {
    throw new Error(`${at}: encrypting the same resource across groups is not supported`);
  }
}

function checkOverlap(names: readonly string[], at: string): void {
  if (new Set(names).size < names.length) {
    throw new Error(`${at}: the same resource cannot be specified multiple times`);
  }
  const split = names.map(splitName);
  const masked = split.some(
    (one, i) =>
      one.resource === '*' &&
      split.some((other, j) => i !== j && (one.group === '*' || one.group === other.group)),
  );
  if (masked) {
    throw new Error(
      `${at}: using overlapping resources such as 'secrets' and '*.' in the same resource list is not allowed as they will be masked`,
    );
  }
}

function splitName(name: string): { resource: string; group: string } {
  const dot = name.indexOf('.');
  return dot < 0
    ? { resource: name, group: '' }
    : { resource: name.slice(0, dot), group: name.slice(dot + 1) };
}

function secretOf(text: string, at: string): Bytes {
  const secret = decodeBase64(text);
  if (!secret) throw new Error(`${at}: secrets must be base64 encoded`);
  return secret;
}

function listOf<T = any>(value: unknown, at: string): T[] {
  if (!Array.isArray(value) || value.length === 0) throw new Error(`${at}: at least one is required`);
  return value;
}
