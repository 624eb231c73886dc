import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/test_server.ts';
import { compareVersions } from './group_order.ts';

const upstream = new URL('../../../../../shared/upstream/discovery/', import.meta.url);
const hasUpstream = existsSync(upstream);
let api: TestServer;

beforeAll(async () => {
  api = await startTestServer();
});
afterAll(() => api.stop());

test('versions, newest stable first', () => {
  const versions = ['v1beta1', 'v1', 'foo', 'v2alpha1', 'v2', 'v1beta2'];
  expect(versions.sort(compareVersions)).toEqual(['v2', 'v1', 'v1beta2', 'v1beta1', 'v2alpha1', 'foo']);
});

describe.skipIf(!hasUpstream)('as upstream', () => {
  const files = hasUpstream
    ? readdirSync(upstream).filter((name) => /^api(s__[^_]+)?__v\d+\.json$/.test(name))
    : [];

  test.each(files)('%s', async (file) => {
    const path = `/${file.replace('.json', '').replaceAll('__', '/')}`;
    const theirs = JSON.parse(readFileSync(new URL(file, upstream), 'utf8'));
    const result: any = await api.call('GET', path);
    expect(result.status).toBe(200);
    const ours = result.object;
    expect(ours.groupVersion).toBe(theirs.groupVersion);
    const byName = (list: any[]) =>
      Object.fromEntries(
        // The hash is of the version that is stored, which upstream changes a release after it is served.
        list.map(({ storageVersionHash: _, ...each }) => [each.name, each]),
      );
    expect(byName(ours.resources)).toEqual(byName(theirs.resources));
  });

  test('hashes of stored versions', async () => {
    const theirs = JSON.parse(readFileSync(new URL('api__v1.json', upstream), 'utf8'));
    const ours = await api.send('GET', '/api/v1');
    const hashes = (list: any[]) =>
      list.map(({ name, storageVersionHash }) => `${name} ${storageVersionHash}`);
    expect(hashes(ours.resources)).toEqual(hashes(theirs.resources));
  });
});

describe('aggregated', () => {
  const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

  test('the core group and all others, with a tag that spares the second download', async () => {
    for (const [path, first] of [
      ['/api', undefined],
      ['/apis', 'apiregistration.k8s.io'],
    ]) {
      const result: any = await api.call('GET', path!, { headers: { accept } });
      expect(result.contentType).toBe('application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList');
      const document = JSON.parse(result.body);
      expect(document.items[0].metadata.name).toBe(first);
      expect(document.items[0].versions[0].freshness).toBe('Current');
      const headers = { accept, 'if-none-match': result.headers.etag };
      expect(await api.call('GET', path!, { headers })).toMatchObject({ status: 304, body: '' });
    }
  });

  test('resources hold their subresources', async () => {
    const result: any = await api.call('GET', '/api', { headers: { accept } });
    const [{ resources }] = JSON.parse(result.body).items[0].versions;
    const pods = resources.find((each: any) => each.resource === 'pods');
    expect(pods).toMatchObject({
      scope: 'Namespaced',
      singularResource: 'pod',
      responseKind: { kind: 'Pod' },
    });
    const eviction = pods.subresources.find((each: any) => each.subresource === 'eviction');
    expect(eviction.responseKind).toEqual({ group: 'policy', version: 'v1', kind: 'Eviction' });
  });
});

test('groups and their parts', async () => {
  expect(await api.send('GET', '/apis/apps')).toEqual({
    kind: 'APIGroup',
    apiVersion: 'v1',
    name: 'apps',
    versions: [{ groupVersion: 'apps/v1', version: 'v1' }],
    preferredVersion: { groupVersion: 'apps/v1', version: 'v1' },
  });
  expect((await api.send('GET', '/api')).versions).toEqual(['v1']);
  for (const path of ['/apis/none', '/apis/apps/v9', '/api/v2'])
    expect(await api.refusal('GET', path)).toMatchObject({ code: 404 });
});
