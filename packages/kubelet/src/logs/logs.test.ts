import { FakeClock, silentLogger } from '@kubets/base';
import { describe, expect, test } from 'vitest';
import type { Files } from '../host/host.ts';
import { nullHost } from '../host/null_host.ts';
import { LogFilter, type LogOptions, parseLogOptions } from './log_filter.ts';
import { parseLogLine } from './log_line.ts';
import { rotateLog } from './log_rotation.ts';

describe('lines', () => {
  test.each([
    [
      '2026-01-01T00:00:00.5Z stdout F hello world',
      { stream: 'stdout', partial: false, content: 'hello world' },
    ],
    ['2026-01-01T00:00:00.5Z stderr P part', { stream: 'stderr', partial: true, content: 'part' }],
    ['2026-01-01T00:00:00.5Z stdout F ', { content: '' }],
    ['2026-01-01T00:00:00.5Z stdout F', { content: '' }],
    ['2026-01-01T00:00:00.5Z stdout P:x y', { partial: true, content: 'y' }],
  ])('%s', (text, expected) => {
    expect(parseLogLine(text)).toMatchObject(expected);
  });
  test.each(['', 'x', '2026 other F x'])('%j is none', (text) => {
    expect(parseLogLine(text)).toBeUndefined();
  });
});

describe('filter', () => {
  const entries = [
    '2026-01-01T00:00:01Z stdout P one ',
    '2026-01-01T00:00:01Z stdout F two',
    'garbage',
    '2026-01-01T00:00:02Z stderr F three',
  ];
  const shown = (options: Partial<LogOptions>) => {
    const filter = new LogFilter({ follow: false, previous: false, timestamps: false, ...options });
    return entries.map((entry) => filter.take(entry)).join('');
  };
  test.each([
    [{}, 'one two\nthree\n'],
    [{ timestamps: true }, '2026-01-01T00:00:01Z one two\n2026-01-01T00:00:02Z three\n'],
    [{ limitBytes: 6 }, 'one tw'],
    [{ stream: 'stderr' as const }, 'three\n'],
    [{ sinceMs: Date.parse('2026-01-01T00:00:02Z') }, 'three\n'],
  ])('%j', (options, expected) => {
    expect(shown(options)).toBe(expected);
  });
});

describe('options', () => {
  const now = Date.parse('2026-01-01T00:01:00Z');
  test.each([
    [
      'follow=true&tailLines=3&timestamps=1',
      { follow: true, tailLines: 3, timestamps: true, previous: false },
    ],
    ['sinceSeconds=10', { sinceMs: now - 10_000 }],
    ['sinceTime=2026-01-01T00:00:00Z', { sinceMs: now - 60_000 }],
    ['stream=Stderr', { stream: 'stderr' }],
  ])('%s', (query, expected) => {
    expect(parseLogOptions(new URLSearchParams(query), now)).toMatchObject(expected);
  });
  test.each([
    'tailLines=-1',
    'limitBytes=0',
    'sinceTime=soon',
    'sinceSeconds=1&sinceTime=2026-01-01T00:00:00Z',
    'stream=x',
  ])('%s is refused', (query) => {
    expect(typeof parseLogOptions(new URLSearchParams(query), now)).toBe('string');
  });
});

test('rotation keeps the newest files', async () => {
  const names = new Set([
    '0.log',
    '0.log.20250101-000000',
    '0.log.20250102-000000',
    '0.log.20250103-000000',
    '0.log.20250104-000000',
  ]);
  const base = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  const files: Files = {
    ...nullHost.files,
    stat: async () => ({ type: 'file', mode: 0o640, uid: 0, gid: 0, sizeBytes: 11 * 2 ** 20 }),
    list: async () => [...names],
    remove: async (path) => void names.delete(base(path)),
    async rename(from, to) {
      names.delete(base(from));
      names.add(base(to));
    },
  };
  const reopened: string[] = [];
  let broken = false;
  const options = {
    files,
    runtime: {
      async reopenContainerLog(id: string) {
        if (broken) throw new Error('no');
        reopened.push(id);
      },
    },
    clock: new FakeClock(),
    log: silentLogger,
    running: () => [],
  };
  await rotateLog(options, { id: 'c', logPath: '/logs/app/0.log' });
  expect(reopened).toEqual(['c']);
  expect([...names].sort()).toEqual([
    '0.log.20250102-000000',
    '0.log.20250103-000000',
    '0.log.20250104-000000',
    '0.log.20260101-000000',
  ]);
  // A runtime that can't open another goes on with the old one.
  names.add('0.log');
  broken = true;
  await expect(rotateLog(options, { id: 'c', logPath: '/logs/app/0.log' })).rejects.toThrow('no');
  expect(names.has('0.log')).toBe(true);
});
