import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import { terminalSizes } from './terminal_sizes.ts';

async function sizesOf(...chunks: string[]) {
  const sizes: string[] = [];
  const source = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  for await (const { width, height } of terminalSizes(source)) sizes.push(`${width}x${height}`);
  return sizes;
}

test('reads sizes however they are cut, and skips what is none', async () => {
  expect(await sizesOf('{"Width":80,"Hei', 'ght":24}\n{"Width":100,"Height":30}')).toEqual([
    '80x24',
    '100x30',
  ]);
  expect(await sizesOf('{"Width":-1,"Height":24}{"Width":1}{broken}{"Width":1,"Height":2}')).toEqual(['1x2']);
});

test('gives up on what has no end', async () => {
  expect(await sizesOf('x'.repeat(2000), '{"Width":1,"Height":2}')).toEqual([]);
});
