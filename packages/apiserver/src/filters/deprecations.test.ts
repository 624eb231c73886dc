import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestServer, type TestServer } from '../testing/test_server.ts';

let api: TestServer;
beforeAll(async () => {
  api = await startTestServer({ runtimeConfig: 'api/all=true' });
});
afterAll(() => api.stop());

test.each([
  [
    '/apis/resource.k8s.io/v1beta1/resourceslices',
    ['resource.k8s.io/v1beta1 ResourceSlice is deprecated in v1.35+, unavailable in v1.38+'],
  ],
  [
    '/apis/storage.k8s.io/v1beta1/volumeattributesclasses',
    [
      'storage.k8s.io/v1beta1 VolumeAttributesClass is deprecated in v1.34+, unavailable in v1.37+; use storage.k8s.io/v1 VolumeAttributesClass',
    ],
  ],
  ['/api/v1/endpoints', ['v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice']],
  ['/apis/resource.k8s.io/v1/resourceslices', []],
])('%s', async (path, warnings) => {
  const result: any = await api.call('GET', path);
  expect(result.status).toBe(200);
  expect(result.warnings ?? []).toEqual(warnings);
});
