// What the node is, read off the machine once.
import { existsSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { arch, cpus, release, totalmem } from 'node:os';
import type { NodeConfig } from '@kubets/kubelet';
import { goArchitecture } from '../images/oci_image.ts';

const hugepagesFolder = '/sys/kernel/mm/hugepages';

export function machineInfo(): NodeConfig['nodeInfo'] {
  return {
    architecture: goArchitecture(),
    bootID: firstLine('/proc/sys/kernel/random/boot_id'),
    kernelVersion: release(),
    machineID: firstLine('/etc/machine-id'),
    operatingSystem: 'linux',
    osImage: /^PRETTY_NAME="?([^"\n]*)/m.exec(read('/etc/os-release'))?.[1] ?? `Linux ${arch()}`,
    systemUUID: firstLine('/sys/class/dmi/id/product_uuid') || firstLine('/etc/machine-id'),
  };
}

/** cpu, memory, ephemeral-storage of the file system below `folder`, huge pages. */
export function machineCapacity(folder: string): Record<string, string> {
  const disk = statfsSync(folder);
  return {
    cpu: String(cpus().length),
    memory: `${Math.floor(totalmem() / 1024)}Ki`,
    'ephemeral-storage': `${Math.floor((disk.blocks * disk.bsize) / 1024)}Ki`,
    pods: '110',
    ...hugePages(),
  };
}

function hugePages(): Record<string, string> {
  if (!existsSync(hugepagesFolder)) return {};
  const found: Record<string, string> = {};
  for (const entry of readdirSync(hugepagesFolder)) {
    const sizeKi = Number(/^hugepages-(\d+)kB$/.exec(entry)?.[1]);
    if (!sizeKi) continue;
    const count = Number(firstLine(`${hugepagesFolder}/${entry}/nr_hugepages`));
    const size =
      sizeKi >= 1024 * 1024
        ? `${sizeKi / 1024 / 1024}Gi`
        : sizeKi >= 1024
          ? `${sizeKi / 1024}Mi`
          : `${sizeKi}Ki`;
    found[`hugepages-${size}`] = count === 0 ? '0' : `${count * sizeKi}Ki`;
  }
  return found;
}

function firstLine(path: string): string {
  return read(path).split('\n')[0]!.trim();
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Not every machine says everything of itself.
    return '';
  }
}
