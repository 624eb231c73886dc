import { FakeClock } from '@kubets/base';
import { expect, test } from 'vitest';
import { statuszEndpoint } from './statusz.ts';

const clock = new FakeClock();
const endpoint = statuszEndpoint({ clock, version: 'v1.36.0+kubets.1' });
const ask = (accept?: string): any => endpoint({ request: { method: 'GET', headers: { accept } } } as any);

test('for people', async () => {
  await clock.advance(3_723_000);
  for (const accept of [undefined, '*/*', 'text/plain', 'text/plain;q=0.5,application/json']) {
    const { body, contentType } = await ask(accept);
    expect(contentType).toBe('text/plain; charset=utf-8');
    expect(body).toContain(
      '\nUp: 1 hr 02 min 03 sec\nBinary version: 1.36.0+kubets.1\nEmulation version: 1.36\n',
    );
  }
});

test('for programs that name the kind', async () => {
  const { body } = await ask('application/json;v=v1beta1;g=config.k8s.io;as=Statusz');
  expect(JSON.parse(body)).toMatchObject({
    kind: 'Statusz',
    apiVersion: 'config.k8s.io/v1beta1',
    metadata: { name: 'apiserver' },
    uptimeSeconds: 3723,
  });
  expect((await ask('application/yaml;v=v1alpha1;g=config.k8s.io;as=Statusz')).body).toContain(
    'kind: Statusz',
  );
  await expect(ask('application/json')).rejects.toThrow(
    'only the following media types are accepted: application/json, application/yaml, text/plain',
  );
});
