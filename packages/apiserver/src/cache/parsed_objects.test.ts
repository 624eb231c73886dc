import { expect, test } from 'vitest';
import { ParsedObjects } from './parsed_objects.ts';

function entry(bytes: number) {
  return {
    json: new Uint8Array(bytes),
    usedIn: 0,
    forgotten: false,
    forgetObject() {
      this.forgotten = true;
    },
  };
}

test('what is used stays, the rest is let go in time', () => {
  const objects = new ParsedObjects(100);
  const [often, once] = [entry(1), entry(1)];
  objects.used(often);
  objects.used(once);
  for (let i = 0; i < 4; i++) {
    objects.used(often);
    objects.used(entry(30));
  }
  expect([often.forgotten, once.forgotten]).toEqual([false, true]);
});

test('what a write has brought goes after a turn or two, unless somebody has used it', () => {
  const objects = new ParsedObjects(1024 * 1024);
  const [used, unused] = [entry(1_000), entry(1_000)];
  objects.written(used);
  objects.written(unused);
  objects.used(used);
  expect([used.forgotten, unused.forgotten]).toEqual([false, false]);
  for (let i = 0; i < 150; i++) objects.written(entry(1_000));
  expect([used.forgotten, unused.forgotten]).toEqual([false, true]);
});
