// Keeps the logs of containers small: a file that has grown too large is set aside and a new one begun.
import { type Clock, type Component, errorMessage, type Logger, rfc3339 } from '@kubets/base';
import type { Files } from '../host/host.ts';
import type { ContainerRuntime } from '../runtime/runtime.ts';

export interface LogRotationOptions {
  files: Files;
  runtime: Pick<ContainerRuntime, 'reopenContainerLog'>;
  clock: Clock;
  log: Logger;
  /** Containers that run, with the file that each writes to. */
  running(): Iterable<{ id: string; logPath: string }>;
  maxSizeBytes?: number;
  /** With the one that is written to. */
  maxFiles?: number;
}

const intervalMs = 10_000;

export function createLogRotation(options: LogRotationOptions): Component {
  const { clock, log } = options;
  return {
    name: 'logRotation',
    async run(signal) {
      while (!signal.aborted) {
        await clock.sleep(intervalMs, signal).catch(() => {});
        if (signal.aborted) return;
        for (const container of options.running()) {
          await rotateLog(options, container).catch((error) => {
            log.warn('log not rotated', { path: container.logPath, reason: errorMessage(error) });
          });
        }
      }
    },
  };
}

export async function rotateLog(
  options: LogRotationOptions,
  { id, logPath }: { id: string; logPath: string },
): Promise<void> {
  const { files, runtime, clock, maxSizeBytes = 10 * 1024 * 1024, maxFiles = 5 } = options;
  const stat = logPath === '' ? undefined : await files.stat(logPath);
  if (!stat || stat.sizeBytes < maxSizeBytes) return;
  const slash = logPath.lastIndexOf('/');
  const directory = logPath.slice(0, slash);
  const name = logPath.slice(slash + 1);
  // The stamps sort as times do.
  const old = (await files.list(directory)).filter((file) => file.startsWith(`${name}.`)).sort();
  for (const file of old.slice(0, Math.max(0, old.length - (maxFiles - 2))))
    await files.remove(`${directory}/${file}`);
  const stamp = rfc3339(clock.now()).replaceAll(/[-:Z]/g, '').replace('T', '-');
  const aside = `${logPath}.${stamp}`;
  await files.rename(logPath, aside);
  try {
    await runtime.reopenContainerLog(id);
  } catch (error) {
    // The runtime still writes to the old file: it must keep its name.
    await files.rename(aside, logPath);
    throw error;
  }
}
