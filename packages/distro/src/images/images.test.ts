import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { folderFiles, fullImageName } from './image_files.ts';
import { createImage } from './oci_image.ts';
import { pauseProgram } from './pause_image.ts';
import { createTar } from './tar.ts';

const folder = mkdtempSync(join(tmpdir(), 'kubets-images-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('tar', () => {
  test('the system tar reads what we write: long paths, modes, links', () => {
    const deep = `${'d'.repeat(90)}/${'e'.repeat(60)}/file`;
    const tar = createTar([
      { path: 'a', type: 'directory', mode: 0o1777 },
      { path: 'a/run', type: 'file', mode: 0o755, content: 'x'.repeat(700) },
      { path: 'a/link', type: 'symlink', target: 'run' },
      { path: deep, type: 'file', content: 'deep' },
    ]);
    const list = execFileSync('tar', ['-tvf', '-'], { input: tar, encoding: 'utf8' });
    expect(list).toMatch(/^drwxrwxrwt .* a\/$/m);
    expect(list).toMatch(/^-rwxr-xr-x .* 700 .* a\/run$/m);
    expect(list).toMatch(/a\/link -> run$/m);
    expect(execFileSync('tar', ['-xOf', '-', deep], { input: tar, encoding: 'utf8' })).toBe('deep');
  });

  test('a path that no header can hold is refused', () => {
    expect(() => createTar([{ path: 'x'.repeat(300), type: 'file' }])).toThrow('path too long');
  });
});

describe('image', () => {
  test('a folder becomes a layer; every digest of the layout is true; same files, same bytes', () => {
    const source = join(folder, 'rootfs');
    mkdirSync(join(source, 'www'), { recursive: true });
    writeFileSync(join(source, 'www', 'index.html'), 'hello');
    writeFileSync(join(source, 'run'), '#!/bin/sh\n');
    chmodSync(join(source, 'run'), 0o755);
    symlinkSync('run', join(source, 'start'));
    const image = () =>
      createImage({ name: 'docker.io/library/web:1', files: folderFiles(source), cmd: ['/run'] });
    expect(image().equals(image())).toBe(true);
    const file = join(folder, 'image.tar');
    writeFileSync(file, image());
    execFileSync('tar', ['-xf', file, '-C', folder]);
    const blob = (digest: string) => readFileSync(join(folder, 'blobs', ...digest.split(':')));
    const index = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
    const manifest = JSON.parse(blob(index.manifests[0].digest).toString());
    const config = JSON.parse(blob(manifest.config.digest).toString());
    expect(config.rootfs.diff_ids).toEqual([manifest.layers[0].digest]);
    expect(config.config.Cmd).toEqual(['/run']);
    for (const { digest, size } of [index.manifests[0], manifest.config, ...manifest.layers]) {
      expect(blob(digest).length).toBe(size);
      const sum = execFileSync('sha256sum', { input: blob(digest), encoding: 'utf8' }).split(' ')[0];
      expect(`sha256:${sum}`).toBe(digest);
    }
    const layer = execFileSync('tar', ['-tvf', '-'], {
      input: blob(manifest.layers[0].digest),
      encoding: 'utf8',
    });
    expect(layer).toMatch(/^-rwxr-xr-x .* run$/m);
    expect(layer).toMatch(/start -> run$/m);
  });

  test.each([
    ['web', 'docker.io/library/web:latest'],
    ['web:1', 'docker.io/library/web:1'],
    ['me/web:1', 'docker.io/me/web:1'],
    ['registry.example:5000/web', 'registry.example:5000/web:latest'],
    ['localhost/web:2', 'localhost/web:2'],
  ])('%s means %s', (name, full) => expect(fullImageName(name)).toBe(full));
});

describe('pause program', () => {
  test.each(['amd64', 'arm64'])(
    '%s is one loadable segment whose code ends with the action of SIGCHLD',
    (architecture) => {
      const program = pauseProgram(architecture);
      expect(program.subarray(0, 4).toString('latin1')).toBe('\x7fELF');
      expect(program.readBigUInt64LE(96)).toBe(BigInt(program.length));
      expect(program.readBigUInt64LE(program.length - 32)).toBe(1n);
    },
  );

  test.skipIf(process.platform !== 'linux' || process.arch !== 'x64')('sleeps until it is killed', () => {
    const path = join(folder, 'pause');
    writeFileSync(path, pauseProgram('amd64'), { mode: 0o755 });
    const { signal, status } = spawnFor(path, 300);
    expect({ signal, status }).toEqual({ signal: 'SIGKILL', status: null });
  });

  test('an architecture without one is named', () => {
    expect(() => pauseProgram('mips')).toThrow('no pause program for architecture mips');
  });
});

function spawnFor(path: string, timeout: number): { signal: unknown; status: unknown } {
  try {
    execFileSync(path, { timeout, killSignal: 'SIGKILL' });
    return { signal: null, status: 0 };
  } catch (error) {
    return error as { signal: unknown; status: unknown };
  }
}
