// Tar archives (POSIX ustar), as much as image layers and layouts need. Same input, same bytes.

export interface TarEntry {
  /** Path without a leading slash; a trailing one for folders is added. */
  path: string;
  type: 'file' | 'directory' | 'symlink';
  mode?: number;
  content?: Uint8Array | string;
  /** Target of a symlink. */
  target?: string;
  uid?: number;
  gid?: number;
}

export function createTar(entries: readonly TarEntry[]): Buffer {
  const blocks: Buffer[] = [];
  for (const entry of entries) {
    const content = Buffer.from(entry.content ?? '');
    blocks.push(header(entry, content.length), content);
    const padding = (512 - (content.length % 512)) % 512;
    if (padding > 0) blocks.push(Buffer.alloc(padding));
  }
  blocks.push(Buffer.alloc(1024));
  return Buffer.concat(blocks);
}

const typeFlags = { file: '0', symlink: '2', directory: '5' };

function header(entry: TarEntry, size: number): Buffer {
  const block = Buffer.alloc(512);
  const path = entry.type === 'directory' && !entry.path.endsWith('/') ? `${entry.path}/` : entry.path;
  const { prefix, name } = splitPath(path);
  const octal = (value: number, at: number, length: number) =>
    block.write(value.toString(8).padStart(length - 1, '0') + '\0', at, length, 'latin1');
  block.write(name, 0, 100);
  octal(entry.mode ?? (entry.type === 'file' ? 0o644 : 0o755), 100, 8);
  octal(entry.uid ?? 0, 108, 8);
  octal(entry.gid ?? 0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write('        ', 148, 8);
  block.write(typeFlags[entry.type], 156, 1);
  block.write(entry.target ?? '', 157, 100);
  block.write('ustar\x0000', 257, 8, 'latin1');
  block.write(prefix, 345, 155);
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(sum.toString(8).padStart(6, '0') + '\0 ', 148, 8, 'latin1');
  return block;
}

function splitPath(path: string): { prefix: string; name: string } {
  if (Buffer.byteLength(path) <= 100) return { prefix: '', name: path };
  for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
    const prefix = path.slice(0, slash);
    const name = path.slice(slash + 1);
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100 && name !== '')
      return { prefix, name };
  }
  throw new Error(`path too long for a tar archive: ${path}`);
}
