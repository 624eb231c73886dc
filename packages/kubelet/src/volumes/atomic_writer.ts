// Writes a set of files so that readers see either all of the old ones or all of the new ones: the files stand in
// a directory of their own, `..data` is a link to it that is replaced by a rename, and every visible name is a
// link through `..data`.
import { rfc3339Micro } from '@kubets/base';
import type { Files } from '../host/host.ts';
import { type Payload, sameBytes } from './payload.ts';

export interface AtomicWriteOptions {
  files: Files;
  directory: string;
  payload: Payload;
  now: number;
  /** Makes names of directories that no earlier write has used. */
  unique: string;
  /** Sets owners of what was written, before it is shown. */
  own?(directory: string): Promise<void>;
}

const dataLink = '..data';

/** Returns whether anything had to be written. */
export async function writeAtomically(options: AtomicWriteOptions): Promise<boolean> {
  const { files, directory, payload } = options;
  const old = await files.readLink(`${directory}/${dataLink}`);
  if (old !== undefined && (await holds(files, `${directory}/${old}`, payload))) {
    await linkNames(options);
    return false;
  }
  const stamp = rfc3339Micro(options.now).slice(0, 19).replaceAll(/[-T:]/g, '_');
  const next = `..${stamp}.${options.unique}`;
  await files.makeDirectory(`${directory}/${next}`, { mode: 0o755 });
  for (const [path, { data, mode, uid }] of payload) {
    const target = `${directory}/${next}/${path}`;
    await files.makeDirectory(target.slice(0, target.lastIndexOf('/')), { mode: 0o755 });
    await files.write(target, data, { mode });
    if (uid !== undefined) await files.setOwner(target, uid, -1);
  }
  await options.own?.(`${directory}/${next}`);
  const temporary = `${directory}/${dataLink}_tmp`;
  await files.remove(temporary);
  await files.symlink(next, temporary);
  await files.rename(temporary, `${directory}/${dataLink}`);
  await linkNames(options);
  if (old !== undefined) await files.remove(`${directory}/${old}`);
  return true;
}

/** Visible names come after the data is there, and go when nothing stands behind them any more. */
async function linkNames({ files, directory, payload }: AtomicWriteOptions): Promise<void> {
  const wanted = new Set([...payload.keys()].map((path) => path.split('/', 1)[0]!));
  for (const name of wanted)
    if (!(await files.stat(`${directory}/${name}`)))
      await files.symlink(`${dataLink}/${name}`, `${directory}/${name}`);
  for (const name of await files.list(directory))
    if (!name.startsWith('..') && !wanted.has(name)) await files.remove(`${directory}/${name}`);
}

async function holds(files: Files, directory: string, payload: Payload): Promise<boolean> {
  const found = await walk(files, directory, '');
  if (found.length !== payload.size) return false;
  for (const path of found) {
    const wanted = payload.get(path);
    const data = wanted && (await files.read(`${directory}/${path}`));
    if (!data || !sameBytes(data, wanted.data)) return false;
  }
  return true;
}

async function walk(files: Files, directory: string, prefix: string): Promise<string[]> {
  const found: string[] = [];
  for (const name of await files.list(directory)) {
    const stat = await files.stat(`${directory}/${name}`);
    if (stat?.type === 'directory')
      found.push(...(await walk(files, `${directory}/${name}`, `${prefix}${name}/`)));
    else found.push(prefix + name);
  }
  return found;
}
