// Hears of changes at the runtime: by its events where it has them, else by looking each second.
import { type Container, ContainerState, type PodSandbox } from '@kubets/api/generated/cri.ts';
import { aborted, type Clock, type Component, errorMessage, type Logger, type Ms } from '@kubets/base';
import { podUidLabel } from '../container/labels.ts';
import type { ContainerRuntime } from './runtime.ts';
import { RuntimeError } from './runtime_error.ts';

export interface RelistOptions {
  runtime: ContainerRuntime;
  clock: Clock;
  log: Logger;
  /** A container or sandbox of that pod has come, changed or gone. */
  changed(podUid: string): void;
  /** Everything that the runtime has, after each look. */
  found(items: readonly (PodSandbox | Container)[]): void;
  /** Tells whether the runtime answers. */
  health(problem: string | undefined): void;
}

const relistMs = 1_000;
/** With events, looking is only for what they may have missed (KEP-3386). */
const relistWithEventsMs = 300_000;

export function createRelist(options: RelistOptions): Component {
  const { runtime, clock, log, changed } = options;
  let known = new Map<string, string>();
  let hasEvents = false;

  async function relist(): Promise<void> {
    const [sandboxes, containers] = await Promise.all([runtime.listPodSandboxes(), runtime.listContainers()]);
    const next = new Map<string, string>();
    for (const item of [...sandboxes, ...containers]) {
      const uid = item.labels?.[podUidLabel];
      if (uid) next.set(uid, `${next.get(uid) ?? ''}${item.id}=${item.state ?? 0};`);
    }
    const before = known;
    known = next;
    for (const [uid, print] of next) if (before.get(uid) !== print) changed(uid);
    for (const uid of before.keys()) if (!next.has(uid)) changed(uid);
    options.found([...sandboxes, ...containers]);
  }

  async function look(): Promise<void> {
    try {
      await relist();
      options.health(undefined);
    } catch (error) {
      options.health(errorMessage(error));
      log.warn('runtime not listed', { reason: errorMessage(error) });
    }
  }

  async function follow(signal: AbortSignal): Promise<void> {
    while (runtime.events && !signal.aborted) {
      try {
        hasEvents = true;
        for await (const event of runtime.events(signal)) {
          const labels = event.podSandboxStatus?.labels ?? event.containersStatuses?.[0]?.labels;
          const uid = labels?.[podUidLabel];
          if (uid) changed(uid);
        }
      } catch (error) {
        hasEvents = false;
        if (error instanceof RuntimeError && error.code === 'Unimplemented') return;
        if (!signal.aborted) log.warn('runtime events ended', { reason: errorMessage(error) });
      }
      await clock.sleep(relistMs, signal).catch(() => {});
    }
  }

  return {
    name: 'relist',
    async run(signal) {
      const following = follow(signal);
      while (!signal.aborted) {
        await look();
        const wait: Ms = hasEvents ? relistWithEventsMs : relistMs;
        await clock.sleep(wait, signal).catch(() => {});
      }
      await Promise.all([following, aborted(signal)]);
    },
  };
}

/** True for containers that take part in what the node does now. */
export function isRunning(container: Container): boolean {
  return (container.state ?? 0) === ContainerState.CONTAINER_RUNNING;
}
