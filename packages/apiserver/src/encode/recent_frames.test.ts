import { expect, test } from 'vitest';
import type { ServerWatchEvent } from '../request.ts';
import { RecentFrames } from './recent_frames.ts';

const event = (): ServerWatchEvent => ({ type: 'BOOKMARK', object: {} });

test('a frame serves all watchers, until newer ones have taken its place', () => {
  const frames = new RecentFrames(() => new Uint8Array(128 * 1024));
  const first = event();
  const frame = frames.get(first);
  for (let i = 0; i < 3; i++) frames.get(event());
  expect(frames.get(first) === frame).toBe(true);
  frames.get(event());
  expect(frames.get(first) === frame).toBe(false);
});
