// Reads the log file of a container: its end, and what comes after, over rotations.
import { type FileHandle, open, stat } from 'node:fs/promises';
import type { Clock } from '@kubets/base';
import { LogFilter, type LogOptions } from '../logs/log_filter.ts';

export interface LogStreamOptions extends LogOptions {
  path: string;
  clock: Clock;
  signal: AbortSignal;
  /** False when nothing will be written any more. */
  running(): Promise<boolean>;
}

const blockBytes = 64 * 1024;
const pollMs = 100;

export async function* logStream(options: LogStreamOptions): AsyncGenerator<Uint8Array> {
  const { path, tailLines, clock, signal } = options;
  const filter = new LogFilter(options);
  let file = await open(path, 'r');
  try {
    let offset = tailLines === undefined ? 0 : await tailOffset(file, tailLines);
    let rest = Buffer.alloc(0);
    // Asked before the end is read: what was written before the container ended is still read after.
    let running = options.follow && (await options.running());
    while (!signal.aborted && !filter.done) {
      const block = await readAt(file, offset);
      offset += block.length;
      const lines = splitLines(Buffer.concat([rest, block]));
      rest = Buffer.from(lines.rest);
      const text = lines.whole.map((line) => filter.take(line)).join('');
      if (text !== '') yield Buffer.from(text, 'latin1');
      if (filter.done) return;
      if (block.length > 0) continue;
      const next = await openIfRotated(path, file);
      if (next) {
        await file.close();
        file = next;
        offset = 0;
        continue;
      }
      if (!running) return;
      running = await options.running();
      if (running) await clock.sleep(pollMs, signal).catch(() => {});
    }
  } finally {
    await file.close();
  }
}

async function readAt(file: FileHandle, offset: number): Promise<Buffer> {
  const buffer = Buffer.alloc(blockBytes);
  const { bytesRead } = await file.read(buffer, 0, blockBytes, offset);
  return buffer.subarray(0, bytesRead);
}

function splitLines(bytes: Buffer): { whole: string[]; rest: Uint8Array } {
  const end = bytes.lastIndexOf(10);
  if (end < 0) return { whole: [], rest: bytes };
  return { whole: bytes.subarray(0, end).toString('latin1').split('\n'), rest: bytes.subarray(end + 1) };
}

/** Where the last `lines` lines begin. */
async function tailOffset(file: FileHandle, lines: number): Promise<number> {
  const { size } = await file.stat();
  if (lines === 0) return size;
  let found = 0;
  for (let end = size; end > 0; ) {
    const start = Math.max(0, end - blockBytes);
    const buffer = Buffer.alloc(end - start);
    await file.read(buffer, 0, buffer.length, start);
    // The newline at the very end closes the last line.
    for (let i = buffer.length - 1; i >= 0; i--)
      if (buffer[i] === 10 && start + i < size - 1 && ++found === lines) return start + i + 1;
    end = start;
  }
  return 0;
}

/** The file that has come in the place of the one that is read. */
async function openIfRotated(path: string, file: FileHandle): Promise<FileHandle | undefined> {
  try {
    const [now, mine] = await Promise.all([stat(path), file.stat()]);
    return now.ino === mine.ino && now.dev === mine.dev ? undefined : await open(path, 'r');
  } catch {
    // Between the rename and the runtime's opening a new one there is none.
    return undefined;
  }
}
