import { expect, test } from 'vitest';
import { JoinedFrames } from './joined_frames.ts';

const frames = [1, 2, 3].map((byte) => Uint8Array.of(byte, byte));

test('the same frames are joined once', () => {
  const joined = new JoinedFrames();
  const bytes = joined.join(frames, 6);
  expect(bytes).toEqual(Uint8Array.of(1, 1, 2, 2, 3, 3));
  expect(joined.join([...frames], 6)).toBe(bytes);
  expect(joined.join(frames.slice(0, 2), 4)).toHaveLength(4);
  expect(joined.join([frames[0]!], 2)).toBe(frames[0]);
});

test('what was joined longest ago is forgotten', () => {
  const joined = new JoinedFrames();
  const bytes = joined.join(frames, 6);
  for (let i = 0; i < 4; i++) joined.join([new Uint8Array(1), new Uint8Array(1)], 2);
  expect(joined.join(frames, 6)).not.toBe(bytes);
});
