import { decodeUnknown } from '@kubets/api';
import { silentLogger } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import { storeConformance } from '../conformance.ts';
import { memoryStore } from '../memory_store.ts';
import { prefixRange, type Store } from '../store.ts';
import { type EncryptedStore, encryptedStore } from './encrypted_store.ts';
import { findRule, parseEncryptionConfig } from './encryption_config.ts';
import { openSecretbox, sealSecretbox } from './xsalsa20_poly1305.ts';

// 00 01 02 ... as the keys of the values below.
const key16 = 'AAECAwQFBgcICQoLDA0ODw==';
const key32 = 'AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=';
const otherKey = 'ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=';

const config = (text: string) =>
  parseEncryptionConfig(`apiVersion: apiserver.config.k8s.io/v1
kind: EncryptionConfiguration
resources:
${text}`);
const providers = (...lines: string[]) =>
  config(`- resources: ['*.*']\n  providers:\n${lines.map((line) => `  - ${line}\n`).join('')}`);
const cbc = (name: string, secret: string) => `aescbc: {keys: [{name: ${name}, secret: "${secret}"}]}`;
const gcm = (name: string, secret: string) => `aesgcm: {keys: [{name: ${name}, secret: "${secret}"}]}`;
const box = (name: string, secret: string) => `secretbox: {keys: [{name: ${name}, secret: "${secret}"}]}`;

function over(store: Store, rules: ReturnType<typeof config>, prefix?: string): EncryptedStore {
  return encryptedStore({
    store,
    rules,
    prefix,
    resourceOf: (key) => ({ group: '', resource: key.split('/')[2]! }),
    kmsCipher: () => {
      throw new Error('no KMS here');
    },
    log: silentLogger,
  });
}

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (value: Uint8Array | undefined) => value && new TextDecoder().decode(value);
const put = (store: Store, key: string, value: string | Uint8Array, expected: number | 'absent' = 'absent') =>
  store.commit({ key, expect: expected, value: typeof value === 'string' ? bytes(value) : value });

storeConformance('encrypted', async () => ({ store: over(memoryStore(), providers(gcm('a', key16))) }));

// Written by kube-apiserver v1.36.2 with the keys above.
const golden = {
  ConfigMap: {
    key: '/registry/configmaps/default/golden',
    provider: gcm('gcm', key16),
    value:
      'azhzOmVuYzphZXNnY206djE6Z2NtOtR1z7QDQnqdAvw2Y1ampUTtQo/Np2WFO/T6WiI3UA6yxYfGv2KoZre1vweaCLGhRpSv0Wa4zRyNgedmgYi2m/J/16vv+YhUQWgLe9MPFoLmUxdLSZSvIHm+1NcoJQoB4kwnz6XZTEqLE61tnYlvOv82omuA/WMxxgra1S/XI/w4iDhlwsHelRUSXA==',
    object: { data: { k: 'v' } },
  },
  Secret: {
    key: '/registry/secrets/default/golden',
    provider: box('box', key32),
    value:
      'azhzOmVuYzpzZWNyZXRib3g6djE6Ym94OjmFpwJec1abypXiXIKB2hBso2+yW9EatbGoeEgjBDXb96omQbFkN2pn3Dlwvc2yZgKy0S/C1ritdpau6uURNYeYx/sxRUgmBgCLMz+lH7Cq93oaJGWNiRhmhDns7EQzj/9l7cgpnjupiH1THTdllRV6amuFTMvokCncJ6cmECX6BBKlmeySgpYaIXQ0cP2hRfe6fi/SHaFT9qVo',
    object: { type: 'Opaque', data: { k: 'dg==' } },
  },
  ServiceAccount: {
    key: '/registry/serviceaccounts/default/golden',
    provider: cbc('cbc', key32),
    value:
      'azhzOmVuYzphZXNjYmM6djE6Y2JjOukVbWUYxRVfZvX/hBNtTFZkja4j4ZVFov81qEC4FqR6C2MijeL5V/6Vq7xJEi+0G8eVfSQq6fv6hesM6+59oV8LGcET0ICzlvmnTCcbqeKWgXCs6RoTLY/8sTLk4+9inv6NstWNj+hlPw7HVnKj3ahsHSchTozPXBizl76ztOE7',
    object: {},
  },
};

