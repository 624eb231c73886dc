import { describe, expect, test } from 'vitest';
import { isTimeZone, parseCronSchedule } from './cron_schedule.ts';

describe('schedules', () => {
  test.each([
    '* * * * *',
    '*/5 0-4,8-12 1 JAN-MAR mon',
    '0 0 ? * 6',
    '@daily',
    '@hourly',
    '@yearly',
    '@every 1h30m',
    '5/15 * * * *',
  ])('takes %s', (text) => {
    expect(parseCronSchedule(text)).toMatchObject({ ok: true });
  });

  test.each([
    ['', 'empty spec string'],
    ['* * * *', 'expected exactly 5 fields, found 4: [* * * *]'],
    ['60 * * * *', 'end of range (60) above maximum (59): 60'],
    ['* 24 * * *', 'end of range (24) above maximum (23): 24'],
    ['* * 0 * *', 'beginning of range (0) below minimum (1): 0'],
    ['5-1 * * * *', 'beginning of range (5) beyond end of range (1): 5-1'],
    ['*/0 * * * *', 'step of range should be a positive number: */0'],
    ['1-2-3 * * * *', 'too many hyphens: 1-2-3'],
    ['*/1/2 * * * *', 'too many slashes: */1/2'],
    ['x * * * *', 'failed to parse int from x: strconv.Atoi: parsing "x": invalid syntax'],
    ['@often', 'unrecognized descriptor: @often'],
  ])('refuses %j', (text, message) => {
    expect(parseCronSchedule(text)).toEqual({ ok: false, message });
  });
});

test.each([
  ['UTC', true],
  ['Europe/Berlin', true],
  ['America/Argentina/Buenos_Aires', true],
  ['Mars/Olympus', false],
  ['../etc', false],
])('time zone %s: %s', (name, known) => {
  expect(isTimeZone(name)).toBe(known);
});
