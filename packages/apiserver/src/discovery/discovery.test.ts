import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { decodeMessage, openEnvelope, parseYaml } from '@kubets/api';
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

const everything = {
  runtimeConfig: 'api/all=true',
  featureGates:
    'ClusterTrustBundle=true,GenericWorkload=true,PodCertificateRequest=true,StorageVersionMigrator=true',
};

describe.skipIf(!hasUpstream)('with every version, as upstream', () => {
  const files = hasUpstream ? readdirSync(upstream).filter((name) => /^api(s__.+)?__v/.test(name)) : [];
  const read = (file: string) => JSON.parse(readFileSync(new URL(file, upstream), 'utf8'));
  let all: TestServer;

  beforeAll(async () => {
    all = await startTestServer(everything);
  });
  afterAll(() => all.stop());

  test.each(files)('%s, to the hash', async (file) => {
    const path = `/${file.replace('.json', '').replaceAll('__', '/')}`;
    expect(await all.send('GET', path)).toEqual(read(file));
  });

  test('groups and their versions, in order', async () => {
    expect(await all.send('GET', '/apis')).toEqual(read('apis.json'));
  });

  test('aggregated', async () => {
    const accept = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
    const result: any = await all.call('GET', '/apis', { headers: { accept } });
    expect(JSON.parse(result.body).items).toEqual(read('aggregated_v2.json').items);
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

  test('in other media types, and only as v2', async () => {
    const as = (mediaType: string, version = 'v2') =>
      `${mediaType};g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`;
    const ask = async (given: string): Promise<any> =>
      api.call('GET', '/apis', { headers: { accept: given } });
    const yaml = await ask(as('application/yaml'));
    expect(yaml.contentType).toBe(as('application/yaml'));
    expect(parseYaml(yaml.body)).toEqual(JSON.parse((await ask(accept)).body));
    const message = await ask(as('application/vnd.kubernetes.protobuf'));
    const { kind, raw } = openEnvelope(message.body);
    expect(decodeMessage(`apidiscovery.v2.${kind}`, raw).items[0].metadata.name).toBe(
      'apiregistration.k8s.io',
    );
    expect(message.headers.etag).toBe(yaml.headers.etag);
    // The old version is not served any more: kubectl names a third choice.
    const old = await ask(`${as('application/json', 'v2beta1')},application/json`);
    expect(old.object.kind).toBe('APIGroupList');
  });

  test.each(['/api', '/api/v1', '/apis/apps/v1'])('%s in no form that is known', async (path) => {
    const refused: any = await api.call('GET', path, { headers: { accept: 'image/png' } });
    expect(refused.object).toMatchObject({
      code: 406,
      message:
        '406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/vnd.kubernetes.protobuf',
    });
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
  for (const path of ['/apis/apps/v9', '/api/v2'])
    expect(await api.refusal('GET', path)).toMatchObject({ code: 404 });
  expect(await api.call('GET', '/apis/none')).toMatchObject({ status: 404, body: '404 page not found\n' });
  for (const method of ['POST', 'HEAD', 'OPTIONS'])
    expect(await api.refusal(method, '/apis/apps/v1')).toMatchObject({
      code: 405,
      reason: 'MethodNotAllowed',
    });
});

test('the list of paths', async () => {
  const result: any = await api.call('GET', '/');
  const { paths } = JSON.parse(result.body);
  for (const path of [
    '/api',
    '/api/v1',
    '/apis',
    '/apis/',
    '/apis/apps',
    '/apis/apps/v1',
    '/readyz/ping',
    '/version',
  ])
    expect(paths).toContain(path);
  expect(paths).not.toContain('/');
  expect([...paths].sort()).toEqual(paths);
});