describe('values that kube-apiserver encrypted', () => {
  test.each(Object.entries(golden))('%s', async (kind, { key, provider, value, object }) => {
    const plain = memoryStore();
    await put(plain, key, Buffer.from(value, 'base64'));
    const entry = (await over(plain, providers(provider)).get(key))!;
    expect(decodeUnknown(entry.value)).toMatchObject({ kind, metadata: { name: 'golden' }, ...object });
  });

  test('are handed on as they are when no key fits', async () => {
    for (const { key, value } of Object.values(golden)) {
      const plain = memoryStore();
      const stored = Buffer.from(value, 'base64');
      await put(plain, key, stored);
      for (const provider of [
        cbc('cbc', otherKey),
        gcm('gcm', otherKey),
        box('box', otherKey),
        'identity: {}',
      ]) {
        const entry = (await over(plain, providers(provider)).get(key))!;
        expect(Buffer.from(entry.value).equals(stored)).toBe(true);
      }
    }
  });

  test('are bound to their place with GCM', async () => {
    const plain = memoryStore();
    const store = over(plain, providers(gcm('a', key16)), '/elsewhere/registry');
    await put(store, '/registry/secrets/d/a', 'x');
    const { value } = (await plain.get('/registry/secrets/d/a'))!;
    await put(plain, '/registry/secrets/d/b', Uint8Array.from(value));
    expect(text((await store.get('/registry/secrets/d/a'))?.value)).toBe('x');
    expect(text((await store.get('/registry/secrets/d/b'))?.value)).toMatch(/^k8s:enc:aesgcm:v1:a:/);
    const moved = over(plain, providers(gcm('a', key16)));
    expect(text((await moved.get('/registry/secrets/d/a'))?.value)).toMatch(/^k8s:enc:/);
  });
});

describe('an encrypted store', () => {
  test('writes with the first provider and reads with all', async () => {
    const plain = memoryStore();
    const key = '/registry/secrets/d/a';
    await put(plain, key, 'plain');
    const first = over(plain, providers(cbc('old', key32), 'identity: {}'));
    expect(text((await first.get(key))?.value)).toBe('plain');
    await put(first, key, 'one', 2);
    expect(text((await plain.get(key))?.value)).toMatch(/^k8s:enc:aescbc:v1:old:/);
    const second = over(plain, providers(gcm('new', key32), cbc('old', key32), 'identity: {}'));
    expect(text((await second.get(key, 2))?.value)).toBe('plain');
    expect(text((await second.get(key))?.value)).toBe('one');
    await put(second, key, 'two', 3);
    expect(text((await plain.get(key))?.value)).toMatch(/^k8s:enc:aesgcm:v1:new:/);
  });

  test('says which values should be written again', async () => {
    const plain = memoryStore();
    const key = '/registry/secrets/d/a';
    await put(over(plain, providers(cbc('old', key32))), key, 'one');
    const store = over(plain, providers(cbc('new', otherKey), cbc('old', key32)));
    await store.list(prefixRange('/registry/'));
    expect([store.isStale(key, 2), store.isStale(key, 3)]).toEqual([true, false]);
    await put(store, key, 'one', 2);
    await store.list(prefixRange('/registry/'));
    expect([store.isStale(key, 2), store.isStale(key, 3)]).toEqual([true, false]);
  });

  test('leaves other resources as they are', async () => {
    const plain = memoryStore();
    const rules = config(`- resources: [secrets]\n  providers: [{${cbc('a', key32)}}]\n`);
    const store = over(plain, rules);
    const value = bytes('{}');
    await put(store, '/registry/configmaps/d/a', value);
    await put(store, '/registry/secrets/d/a', value);
    expect((await plain.get('/registry/configmaps/d/a'))!.value).toBe(value);
    expect(text((await plain.get('/registry/secrets/d/a'))!.value)).toMatch(/^k8s:enc:/);
  });

  test('hands watchers the array that was committed', async () => {
    const store = over(memoryStore(), providers(cbc('a', key32)));
    const stop = new AbortController();
    const value = bytes('{}');
    await put(store, '/registry/secrets/d/a', value);
    for await (const { changes } of store.watch(prefixRange('/registry/'), 1, stop.signal)) {
      expect(changes[0]!.value).toBe(value);
      break;
    }
    stop.abort();
  });
});

