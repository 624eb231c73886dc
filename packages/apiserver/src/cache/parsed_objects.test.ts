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
