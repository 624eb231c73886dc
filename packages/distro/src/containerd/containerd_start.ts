// A cluster's own containerd: started when it does not run, left running when the agent ends, so that containers
// outlive both.
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ClusterPaths } from '../cluster/paths.ts';
import { accepts } from '../host/accepts.ts';
import { canLowerOomScore, isCgroupV2, isSystemdInit } from '../host/capabilities.ts';
import { findCniPlugins, findTool } from '../host/preflight.ts';
import { pauseImage, pauseImageName } from '../images/pause_image.ts';
import { livePid } from '../processes/process_record.ts';
import { logTail, spawnDetached } from '../processes/process_spawn.ts';
import { containerdConfig } from './containerd_config.ts';

const startTimeoutMs = 30_000;

/** Resolves when the cluster's containerd answers on its socket. */
export async function ensureContainerd(paths: ClusterPaths): Promise<void> {
  if (livePid(paths, 'containerd') === undefined) start(paths);
  const end = Date.now() + startTimeoutMs;
  while (!(await accepts({ path: paths.containerdSocket }))) {
    if (livePid(paths, 'containerd') === undefined || Date.now() > end) {
      throw new Error(`containerd did not start; the end of its log:\n${logTail(paths, 'containerd')}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** Imports the sandbox's image if containerd does not have it yet. */
export function ensurePauseImage(paths: ClusterPaths): void {
  const ctr = [
    findTool('ctr')!,
    '--address',
    paths.containerdSocket,
    '--namespace',
    'k8s.io',
    'images',
  ] as const;
  const run = (...args: string[]) => execFileSync(ctr[0], [...ctr.slice(1), ...args], { encoding: 'utf8' });
  if (run('ls', '-q', `name==${pauseImageName}`).trim() !== '') return;
  mkdirSync(paths.images, { recursive: true });
  const file = join(paths.images, 'pause.tar');
  writeFileSync(file, pauseImage());
  run('import', file);
}

function start(paths: ClusterPaths): void {
  const containerd = findTool('containerd');
  const cniPlugins = findCniPlugins();
  if (!containerd || !cniPlugins) throw new Error('containerd or the CNI plugins are not installed');
  for (const folder of [paths.containerdRoot, paths.containerdState, paths.cniConfig]) {
    mkdirSync(folder, { recursive: true, mode: 0o711 });
  }
  // A socket left by a killed containerd would look like one that answers.
  rmSync(paths.containerdSocket, { force: true });
  writeFileSync(
    paths.containerdConfig,
    containerdConfig({
      paths,
      cniPlugins,
      restrictOomScoreAdj: !canLowerOomScore(),
      systemdCgroup: isCgroupV2() && isSystemdInit(),
    }),
  );
  spawnDetached({
    paths,
    role: 'containerd',
    command: containerd,
    args: ['--config', paths.containerdConfig],
  });
}
