import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/test_server.ts';

const upstream = new URL('../../../../../shared/upstream/openapi/', import.meta.url);
const hasUpstream = existsSync(upstream);
let api: TestServer;
let all: TestServer;

beforeAll(async () => {
  api = await startTestServer();
  all = await startTestServer({
    runtimeConfig: 'api/all=true',
    featureGates:
      'ClusterTrustBundle=true,GenericWorkload=true,PodCertificateRequest=true,StorageVersionMigrator=true',
  });
});
afterAll(async () => {
  await api.stop();
  await all.stop();
});

async function document(path: string, server = api): Promise<any> {
  const result: any = await server.call('GET', path);
  expect(result).toMatchObject({ type: 'raw', status: 200 });
  const { body } = result;
  return JSON.parse(typeof body === 'string' ? body : new TextDecoder().decode(body));
}

// Descriptions are prose, in words of our own; the recorded documents were made with CBOR and without enums.
function essence(value: any, resolve: (each: any) => any = (each) => each): any {
  if (Array.isArray(value)) {
    const items = value.map((each) => essence(resolve(each), resolve));
    // Parameters stand in any order.
    const placed = items.every((each) => each?.in && each.name);
    return placed ? items.sort((a, b) => (a.in + a.name < b.in + b.name ? -1 : 1)) : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'description' && typeof inner === 'string') continue;
    if ((key === 'enum' && Array.isArray(inner)) || key.includes('cbor')) continue;
    kept[key] = essence(inner, resolve);
  }
  // Where upstream says nothing, a reference stands alone.
  const { allOf, ...rest } = kept as { allOf?: unknown[] };
  return allOf?.length === 1 && Object.keys(rest).length === 0 ? allOf[0] : kept;
}

describe('v3', () => {
  const folder = new URL('v3/', upstream);
  // Logs of the machine are no part of this server.
  const files = hasUpstream ? readdirSync(folder).filter((name) => name !== 'logs_openapi.json') : [];

  test.each(files)('%s as upstream', async (file) => {
    const theirs = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    const name = file.replace('_openapi.json', '').replaceAll('__', '/');
    const ours = await document(`/openapi/v3/${name}`, all);
    expect(essence(ours.paths)).toEqual(essence(theirs.paths));
    expect(essence(ours.components)).toEqual(essence(theirs.components));
  });

  test('the root names each document by its hash, and the hash is its tag', async () => {
    const { paths } = await document('/openapi/v3');
    expect(Object.keys(paths)).toEqual(expect.arrayContaining(['api', 'api/v1', 'apis/apps', 'version']));
    const { serverRelativeURL } = paths['apis/apps/v1'];
    const hash = /^\/openapi\/v3\/apis\/apps\/v1\?hash=([0-9A-F]{128})$/.exec(serverRelativeURL)![1]!;
    const result: any = await api.call('GET', serverRelativeURL);
    expect(result.headers).toMatchObject({ etag: `"${hash}"`, 'cache-control': 'public, immutable' });
    const old: any = await api.call('GET', '/openapi/v3/apis/apps/v1?hash=0');
    expect(old).toMatchObject({ status: 301, headers: { location: serverRelativeURL } });
  });

  test('hashes follow what is served', async () => {
    const [one, two] = [await document('/openapi/v3'), await document('/openapi/v3', all)];
    expect(two.paths['apis/apps/v1']).toEqual(one.paths['apis/apps/v1']);
    expect(two.paths['apis/resource.k8s.io/v1beta1']).toBeDefined();
    const [a, b]: any[] = [await api.call('GET', '/openapi/v2'), await all.call('GET', '/openapi/v2')];
    expect(a.headers.etag).not.toBe(b.headers.etag);
  });

  test('says that the server checks fields', async () => {
    const { paths } = await document('/openapi/v3/api/v1');
    const names = paths['/api/v1/namespaces/{namespace}/pods/{name}'].patch.parameters.map(
      (each: any) => each.name,
    );
    expect(names).toContain('fieldValidation');
  });

  test('values of enums', async () => {
    const { components } = await document('/openapi/v3/api/v1');
    const { properties } = components.schemas['io.k8s.api.core.v1.Container'];
    expect(properties.imagePullPolicy.enum).toEqual(['Always', 'IfNotPresent', 'Never']);
    expect(properties.terminationMessagePath.enum).toBeUndefined();
  });

  test('as protobuf for those who ask for it', async () => {
    for (const accept of [
      'application/com.github.proto-openapi.spec.v3@v1.0+protobuf',
      'application/com.github.proto-openapi.spec.v3.v1.0+protobuf',
    ]) {
      const result: any = await api.call('GET', '/openapi/v3/version', { headers: { accept } });
      expect(result.contentType).toBe('application/com.github.proto-openapi.spec.v3.v1.0+protobuf');
      // Document { openapi = 1: "3.0.0" }
      expect([...result.body.subarray(0, 7)]).toEqual([0x0a, 5, ...new TextEncoder().encode('3.0.0')]);
    }
  });

  test('unknown documents, unknown forms, tags', async () => {
    expect(await api.call('GET', '/openapi/v3/apis/none/v1')).toMatchObject({ status: 404, body: '' });
    const headers = { accept: 'text/plain' };
    expect(await api.call('GET', '/openapi/v3/api/v1', { headers })).toMatchObject({ status: 406 });
    const result: any = await api.call('GET', '/openapi/v3/api/v1');
    const again = { headers: { 'if-none-match': result.headers.etag } };
    expect(await api.call('GET', '/openapi/v3/api/v1', again)).toMatchObject({ status: 304, body: '' });
  });
});

describe('v2', () => {
  test('one document of everything', async () => {
    const { swagger, definitions, paths } = await document('/openapi/v2');
    expect(swagger).toBe('2.0');
    const containers = definitions['io.k8s.api.core.v1.PodSpec'].properties.containers;
    expect(containers).toMatchObject({
      items: { $ref: '#/definitions/io.k8s.api.core.v1.Container' },
      'x-kubernetes-patch-merge-key': 'name',
      'x-kubernetes-patch-strategy': 'merge',
    });
    expect(
      paths['/apis/apps/v1/namespaces/{namespace}/deployments'].post['x-kubernetes-group-version-kind'].kind,
    ).toBe('Deployment');
  });

  test('every reference leads somewhere', async () => {
    const whole = await document('/openapi/v2');
    const references = new Set(JSON.stringify(whole).match(/#\/(?:definitions|parameters)\/[^"]+/g));
    expect(references.size).toBeGreaterThan(500);
    for (const reference of references) {
      const [, section, name] = /^#\/(\w+)\/(.+)$/.exec(reference)!;
      expect(whole[section!][name!], reference).toBeDefined();
    }
  });

  test('as protobuf for those who ask for it', async () => {
    const headers = { accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf' };
    const result: any = await api.call('GET', '/openapi/v2', { headers });
    expect(result.contentType).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
    // Document { swagger = 1: "2.0" }
    expect([...result.body.subarray(0, 5)]).toEqual([0x0a, 3, 0x32, 0x2e, 0x30]);
  });
});
