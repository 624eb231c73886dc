// A store whose values are encrypted below and plain above, as an EncryptionConfiguration says.
import { errorMessage, type Logger } from '@kubets/base';
import { keyPrefix } from '../etcd/key_prefix.ts';
import type { Bytes, Change, Entry, Revision, Store } from '../store.ts';
import { decryptedWatch } from './decrypted_watch.ts';
import { type EncryptionRule, findRule } from './encryption_config.ts';
import { ciphersOf, ProviderChain } from './provider_chain.ts';
import { identityCipher, isEncrypted, KeyUnavailableError, type ValueCipher } from './value_cipher.ts';

export interface EncryptedStoreOptions {
  store: Store;
  rules: readonly EncryptionRule[];
  /** Whose values stand below a key. */
  resourceOf(key: string): { group: string; resource: string };
  kmsCipher: Parameters<typeof ciphersOf>[1];
  /** As the store below has it: some ciphers bind a value to its key in etcd. */
  prefix?: string;
  log: Logger;
}

export interface EncryptedStore extends Store {
  /**
   * True when the value that `key` has had since `revision` was written by another provider or key than would
   * write it today. Writing it again, unchanged, is how keys are rotated; so that is no write to leave out.
   */
  isStale(key: string, revision: Revision): boolean;
}

/**
 * Values that no provider can read are handed on as they are: whoever reads them sees that they are none of his,
 * and everything else is served. Where only the key can't be had at the moment, the read or watch fails, so that
 * nothing is taken for absent. Values of resources without a rule pass untouched.
 */
export function encryptedStore(options: EncryptedStoreOptions): EncryptedStore {
  const { store, rules, resourceOf, log } = options;
  const { toEtcd: boundKey } = keyPrefix(options.prefix ?? '/registry');
  const chains = new Map<EncryptionRule, ProviderChain>();
  const kms = new Map<string, ValueCipher>();
  const kmsCipher: typeof options.kmsCipher = (provider) => {
    const cipher = kms.get(provider.name) ?? options.kmsCipher(provider);
    kms.set(provider.name, cipher);
    return cipher;
  };
  for (const rule of rules) chains.set(rule, new ProviderChain(ciphersOf(rule.providers, kmsCipher)));
  const plain = new ProviderChain([identityCipher]);
  const chainOf = (key: string) => {
    const rule = findRule(rules, resourceOf(key));
    return rule ? chains.get(rule)! : plain;
  };
  /** What writers of this process gave, by what was written for it: readers know their own array again. */
  const given = new WeakMap<Bytes, Bytes>();
  /** The revision since which a key has a stale value. */
  const staleSince = new Map<string, Revision>();
  const underway = new Set<Promise<unknown>>();

  async function decrypt(key: string, stored: Bytes, since: Revision): Promise<Bytes> {
    const own = given.get(stored);
    if (own) return own;
    const chain = chainOf(key);
    if (chain === plain && !isEncrypted(stored)) return stored;
    try {
      const { value, stale } = await chain.decrypt(stored, boundKey(key));
      if (stale) staleSince.set(key, since);
      return value;
    } catch (error) {
      if (error instanceof KeyUnavailableError) throw error;
      log.error('a stored value cannot be decrypted', { key, reason: errorMessage(error) });
      return stored;
    }
  }
  async function plainEntry(entry: Entry | undefined): Promise<Entry | undefined> {
    if (!entry) return undefined;
    const value = await decrypt(entry.key, entry.value, entry.modRevision);
    return value === entry.value ? entry : { ...entry, value };
  }
  async function plainChange(change: Change): Promise<Change> {
    const { type, key, revision } = change;
    const previous = await plainEntry(change.previous);
    staleSince.delete(key);
    const value = type === 'put' ? await decrypt(key, change.value, revision) : change.value;
    return { ...change, value, previous };
  }
  return {
    revision: () => store.revision(),
    get: async (key, at) => plainEntry(await store.get(key, at)),
    async list(range, page = {}) {
      const found = await store.list(range, page);
      const entries: Entry[] = [];
      for (const entry of found.entries) entries.push((await plainEntry(entry))!);
      return { ...found, entries };
    },
    async commit(write) {
      if (!write.value) return store.commit(write);
      const value = await chainOf(write.key).encrypt(write.value, boundKey(write.key));
      if (value !== write.value) given.set(value, write.value);
      const result = await store.commit({ ...write, value });
      if (result.ok) {
        await Promise.allSettled(underway);
        return result;
      }
      return { ...result, current: await plainEntry(result.current) };
    },
    watch: (range, after, signal) =>
      decryptedWatch({ changes: store.watch(range, after, signal), decrypt: plainChange, underway }),
    compact: (before) => store.compact(before),
    ...(store.problems && { problems: () => store.problems!() }),
    close: () => store.close(),
    isStale: (key, revision) => staleSince.get(key) === revision,
  };
}
