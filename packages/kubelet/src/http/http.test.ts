import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@kubets/base';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testPod } from '../pod/fixtures.ts';
import { nodeAttributes } from './client_identity.ts';
import { CpuRates } from './cpu_rate.ts';
import { loggedContainer } from './find_container.ts';
import { logStream } from './log_stream.ts';
import { matchPath } from './routes.ts';

test.each([
  ['/pods', '/pods', {}],
  ['/run/{namespace}/{pod}', '/run/a/b%20c', { namespace: 'a', pod: 'b c' }],
  ['/run/{namespace}/{pod}', '/run/a', undefined],
  ['/run/{namespace}/{pod}', '/run/a/', undefined],
  ['/pods', '/pod', undefined],
])('%s and %s', (pattern, path, expected) => {
  expect(matchPath(pattern, path)).toEqual(expected);
});

test.each([
  ['GET', '/containerLogs/a/b/c', 'get', ['proxy']],
  ['POST', '/exec/a/b/c', 'create', ['proxy']],
  ['GET', '/stats/summary', 'get', ['stats']],
  ['GET', '/metrics/resource', 'get', ['metrics']],
  ['GET', '/pods', 'get', ['pods', 'proxy']],
  ['GET', '/healthz', 'get', ['healthz', 'proxy']],
])('%s %s is %s of nodes/%j', (method, path, verb, subresources) => {
  expect(nodeAttributes(method, path)).toEqual({ verb, subresources });
});

describe('which container’s log', () => {
  const status = (state: object, lastState: object = {}) =>
    testPod(
      {},
      {
        containerStatuses: [
          {
            name: 'app',
            image: '',
            imageID: '',
            ready: false,
            restartCount: 0,
            containerID: 'containerd://now',
            state,
            lastState,
          },
        ],
      },
    );
  const ended = { terminated: { exitCode: 0, containerID: 'containerd://old' } };
  test.each([
    ['running', status({ running: {} }), false, 'now'],
    ['ended', status({ terminated: { exitCode: 0, containerID: 'containerd://now' } }), false, 'now'],
    ['waiting after a run', status({ waiting: {} }, ended), false, 'old'],
    ['previous', status({ running: {} }, ended), true, 'old'],
  ])('%s', (_, pod, previous, expected) => {
    expect(loggedContainer(pod, 'app', previous)).toBe(expected);
  });
  test.each([
    ['no such container', testPod(), 'none', false, 'container "none" not found in pod "web"'],
    ['nothing known', testPod(), 'app', false, 'container "app" in pod "web" is not available'],
    [
      'no previous',
      status({ running: {} }),
      'app',
      true,
      'previous terminated container "app" in pod "web" not found',
    ],
    [
      'creating',
      status({ waiting: { reason: 'ContainerCreating' } }),
      'app',
      false,
      'container "app" in pod "web" is waiting to start: ContainerCreating',
    ],
    [
      'no image',
      status({ waiting: { reason: 'ErrImagePull' } }),
      'app',
      false,
      'container "app" in pod "web" is waiting to start: image can\'t be pulled',
    ],
  ])('%s', (_, pod, name, previous, message) => {
    expect(() => loggedContainer(pod, name, previous)).toThrow(message);
  });
});

test('rates from a counter', () => {
  const rates = new CpuRates();
  expect(rates.rate('a', 0, 0)).toBeUndefined();
  expect(rates.rate('a', 5e8, 1000)).toBe(500_000_000);
  expect(rates.rate('a', 9e8, 1500)).toBe(500_000_000);
  rates.keep(new Set());
  expect(rates.rate('a', 9e8, 3000)).toBeUndefined();
});

describe('log files', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kubets-logs-'));
    path = join(folder, '0.log');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));
  const entry = (text: string) => `2026-01-01T00:00:00Z stdout F ${text}\n`;
  const stream = (options: object = {}) =>
    logStream({
      follow: false,
      previous: false,
      timestamps: false,
      path,
      clock: systemClock,
      signal: new AbortController().signal,
      running: async () => false,
      ...options,
    });
  const read = async (options: object = {}) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of stream(options)) chunks.push(chunk);
    return Buffer.concat(chunks).toString('latin1');
  };

  test('larger than a block, whole and from its end', async () => {
    const lines = Array.from({ length: 5000 }, (_, i) => `line ${i} ${'x'.repeat(20)}`);
    writeFileSync(path, lines.map(entry).join(''));
    expect(await read()).toBe(`${lines.join('\n')}\n`);
    expect(await read({ tailLines: 3000 })).toBe(`${lines.slice(2000).join('\n')}\n`);
    expect(await read({ tailLines: 9999 })).toBe(`${lines.join('\n')}\n`);
    expect(await read({ tailLines: 0 })).toBe('');
  });

  test('bytes come out as they went in', async () => {
    writeFileSync(
      path,
      Buffer.concat([Buffer.from('2026-01-01T00:00:00Z stdout F '), Buffer.from([0xff, 0xfe, 10])]),
    );
    expect(await read()).toBe('\xff\xfe\n');
  });

  test('follows what is written, over a rotation, to the end of the container', async () => {
    writeFileSync(path, entry('one'));
    let running = true;
    const chunks: string[] = [];
    for await (const chunk of stream({ follow: true, running: async () => running })) {
      const text = Buffer.from(chunk).toString();
      chunks.push(text);
      if (text.includes('one')) await appendFile(path, entry('two'));
      if (text.includes('two')) {
        await appendFile(path, entry('three'));
        renameSync(path, `${path}.20260101-000000`);
        writeFileSync(path, entry('four'));
      }
      if (text.includes('four')) {
        writeFileSync(path, entry('four') + entry('five'));
        running = false;
      }
    }
    expect(chunks.join('')).toBe('one\ntwo\nthree\nfour\nfive\n');
  });
});
