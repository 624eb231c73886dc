// Hears of changes at the runtime: by its events where it has them, else by looking each second.
import type { Container, PodSandbox } from '@kubets/api/generated/cri.ts';
import { type Clock, type Component, errorMessage, type Logger } from '@kubets/base';
import { podUidLabel } from '../container/labels.ts';
import { listedFingerprints } from './fingerprint.ts';
import type { ContainerRuntime } from './runtime.ts';
import { RuntimeError } from './runtime_error.ts';

export interface RelistOptions {
  runtime: ContainerRuntime;
  clock: Clock;
  log: Logger;
  /** A container or sandbox of that pod has come, changed or gone; the fingerprint of what is there, where known. */
  changed(podUid: string, fingerprint?: string): void;
  /** Everything that the runtime has, after each look. */
  found(items: readonly (PodSandbox | Container)[]): void;
  /** Tells whether the runtime answers. */
  health(problem: string | undefined): void;
}

const relistMs = 1_000;
/** Where the runtime tells when to look, this is for what it may have missed. */
const relistWhenToldMs = 5_000;
/** With events, as rarely as upstream (KEP-3386). */
const relistWithEventsMs = 300_000;
/** A stream of events that has stood this long is taken to work, also when nothing happens. */
const trustMs = 10_000;
/** Looks that follow each other keep this distance. */
const spacingMs = 50;

export function createRelist(options: RelistOptions): Component {
  const { runtime, clock, log, changed } = options;
  let known = new Map<string, string>();
  let hasEvents = false;
  let isTold = false;
  let told = false;
  let tell = () => {};

  async function relist(): Promise<void> {
    const [sandboxes, containers] = await Promise.all([runtime.listPodSandboxes(), runtime.listContainers()]);
    const next = listedFingerprints(sandboxes, containers);
    const before = known;
    known = next;
    for (const [uid, print] of next) if (before.get(uid) !== print) changed(uid, print);
    for (const uid of before.keys()) if (!next.has(uid)) changed(uid, '');
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

  /** Keeps a stream going for as long as the runtime knows of such a thing. */
  async function follow<T>(
    open: ((signal: AbortSignal) => AsyncIterable<T>) | undefined,
    signal: AbortSignal,
    works: (working: boolean) => void,
    heard: (item: T) => void,
  ): Promise<void> {
    while (open && !signal.aborted) {
      const cancel = clock.after(trustMs, () => works(true));
      try {
        for await (const item of open(signal)) {
          works(true);
          heard(item);
        }
      } catch (error) {
        if (error instanceof RuntimeError && error.code === 'Unimplemented') return;
        if (!signal.aborted) log.warn('runtime events ended', { reason: errorMessage(error) });
      } finally {
        cancel();
        works(false);
      }
      await clock.sleep(relistMs, signal).catch(() => {});
    }
  }

  /** Until it is time to look again, or the runtime says that there is something to see. */
  async function pause(signal: AbortSignal): Promise<void> {
    await clock.sleep(spacingMs, signal).catch(() => {});
    if (told || signal.aborted) return;
    const wait = hasEvents ? relistWithEventsMs : isTold ? relistWhenToldMs : relistMs;
    const stop = new AbortController();
    tell = () => stop.abort();
    await clock.sleep(wait - spacingMs, AbortSignal.any([signal, stop.signal])).catch(() => {});
  }

  return {
    name: 'relist',
    async run(signal) {
      const events = follow(
        runtime.events,
        signal,
        (working) => {
          hasEvents = working;
        },
        (event) => {
          const labels = event.podSandboxStatus?.labels ?? event.containersStatuses?.[0]?.labels;
          const uid = labels?.[podUidLabel];
          if (uid) changed(uid);
        },
      );
      const changes = follow(
        runtime.changes,
        signal,
        (working) => {
          isTold = working;
        },
        () => {
          told = true;
          tell();
        },
      );
      while (!signal.aborted) {
        told = false;
        await look();
        await pause(signal);
      }
      await Promise.all([events, changes]);
    },
  };
}
