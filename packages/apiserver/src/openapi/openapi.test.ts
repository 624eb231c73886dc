import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/test_server.ts';

const upstream = new URL('../../../../../shared/upstream/openapi/', import.meta.url);
const hasUpstream = existsSync(upstream);
let api: TestServer;

beforeAll(async () => {
  api = await startTestServer();
});
afterAll(() => api.stop());

async function document(path: string): Promise<any> {
  const result: any = await api.call('GET', path);
  expect(result).toMatchObject({ type: 'raw', status: 200, contentType: 'application/json' });
  return JSON.parse(new TextDecoder().decode(result.body));
}

// Descriptions are prose; defaults of empty structs say nothing that a client acts on.
function essence(value: any): any {
  if (Array.isArray(value)) return value.map(essence);
  if (typeof value !== 'object' || value === null) return value;
  const kept: Record<string, unknown> = {};
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'description' && typeof inner === 'string') continue;
    if (key === 'default') continue;
    // Lists are atomic where nothing is said.
    if (key === 'x-kubernetes-list-type' && inner === 'atomic') continue;
    if (key === 'x-kubernetes-map-type' && inner === 'granular') continue;
    // A reference alone may stand in allOf or not.
    if (key === 'allOf' && Object.keys(essence(inner)[0]).join() === '$ref') {
      kept['$ref'] = essence(inner)[0].$ref;
      continue;
    }
    kept[key] = key === 'required' && Array.isArray(inner) ? [...inner].sort() : essence(inner);
  }
  return kept;
}

describe('v3', () => {
  test('the root names each group and version', async () => {
    const { paths } = await document('/openapi/v3');
    expect(paths['api/v1'].serverRelativeURL).toMatch(/^\/openapi\/v3\/api\/v1\?hash=/);
    expect(paths['apis/apps/v1']).toBeDefined();
  });

  test.skipIf(!hasUpstream).each(['apps', 'batch', 'autoscaling', 'networking.k8s.io', 'policy'])(
    'schemas of %s as upstream',
    async (group) => {
      const version = group === 'autoscaling' ? 'v2' : 'v1';
      const theirs = JSON.parse(
        readFileSync(new URL(`v3/apis__${group}__${version}_openapi.json`, upstream), 'utf8'),
      );
      const ours = await document(`/openapi/v3/apis/${group}/${version}`);
      for (const [name, schema] of Object.entries(theirs.components.schemas)) {
        if (/WatchEvent|DeleteOptions|Patch$/.test(name)) continue;
        const own = ours.components.schemas[name];
        // Types of alpha and beta APIs that the server doesn't serve.
        if (!own) continue;
        expect({ name, schema: essence(own) }).toEqual({ name, schema: essence(schema) });
      }
      const kinds = (all: any) =>
        Object.entries<any>(all.components.schemas)
          .filter(([, each]) => each['x-kubernetes-group-version-kind'])
          .map(([name]) => name);
      for (const name of kinds(theirs))
        if (!/WatchEvent|APIResourceList/.test(name)) expect(kinds(ours)).toContain(name);
    },
  );

  test.skipIf(!hasUpstream)('operations of apps as upstream', async () => {
    const theirs = JSON.parse(readFileSync(new URL('v3/apis__apps__v1_openapi.json', upstream), 'utf8'));
    const ours = await document('/openapi/v3/apis/apps/v1');
    for (const [path, item] of Object.entries<any>(theirs.paths)) {
      if (path.includes('/watch/') || path === '/apis/apps/v1/') continue;
      for (const method of ['get', 'put', 'post', 'patch', 'delete']) {
        const [their, our] = [item[method], ours.paths[path]?.[method]];
        expect(`${method} ${path} ${our?.operationId}`).toBe(`${method} ${path} ${their?.operationId}`);
        if (!their) continue;
        expect(our['x-kubernetes-action']).toBe(their['x-kubernetes-action']);
        expect(our['x-kubernetes-group-version-kind']).toEqual(their['x-kubernetes-group-version-kind']);
      }
    }
  });

  test('says that the server checks fields', async () => {
    const { paths } = await document('/openapi/v3/api/v1');
    const names = paths['/api/v1/namespaces/{namespace}/pods/{name}'].patch.parameters.map(
      (each: any) => each.name,
    );
    expect(names).toContain('fieldValidation');
  });

  test('unknown versions, unknown forms, tags', async () => {
    expect(await api.refusal('GET', '/openapi/v3/apis/none/v1')).toMatchObject({ code: 404 });
    const headers = { accept: 'application/com.github.proto-openapi.spec.v3@v1.0+protobuf' };
    expect(await api.refusal('GET', '/openapi/v3/api/v1', undefined, { headers })).toMatchObject({
      code: 406,
    });
    const result: any = await api.call('GET', '/openapi/v3/api/v1');
    const again = { headers: { 'if-none-match': result.headers.etag } };
    expect(await api.call('GET', '/openapi/v3/api/v1', again)).toMatchObject({ status: 304 });
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

  test('as protobuf for those who ask for it', async () => {
    const headers = { accept: 'application/com.github.proto-openapi.spec.v2@v1.0+protobuf' };
    const result: any = await api.call('GET', '/openapi/v2', { headers });
    expect(result.contentType).toBe('application/com.github.proto-openapi.spec.v2.v1.0+protobuf');
    // Document { swagger = 1: "2.0" }
    expect([...result.body.subarray(0, 5)]).toEqual([0x0a, 3, 0x32, 0x2e, 0x30]);
  });
});
