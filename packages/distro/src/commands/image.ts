import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { criRuntime } from '@kubets/kubelet/runtime/cri/index.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { findTool } from '../host/preflight.ts';
import { type Command, UserError } from '../main.ts';
import { livePid } from '../processes/process_record.ts';
import { formatBytes } from '../terminal/progress.ts';
import { pathsOfName } from './cluster_flags.ts';

export const image: Command = {
  name: 'image',
  summary: 'load images into the node, or list them',
  usage: `
kubets image load FILE... [--name NAME]   images from tar files (OCI layout, or docker save)
kubets image ls [--name NAME]             what the node has
`,
  async run(args) {
    const { values: flags, positionals } = parseArgs({
      args,
      options: { name: { type: 'string' } },
      allowPositionals: true,
    });
    const [verb, ...files] = positionals;
    const paths = pathsOfName(flags.name);
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
    throw new UserError('usage: kubets image load FILE... | kubets image ls');
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

async function listImages(paths: ClusterPaths): Promise<void> {
  const runtime = criRuntime({ endpoint: `unix://${paths.containerdSocket}` });
  try {
    const rows = (await runtime.listImages()).flatMap((item) =>
      (item.repoTags ?? []).map((tag) => ({
        tag,
        id: (item.id ?? '').slice(7, 19),
        size: formatBytes(Number(item.size ?? 0)),
      })),
    );
    const width = Math.max(5, ...rows.map((row) => row.tag.length));
    process.stdout.write(`${'IMAGE'.padEnd(width)}  ID            SIZE\n`);
    for (const row of rows.sort((a, b) => (a.tag < b.tag ? -1 : 1))) {
      process.stdout.write(`${row.tag.padEnd(width)}  ${row.id}  ${row.size}\n`);
    }
  } finally {
    runtime.close();
  }
}
