import { expect, test } from 'vitest';
import { flagzEndpoint } from './flagz.ts';

const endpoint = flagzEndpoint({ 'secure-port': '6443', 'bind-address': '0.0.0.0', 'store-path': '' });
const ask = (accept?: string): any => endpoint({ request: { method: 'GET', headers: { accept } } } as any);

test('flags for people and for programs', async () => {
  expect((await ask()).body).toContain(
    'purposes only.\nbind-address:0.0.0.0\nsecure-port:6443\nstore-path:\n',
  );
  const object = await ask('application/json;v=v1beta1;g=config.k8s.io;as=Flagz');
  expect(object.contentType).toBe('application/json;g=config.k8s.io;v=v1beta1;as=Flagz');
  expect(JSON.parse(object.body)).toEqual({
    kind: 'Flagz',
    apiVersion: 'config.k8s.io/v1beta1',
    metadata: { name: 'apiserver' },
    flags: { 'bind-address': '0.0.0.0', 'secure-port': '6443', 'store-path': '' },
  });
  expect((await ask('application/json;v=v1alpha1;g=config.k8s.io;as=Flagz')).headers.warning).toContain(
    'This version of the flagz endpoint is deprecated',
  );
});
