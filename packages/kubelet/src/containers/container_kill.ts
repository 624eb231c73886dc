// Stops containers, gracefully.
import type { Container, Pod } from '@kubets/api';
import { errorMessage, type Ms } from '@kubets/base';
import { containerEvent, type KubeletParts } from '../kubelet_parts.ts';
import type { Kill, KillReason } from '../pod/decision.ts';
import { runHook } from './lifecycle_hook.ts';

export interface KillOptions {
  parts: KubeletParts;
  pod: Pod;
  podIP: string;
  /** Instead of the pod's own: an eviction or a deletion that has a grace period of its own. */
  graceSeconds?: number;
  /** Aborts when there is no time left for the preStop hook. */
  hurry?: AbortSignal;
  /** Waits for containers that have to end earlier, at most so long. */
  turn?(containerName: string, atMostMs: Ms): Promise<void>;
}

/** Even with no grace period a container gets this long: SIGKILL without warning loses data. */
const minimumGraceSeconds = 2;

/** Resolves when the container has ended. */
export async function killContainer(options: KillOptions, kill: Kill): Promise<void> {
  const { parts, pod, hurry } = options;
  const { clock } = parts;
  const { container: observed } = kill;
  const container = containerOf(pod, observed.name);
  containerEvent(parts, pod, observed, {
    type: 'Normal',
    reason: 'Killing',
    message: kill.message || `Stopping container ${observed.name}`,
  });
  const graceSeconds = options.graceSeconds ?? graceSecondsFor(pod, container, kill.reason);
  const endAt = clock.now() + graceSeconds * 1000;
  if (container?.lifecycle?.preStop && graceSeconds > 0 && !hurry?.aborted)
    await preStop(options, container, observed, endAt);
  if (options.turn && clock.now() < endAt) await options.turn(observed.name, endAt - clock.now());
  const left = hurry?.aborted ? 0 : Math.floor((endAt - clock.now()) / 1000);
  await parts.runtime.stopContainer(observed.id, Math.max(minimumGraceSeconds, left));
}

export function graceSecondsFor(pod: Pod, container: Container | undefined, reason: KillReason): number {
  const { deletionGracePeriodSeconds } = pod.metadata;
  if (deletionGracePeriodSeconds !== undefined) return deletionGracePeriodSeconds;
  const probe =
    reason === 'LivenessProbe'
      ? container?.livenessProbe
      : reason === 'StartupProbe'
        ? container?.startupProbe
        : undefined;
  return (
    probe?.terminationGracePeriodSeconds ?? pod.spec.terminationGracePeriodSeconds ?? minimumGraceSeconds
  );
}

export function containerOf({ spec }: Pod, name: string): Container | undefined {
  return [...spec.containers, ...(spec.initContainers ?? []), ...(spec.ephemeralContainers ?? [])].find(
    (container) => container.name === name,
  );
}

/** The hook takes of the grace period; what it fails of is told, not feared. */
async function preStop(
  { parts, pod, podIP, hurry }: KillOptions,
  container: Container,
  observed: Kill['container'],
  endAt: Ms,
): Promise<void> {
  const { runtime, clock, probeIo: io, log } = parts;
  const stop = new AbortController();
  const onHurry = () => stop.abort();
  hurry?.addEventListener('abort', onHurry, { once: true });
  const cancel = clock.after(endAt - clock.now(), onHurry);
  const timeUp = new Promise<void>((resolve) =>
    stop.signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  const hook = runHook({
    runtime,
    io,
    clock,
    pod,
    podIP,
    container,
    containerId: observed.id,
    hook: container.lifecycle!.preStop!,
    signal: stop.signal,
  }).catch((error) => {
    if (stop.signal.aborted) return;
    log.warn('preStop hook failed', { container: container.name, reason: errorMessage(error) });
    // The text may hold secrets of the hook's answer, so events don't have it.
    containerEvent(parts, pod, container, {
      type: 'Warning',
      reason: 'FailedPreStopHook',
      message: 'PreStopHook failed',
    });
  });
  await Promise.race([hook, timeUp]);
  cancel();
  hurry?.removeEventListener('abort', onHurry);
}
