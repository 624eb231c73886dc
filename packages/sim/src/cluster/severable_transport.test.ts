import type { Transport } from '@kubets/client';
import { expect, test } from 'vitest';
import { severable } from './severable_transport.ts';

const request = { method: 'GET', path: '/' };

/** Answers at `release`; watches give nothing until they are told to stop. */
function slowTransport() {
  let release = () => {};
  const transport: Transport = {
    request: () =>
      new Promise((resolve) => {
        release = () => resolve('answer');
      }),
    async *watch({ signal }) {
      yield [];
      await new Promise((resolve) => signal!.addEventListener('abort', resolve, { once: true }));
    },
  };
  return { transport, release: () => release() };
}

test('a cut loses answers and ends watches; mended, it carries again', async () => {
  const slow = slowTransport();
  const { transport, cut, mend } = severable(slow.transport);
  const asked = transport.request(request);
  const watch = transport.watch(request)[Symbol.asyncIterator]();
  expect(await watch.next()).toEqual({ done: false, value: [] });
  const ended = watch.next();
  cut();
  slow.release();
  const unreachable = { code: 'EHOSTUNREACH' };
  await expect(asked).rejects.toMatchObject(unreachable);
  await expect(ended).rejects.toMatchObject(unreachable);
  await expect(transport.request(request)).rejects.toMatchObject(unreachable);
  await expect(transport.watch(request)[Symbol.asyncIterator]().next()).rejects.toMatchObject(unreachable);

  mend();
  const again = transport.request(request);
  slow.release();
  expect(await again).toBe('answer');
});

test('a watch ends without an error when its caller stops', async () => {
  const stop = new AbortController();
  const { transport } = severable(slowTransport().transport);
  const watch = transport.watch({ ...request, signal: stop.signal })[Symbol.asyncIterator]();
  await watch.next();
  const ended = watch.next();
  stop.abort();
  expect(await ended).toEqual({ done: true, value: undefined });
});
