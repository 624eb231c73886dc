// Files of this machine as entries of an image's layer.
import { execFileSync } from 'node:child_process';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findTool } from '../host/preflight.ts';
import type { TarEntry } from './tar.ts';

/** Everything below a folder, at the same place below the image's root. */
export function folderFiles(folder: string, below = ''): TarEntry[] {
  return readdirSync(join(folder, below))
    .sort()
    .flatMap((name): TarEntry[] => {
      const path = below === '' ? name : `${below}/${name}`;
      const stat = lstatSync(join(folder, path));
      const mode = stat.mode & 0o7777;
      if (stat.isDirectory()) return [{ path, type: 'directory', mode }, ...folderFiles(folder, path)];
      if (stat.isSymbolicLink()) return [{ path, type: 'symlink', target: readlinkSync(join(folder, path)) }];
      if (stat.isFile()) return [{ path, type: 'file', mode, content: readFileSync(join(folder, path)) }];
      throw new Error(`${join(folder, path)} is neither file, folder nor symlink`);
    });
}

/** A root with a shell: the machine's static busybox, a link for each of its commands, and what they look for. */
export function busyboxFiles(): TarEntry[] {
  const program = findTool('busybox');
  const content = program === undefined ? undefined : readFileSync(program);
  // A program that names an interpreter needs libraries that the image lacks.
  if (!program || !content || content.subarray(0, 4096).includes('/ld-')) {
    throw new Error('no static busybox on this machine: run `apt-get install busybox-static`');
  }
  const commands = execFileSync(program, ['--list'], { encoding: 'utf8' }).trim().split('\n');
  return [
    { path: 'bin', type: 'directory' },
    { path: 'bin/busybox', type: 'file', mode: 0o755, content },
    ...commands
      .filter((name) => name !== 'busybox')
      .map((name): TarEntry => ({ path: `bin/${name}`, type: 'symlink', target: 'busybox' })),
    { path: 'etc', type: 'directory' },
    {
      path: 'etc/passwd',
      type: 'file',
      content: 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n',
    },
    { path: 'etc/group', type: 'file', content: 'root:x:0:\nnobody:x:65534:\n' },
    { path: 'root', type: 'directory', mode: 0o700 },
    { path: 'tmp', type: 'directory', mode: 0o1777 },
  ];
}

/** The full reference that a container runtime gives a short name: `web:1` is `docker.io/library/web:1`. */
export function fullImageName(name: string): string {
  const first = name.split('/')[0]!;
  const hasHost = name.includes('/') && (/[.:]/.test(first) || first === 'localhost');
  const path = hasHost ? name : `docker.io/${name.includes('/') ? '' : 'library/'}${name}`;
  return path.split('/').pop()!.includes(':') || path.includes('@') ? path : `${path}:latest`;
}
