// Brings a machine to where the project can run: npm packages, and on Debian as root the system's packages.
// Asks first what is there, so that a second run costs next to nothing. Needs nothing but Node.
import { execFileSync } from 'node:child_process';
import { accessSync, constants, existsSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const npmOnly = process.argv.includes('--npm-only');

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 10)) {
  fail(`Node ${process.versions.node} is too old: install Node 20.10 or later`);
}
installNpmPackages();
if (!npmOnly) installSystemPackages();

function installNpmPackages() {
  const marker = join(root, 'node_modules', '.package-lock.json');
  const lock = join(root, 'package-lock.json');
  const fresh = existsSync(marker) && statSync(marker).mtimeMs >= statSync(lock).mtimeMs;
  if (fresh && workspacesLinked()) return;
  say('installing npm packages');
  // Not `npm ci`: it wants the optional packages of all platforms in the lock, which npm 11 leaves out of it.
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--loglevel=error']);
}

function workspacesLinked() {
  return existsSync(join(root, 'node_modules', '@kubets', 'distro', 'package.json'));
}

function installSystemPackages() {
  const wanted = {
    containerd: '/usr/bin/containerd',
    runc: ['/usr/sbin/runc', '/usr/bin/runc'],
    'containernetworking-plugins': '/usr/lib/cni/bridge',
    nftables: '/usr/sbin/nft',
    conntrack: '/usr/sbin/conntrack',
    iproute2: ['/usr/sbin/ip', '/sbin/ip', '/bin/ip'],
    // The guide's images are made of it.
    'busybox-static': '/bin/busybox',
    'etcd-server': '/usr/bin/etcd',
  };
  const missing = Object.keys(wanted).filter((name) => ![wanted[name]].flat().some(isProgram));
  if (missing.length === 0) return;
  const able = process.platform === 'linux' && process.getuid?.() === 0 && existsSync('/usr/bin/apt-get');
  if (!able) {
    // Not an error here: simulated nodes need none of it, and `up` says what a real node lacks.
    say(
      `not installed: ${missing.join(', ')} (real nodes need them; as root on Debian they are installed for you)`,
    );
    return;
  }
  say(`installing ${missing.join(', ')}`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '-q', '--no-install-recommends', ...missing];
  withoutServices(() => {
    try {
      run('apt-get', install, env);
    } catch {
      // The lists of a fresh machine may be empty or old.
      run('apt-get', ['update', '-q'], env);
      run('apt-get', install, env);
    }
  });
  if (missing.includes('etcd-server') && existsSync('/run/systemd/system')) {
    run('systemctl', ['disable', 'etcd.service'], env);
  }
}

// Programs are wanted, not the services that Debian makes of them: etcd's would take the ports of a real one.
function withoutServices(install) {
  const policy = '/usr/sbin/policy-rc.d';
  const ours = !existsSync(policy);
  if (ours) writeFileSync(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 });
  try {
    install();
  } finally {
    if (ours) rmSync(policy);
  }
}

function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function run(command, args, env = process.env) {
  try {
    execFileSync(command, args, {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    const tail = String(error.stderr ?? '')
      .trim()
      .split('\n')
      .slice(0, 8)
      .join('\n');
    throw new Error(`${command} ${args.join(' ')} failed:\n${tail || error.message}`);
  }
}

function say(text) {
  process.stderr.write(`setup: ${text}\n`);
}

function fail(text) {
  say(text);
  process.exit(1);
}
