import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { criRuntime } from '@kubets/kubelet/runtime/cri/index.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { findTool } from '../host/preflight.ts';
import { busyboxFiles, folderFiles, fullImageName } from '../images/image_files.ts';
import { createImage, defaultPath } from '../images/oci_image.ts';
import { type Command, UserError } from '../main.ts';
import { livePid } from '../processes/process_record.ts';
import { formatBytes } from '../terminal/progress.ts';
import { formatTable } from '../terminal/table.ts';
import { pathsOfName } from './cluster_flags.ts';

export const image: Command = {
  name: 'image',
  summary: 'load images into the node, or list them',
  usage: `
kubets image load FILE... [--name NAME]   images from tar files (OCI layout, or docker save)
kubets image ls [--name NAME]             what the node has
kubets image make IMAGE [--busybox] [--dir FOLDER] [--env K=V]... [--workdir DIR] [--user USER]
                  [--output FILE] [--name NAME] [-- COMMAND ARG...]
                                          an image of this machine's static busybox and of a folder's
                                          files, loaded into the node, or written to FILE
`,
  async run(args) {
    const dashes = args.indexOf('--');
    const command = dashes < 0 ? [] : args.slice(dashes + 1);
    const { values: flags, positionals } = parseArgs({
      args: dashes < 0 ? args : args.slice(0, dashes),
      options: {
        name: { type: 'string' },
        busybox: { type: 'boolean' },
        dir: { type: 'string' },
        env: { type: 'string', multiple: true },
        workdir: { type: 'string' },
        user: { type: 'string' },
        output: { type: 'string', short: 'o' },
      },
      allowPositionals: true,
    });
    const [verb, ...files] = positionals;
    const paths = pathsOfName(flags.name);
    if (verb === 'make' && files.length === 1) {
      const tar = createImage({
        name: fullImageName(files[0]!),
        files: [...(flags.busybox ? busyboxFiles() : []), ...(flags.dir ? folderFiles(flags.dir) : [])],
        cmd: command,
        env: flags.env && [defaultPath, ...flags.env],
        workingDir: flags.workdir,
        user: flags.user,
      });
      if (flags.output) writeFileSync(flags.output, tar);
      else loadTar(paths, tar);
      return 0;
    }
    if (livePid(paths, 'containerd') === undefined) {
      throw new UserError(`cluster ${paths.name} has no running node: start it with \`kubets up\``);
    }
    if (verb === 'load' && files.length > 0) {
      for (const file of files) loadImage(paths, file);
      return 0;
    }
    if (verb === 'ls' && files.length === 0) {
      await listImages(paths);
      return 0;
    }
    throw new UserError('usage: kubets image load FILE... | kubets image ls | kubets image make IMAGE ...');
  },
};

/** Imports a tar file into the CRI namespace of the cluster's containerd. Prints what came of it. */
export function loadImage(paths: ClusterPaths, file: string): void {
  if (!existsSync(file)) throw new UserError(`no file ${file}`);
  const ctr = findTool('ctr');
  if (!ctr) throw new UserError('ctr is not installed: run `apt-get install containerd`');
  try {
    const out = execFileSync(
      ctr,
      [
        '--address',
        paths.containerdSocket,
        '--namespace',
        'k8s.io',
        'images',
        'import',
        '--all-platforms',
        file,
      ],
      {
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    process.stdout.write(out.replace(/^unpacking (\S+).*$/gm, 'loaded $1'));
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new UserError(`cannot load ${file}: ${(stderr ?? String(error)).trim()}`);
  }
}

function loadTar(paths: ClusterPaths, tar: Uint8Array): void {
  if (livePid(paths, 'containerd') === undefined) {
    throw new UserError(
      `cluster ${paths.name} has no running node: start it with \`kubets up\`, or write the image with --output`,
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'kubets-image-'));
  try {
    writeFileSync(join(folder, 'image.tar'), tar);
    loadImage(paths, join(folder, 'image.tar'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function listImages(paths: ClusterPaths): Promise<void> {
  const runtime = criRuntime({ endpoint: `unix://${paths.containerdSocket}` });
  try {
    const rows = (await runtime.listImages()).flatMap((item) =>
      (item.repoTags ?? []).map((tag) => [
        tag,
        (item.id ?? '').slice(7, 19),
        formatBytes(Number(item.size ?? 0)),
      ]),
    );
    rows.sort(([a], [b]) => (a! < b! ? -1 : 1));
    process.stdout.write(formatTable([['IMAGE', 'ID', 'SIZE'], ...rows]));
  } finally {
    runtime.close();
  }
}
