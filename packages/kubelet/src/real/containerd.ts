// A containerd of its own for tests on a real node: everything below one folder, gone afterwards.
import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface TestContainerd {
  endpoint: string;
  root: string;
  podLogsDir: string;
  cgroupRoot: string;
  image: string;
  stop(): Promise<void>;
}

/** Why this machine can't, or undefined when it can. */
export const realNodeProblem: string | undefined =
  process.platform !== 'linux'
    ? 'not Linux'
    : process.getuid?.() !== 0
      ? 'not root'
      : ['/usr/bin/containerd', '/usr/bin/busybox', '/usr/lib/cni/bridge'].find((file) => !existsSync(file));

/** `name` sets one apart from others that run beside it: a letter or two. `subnet` is the third number of 10.98. */
export async function startContainerd(name: string, subnet: number): Promise<TestContainerd> {
  const root = `/run/kubets-kubelet-test/${name}`;
  await cleanUp(root);
  for (const folder of ['state', 'root', 'cni', 'image', 'logs', 'kubelet'])
    mkdirSync(join(root, folder), { recursive: true });
  const socket = join(root, 'containerd.sock');
  const bridge = `kubetstest-${name}`;
  const cgroupRoot = `/kubets-kubelet-test-${name}`;
  writeFileSync(join(root, 'cni', '10-test.conflist'), JSON.stringify(cniConfig(root, bridge, subnet)));
  writeFileSync(join(root, 'config.toml'), containerdConfig(root, socket));
  const log = openSync(join(root, 'containerd.log'), 'w');
  // It ends with this process, also when that is killed.
  const command = ['--pdeathsig', 'TERM', 'containerd', '--config', join(root, 'config.toml')];
  const child = spawn('setpriv', command, { stdio: ['ignore', log, log] });
  closeSync(log);
  const containerd: TestContainerd = {
    endpoint: `unix://${socket}`,
    root,
    podLogsDir: join(root, 'logs'),
    cgroupRoot,
    image: 'kubets.test/busybox:1',
    async stop() {
      await stopChild(child);
      await cleanUp(root);
      await run('ip', ['link', 'delete', bridge]).catch(() => {});
      removeCgroups(cgroupRoot);
    },
  };
  try {
    await importImages(root, socket);
  } catch (error) {
    await containerd.stop();
    throw error;
  }
  return containerd;
}

async function importImages(root: string, socket: string): Promise<void> {
  const archive = join(root, 'image.tar');
  writeImageArchive(join(root, 'image'), archive);
  for (let attempt = 0; ; attempt++) {
    try {
      await run('ctr', ['-a', socket, '-n', 'k8s.io', 'images', 'import', archive]);
      return;
    } catch (error) {
      if (attempt >= 50) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** A docker-archive of busybox with all its applets. */
function writeImageArchive(folder: string, archive: string): void {
  const rootfs = join(folder, 'rootfs');
  for (const name of ['bin', 'tmp', 'etc', 'dev', 'proc', 'sys', 'root'])
    mkdirSync(join(rootfs, name), { recursive: true });
  writeFileSync(join(rootfs, 'etc/passwd'), 'root:x:0:0:root:/root:/bin/sh\nweb:x:1000:1000::/:/bin/sh\n');
  writeFileSync(join(rootfs, 'etc/group'), 'root:x:0:\nweb:x:1000:\n');
  writeFileSync(join(rootfs, 'bin/busybox'), readFileSync('/usr/bin/busybox'), { mode: 0o755 });
  for (const applet of [
    'sh',
    'sleep',
    'cat',
    'echo',
    'ls',
    'id',
    'true',
    'false',
    'nc',
    'wget',
    'stat',
    'touch',
    'hostname',
    'httpd',
    'env',
    'date',
    'kill',
    'trap',
    'test',
    'mount',
    'grep',
    'head',
    'tail',
    'seq',
    'mkdir',
    'rm',
    'dd',
    'tee',
  ])
    execFileSync('ln', ['-sf', 'busybox', join(rootfs, 'bin', applet)]);
  mkdirSync(join(folder, 'archive'), { recursive: true });
  const layer = join(folder, 'archive', 'layer.tar');
  execFileSync('tar', ['--owner=0', '--group=0', '-C', rootfs, '-cf', layer, '.']);
  const digest = createHash('sha256').update(readFileSync(layer)).digest('hex');
  const config = {
    architecture: 'amd64',
    os: 'linux',
    config: { Cmd: ['/bin/sleep', '100000'], Env: ['PATH=/bin'] },
    rootfs: { type: 'layers', diff_ids: [`sha256:${digest}`] },
  };
  writeFileSync(join(folder, 'archive', 'config.json'), JSON.stringify(config));
  writeFileSync(
    join(folder, 'archive', 'manifest.json'),
    JSON.stringify([
      {
        Config: 'config.json',
        RepoTags: ['kubets.test/busybox:1', 'kubets.test/pause:1'],
        Layers: ['layer.tar'],
      },
    ]),
  );
  execFileSync('tar', ['-C', join(folder, 'archive'), '-cf', archive, '.']);
}

function cniConfig(root: string, bridge: string, subnet: number): object {
  return {
    cniVersion: '0.4.0',
    name: 'kubets-test',
    plugins: [
      {
        type: 'bridge',
        bridge,
        isGateway: true,
        ipam: {
          type: 'host-local',
          dataDir: join(root, 'ipam'),
          ranges: [[{ subnet: `10.98.${subnet}.0/24` }]],
          routes: [{ dst: '0.0.0.0/0' }],
        },
      },
    ],
  };
}

function containerdConfig(root: string, socket: string): string {
  return `version = 2
root = "${root}/root"
state = "${root}/state"
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs", "io.containerd.snapshotter.v1.devmapper"]
[grpc]
  address = "${socket}"
[ttrpc]
  address = "${socket}.ttrpc"
[plugins."io.containerd.internal.v1.opt"]
  path = "${root}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  restrict_oom_score_adj = true
  sandbox_image = "kubets.test/pause:1"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${root}/cni"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    default_runtime_name = "runc"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
        SystemdCgroup = false
`;
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(timer);
}

/** Shims outlive their containerd: they and the mounts of their containers are found by the folder. */
async function cleanUp(root: string): Promise<void> {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (command.includes('containerd-shim') && command.includes(`${root}/`)) {
        for (const child of childrenOf(pid)) process.kill(child, 'SIGKILL');
        process.kill(Number(pid), 'SIGKILL');
      }
    } catch {
      // It has ended meanwhile.
    }
  }
  for (const path of mountsBelow(root)) await run('umount', ['-l', path]).catch(() => {});
  rmSync(root, { recursive: true, force: true });
}

function childrenOf(pid: string): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function mountsBelow(root: string): string[] {
  return readFileSync('/proc/self/mountinfo', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[4] ?? '')
    .filter((path) => path.startsWith(`${root}/`))
    .sort((a, b) => b.length - a.length);
}

function removeCgroups(path: string): void {
  for (const controller of readdirSync('/sys/fs/cgroup'))
    removeTree(join('/sys/fs/cgroup', controller, path));
}

function removeTree(path: string): void {
  if (!existsSync(path)) return;
  try {
    for (const entry of readdirSync(path, { withFileTypes: true }))
      if (entry.isDirectory()) removeTree(join(path, entry.name));
    rmdirSync(path);
  } catch {
    // Processes that are ending still hold it; it goes with the next run.
  }
}