describe('an EncryptionConfiguration', () => {
  const rules = config(`
- resources: [secrets, widgets.example.com]
  providers: [{identity: {}}]
- resources: ['*.apps']
  providers: [{identity: {}}]
- resources: ['*.']
  providers: [{identity: {}}]
- resources: ['*.*']
  providers: [{identity: {}}]
`);
  test.each([
    ['', 'secrets', 0],
    ['example.com', 'widgets', 0],
    ['apps', 'deployments', 1],
    ['', 'pods', 2],
    ['example.com', 'secrets', 3],
  ])('finds the first rule for %s/%s', (group, resource, index) => {
    expect(findRule(rules, { group, resource })).toBe(rules[index]);
  });

  test.each([
    ['resources: []', 'resources: at least one is required'],
    ['resources: [{resources: [a], providers: []}]', 'resources[0].providers: at least one'],
    ['resources: [{resources: [Pods], providers: [{identity: {}}]}]', 'capital letters'],
    ["resources: [{resources: ['*'], providers: [{identity: {}}]}]", "use '*.' to encrypt"],
    ["resources: [{resources: ['pods.*'], providers: [{identity: {}}]}]", 'across groups'],
    ["resources: [{resources: [pods, '*.'], providers: [{identity: {}}]}]", 'overlapping resources'],
    ["resources: [{resources: [pods.apps, '*.*'], providers: [{identity: {}}]}]", 'overlapping resources'],
    ['resources: [{resources: [pods, pods], providers: [{identity: {}}]}]', 'multiple times'],
    ['resources: [{resources: [a.events.k8s.io], providers: [{identity: {}}]}]', "'events' API group"],
    ['resources: [{resources: [a], providers: [{}]}]', 'expected providers'],
    ['resources: [{resources: [a], providers: [{identity: {}, aescbc: {}}]}]', 'more than one provider'],
    [`resources: [{resources: [a], providers: [{${box('a', key16)}}]}]`, 'got 16, expected one of [32]'],
    [`resources: [{resources: [a], providers: [{${cbc('a', '!')}}]}]`, 'base64'],
    ['resources: [{resources: [a], providers: [{kms: {name: a, endpoint: "unix:///a"}}]}]', 'only v2'],
  ])('%s is refused', (rest, message) => {
    const document = `apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\n${rest}`;
    expect(() => parseEncryptionConfig(document)).toThrow(message);
  });
});

describe('secretbox', () => {
  const hex = (value: string) => Uint8Array.from(Buffer.from(value.replace(/\s/g, ''), 'hex'));
  // "Cryptography in NaCl" (Bernstein), sections 8 to 10.
  const secret = hex('1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389');
  const nonce = hex('69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37');
  const plain = hex(
    `be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c0
     1233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd
     4924ca1c60902e52f0a089bc76897040e082f937763848645e0705`,
  );
  const closed = hex(
    `f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c
     98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeab
     d6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5`,
  );

  test('is that of NaCl', () => {
    expect(Buffer.from(sealSecretbox(plain, nonce, secret)).equals(closed)).toBe(true);
    expect(Buffer.from(openSecretbox(closed, nonce, secret)!).equals(plain)).toBe(true);
  });

  test('opens any length, and nothing that was touched', () => {
    for (const length of [0, 1, 15, 16, 17, 31, 32, 33, 63, 64, 65, 1000]) {
      const value = Uint8Array.from({ length }, (_, i) => i);
      const sealed = sealSecretbox(value, nonce, secret);
      expect(openSecretbox(sealed, nonce, secret)).toEqual(value);
      const touched = Uint8Array.from(sealed);
      touched[touched.length - 1]! ^= 1;
      expect(openSecretbox(touched, nonce, secret)).toBeUndefined();
    }
    expect(openSecretbox(new Uint8Array(15), nonce, secret)).toBeUndefined();
  });
});
