// A snapshot on disk: its frames, gzipped. It holds keys, so only its owner may read it.
import { createReadStream, existsSync, mkdirSync, readdirSync, rmSync, statSync } from 'node:fs';
import { link, open, rename } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { constants, createGunzip, createGzip } from 'node:zlib';
import type { Revision } from '@kubets/storage';
import { BadSnapshotError, decodeFrames, type SnapshotFrame } from '@kubets/storage/snapshot/index.ts';
import type { SnapshotFile } from './put_files.ts';
import type { SnapshotAbout } from './snapshot_source.ts';

export interface SnapshotSummary extends SnapshotAbout {
  file: string;
  bytes: number;
  revision: Revision;
  takenAt: string;
  /** Certificates, keys and configuration. */
  files: readonly SnapshotFile[];
}

export const snapshotSuffix = '.snapshot';

/**
 * Writes whole or not at all: the name appears when the last byte is on the disk. A file of that name is never
 * replaced: rejects with EEXIST.
 */
export async function writeSnapshotFile(file: string, chunks: AsyncIterable<Uint8Array>): Promise<void> {
  const folder = dirname(file);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  removePartials(folder, `${basename(file)}.`);
  const partial = `${file}.${process.pid}.partial`;
  try {
    // Open before anything is read: a stream that opens it by itself may do so after it has failed, and is removed.
    const handle = await open(partial, 'wx', 0o600);
    // A stream that ends early has no end frame: check while writing, not when it is needed.
    await pipeline(
      checked(chunks),
      createGzip({ level: constants.Z_BEST_SPEED }),
      handle.createWriteStream(),
    );
    await sync(partial);
    await giveName(partial, file);
  } finally {
    rmSync(partial, { force: true });
  }
  // A name is on the disk when its folder is.
  await sync(folder);
}

/** Unlike a rename, a link doesn't replace what has got the name meanwhile. */
async function giveName(partial: string, file: string): Promise<void> {
  try {
    await link(partial, file);
  } catch (error) {
    // Not every file system knows links.
    if (codeOf(error) === 'EEXIST' || existsSync(file)) throw error;
    await rename(partial, file);
  }
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What processes that were killed have left in a folder, or of one file of it: there are keys in it. */
export function removePartials(folder: string, name = ''): void {
  for (const each of readdirSync(folder)) {
    const pid = Number(/\.(\d+)\.partial$/.exec(each)?.[1]);
    if (pid && each.startsWith(name) && (pid === process.pid || !isAlive(pid))) {
      rmSync(join(folder, each), { force: true });
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return codeOf(error) === 'EPERM';
  }
}

function codeOf(error: unknown): string | undefined {
  return (error as { code?: string }).code;
}

async function* checked(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const passed: Uint8Array[] = [];
  async function* tee() {
    for await (const chunk of chunks) {
      passed.push(chunk);
      yield chunk;
    }
  }
  for await (const frame of decodeFrames(tee())) {
    yield* passed.splice(0);
    if (frame.type === 'end') return;
  }
}

/** @throws BadSnapshotError while it is read. */
export function readSnapshotFile(file: string): AsyncGenerator<SnapshotFrame> {
  return decodeFrames(unzipped(file));
}

async function* unzipped(file: string): AsyncGenerator<Uint8Array> {
  const source = createReadStream(file);
  const unzip = createGunzip();
  source.on('error', (error) => unzip.destroy(error));
  try {
    yield* source.pipe(unzip) as AsyncIterable<Uint8Array>;
  } catch (error) {
    const code = codeOf(error);
    if (code === 'Z_DATA_ERROR')
      throw new BadSnapshotError('this is no snapshot of kubets, or it is damaged');
    if (code === 'Z_BUF_ERROR') throw new BadSnapshotError('the snapshot is cut short: its end is missing');
    throw error;
  } finally {
    source.destroy();
    unzip.destroy();
  }
}

/**
 * What a snapshot is of, read from its beginning; with `toTheEnd`, all of it is read and so checked.
 * @throws BadSnapshotError
 */
export async function summarizeSnapshot(
  file: string,
  { toTheEnd = false }: { toTheEnd?: boolean } = {},
): Promise<SnapshotSummary> {
  let about: SnapshotAbout | undefined;
  let found: SnapshotSummary | undefined;
  const files: SnapshotFile[] = [];
  for await (const frame of readSnapshotFile(file)) {
    if (frame.type === 'about') about = frame.about as unknown as SnapshotAbout;
    if (frame.type === 'file') files.push(frame);
    if (frame.type !== 'store') continue;
    const { revision, takenAt } = frame;
    if (!isAbout(about)) throw new BadSnapshotError('the snapshot does not say which cluster it is of');
    found = { ...about, file, bytes: statSync(file).size, revision, takenAt, files };
    if (!toTheEnd) return found;
  }
  if (!found) throw new BadSnapshotError('the snapshot has no store in it');
  return found;
}

/** A store's own stream of frames has no such beginning. */
function isAbout(about: SnapshotAbout | undefined): about is SnapshotAbout {
  const { cluster } = about ?? {};
  return [cluster?.name, cluster?.serviceCidr, cluster?.podCidr].every((each) => typeof each === 'string');
}

/** Snapshot files of a folder, oldest first by their names. */
export function listSnapshotFiles(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith(snapshotSuffix))
    .sort()
    .map((name) => join(folder, name));
}
