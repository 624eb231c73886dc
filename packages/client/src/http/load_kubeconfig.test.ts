import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadKubeconfig } from './load_kubeconfig.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubets-kubeconfig-'));
});
afterEach(() => rm(folder, { recursive: true }));

const base64 = (text: string) => Buffer.from(text).toString('base64');

async function write(name: string, content: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, content);
  return path;
}

function config(): Promise<string> {
  return write(
    'config',
    `
apiVersion: v1
kind: Config
current-context: one
clusters:
- name: here
  cluster:
    server: https://127.0.0.1:6443
    certificate-authority-data: ${base64('CA')}
- name: there
  cluster:
    server: https://example.test
    certificate-authority: ca.pem
    tls-server-name: kubernetes
contexts:
- name: one
  context: {cluster: here, user: admin, namespace: shop}
- name: two
  context: {cluster: there, user: robot}
- name: broken
  context: {cluster: nowhere, user: robot}
users:
- name: admin
  user:
    client-certificate-data: ${base64('CERT')}
    client-key-data: ${base64('KEY')}
- name: robot
  user:
    token: old
    tokenFile: token
    as: jane
    as-groups: [a, b]
`,
  );
}

test('takes the current context', async () => {
  expect(await loadKubeconfig(await config())).toMatchObject({
    context: 'one',
    namespace: 'shop',
    server: 'https://127.0.0.1:6443',
    ca: 'CA',
    cert: 'CERT',
    key: 'KEY',
  });
});

test('takes another context, and files beside it; a token file as it is at the time', async () => {
  await write('ca.pem', 'CA FILE');
  await write('token', 'first\n');
  const loaded = await loadKubeconfig(await config(), 'two');
  expect(loaded).toMatchObject({
    namespace: 'default',
    ca: 'CA FILE',
    serverName: 'kubernetes',
    headers: { 'impersonate-user': 'jane', 'impersonate-group': ['a', 'b'] },
  });
  const token = loaded.token as () => string;
  expect(token()).toBe('first');
  await write('token', 'second\n');
  expect(token()).toBe('second');
});

test('says what is missing', async () => {
  const path = await config();
  await expect(loadKubeconfig(path, 'three')).rejects.toThrow(`${path} has no context three`);
  await expect(loadKubeconfig(path, 'broken')).rejects.toThrow(`${path} has no cluster nowhere`);
  const empty = await write('empty', '');
  await expect(loadKubeconfig(empty)).rejects.toThrow(`${empty} has no current context`);
});
