import type { Container, ContainerStatus, PodSpec } from '@kubets/api';
import { isSidecar, restartsAfterExit } from '../restart_policy.ts';

/** Why a container was ended with all others of its pod (KEP-5532). */
export const startsOver = 'RestartingAllContainers';

export interface PhaseInput {
  spec: PodSpec;
  /** Of init and regular containers. */
  statuses: readonly ContainerStatus[];
  terminal: boolean;
  /** A regular container was started in the present sandbox, so restarting sidecars don't make it Pending again. */
  regularStarted: boolean;
}

/** The phase that container statuses add up to (pod lifecycle: Pending, Running, Succeeded, Failed). */
export function podPhase({ spec, statuses, terminal, regularStarted }: PhaseInput): string {
  const statusOf = new Map(statuses.map((status) => [status.name, status]));
  const init = countInit(spec, statusOf);
  const count = countRunning(spec, statusOf);

  if (init.failedForGood > 0) return 'Failed';
  if (init.pending > 0 || (count.sidecarsPending > 0 && !regularStarted)) return 'Pending';
  if (count.waiting > 0 || count.unknown > 0) return 'Pending';
  if (count.running > 0) return 'Running';
  if (count.stopped === 0) return 'Pending';
  if (!terminal && count.stopped !== count.stoppedForGood) return 'Running';
  return count.stopped === count.succeeded ? 'Succeeded' : 'Failed';
}

function countInit(spec: PodSpec, statusOf: ReadonlyMap<string, ContainerStatus>) {
  const count = { pending: 0, failedForGood: 0 };
  for (const container of spec.initContainers ?? []) {
    if (isSidecar(container)) continue;
    const status = statusOf.get(container.name);
    const exitCode = lastExitCode(status);
    if (exitCode === undefined) count.pending++;
    else if (exitCode !== 0 && !comesBack(container, spec, status)) count.failedForGood++;
  }
  return count;
}

function countRunning(spec: PodSpec, statusOf: ReadonlyMap<string, ContainerStatus>) {
  const count = {
    running: 0,
    waiting: 0,
    unknown: 0,
    stopped: 0,
    stoppedForGood: 0,
    succeeded: 0,
    sidecarsPending: 0,
  };
  for (const container of spec.initContainers ?? []) {
    if (isSidecar(container)) countSidecar(container, statusOf, count);
  }
  for (const container of spec.containers) {
    const status = statusOf.get(container.name);
    const exitCode = lastExitCode(status);
    if (!status) count.unknown++;
    else if (status.state?.running) count.running++;
    else if (exitCode !== undefined) {
      count.stopped++;
      if (!comesBack(container, spec, status)) count.stoppedForGood++;
      if (status.state?.terminated && exitCode === 0) count.succeeded++;
    } else count.waiting++;
  }
  return count;
}

/** Sidecars that have ended don't count for the phase. */
function countSidecar(
  container: Container,
  statusOf: ReadonlyMap<string, ContainerStatus>,
  count: { running: number; waiting: number; unknown: number; sidecarsPending: number },
): void {
  const status = statusOf.get(container.name);
  if (!status) count.unknown++;
  else if (status.state?.running) {
    count.running++;
    if (!status.started) count.sidecarsPending++;
  } else if (lastExitCode(status) === undefined) {
    count.waiting++;
    count.sidecarsPending++;
  }
}

/** Whether a container that has ended will run again: by its own end, or because the whole pod starts over. */
function comesBack(container: Container, spec: PodSpec, status: ContainerStatus | undefined): boolean {
  const ended = lastEnd(status);
  return ended?.reason === startsOver || restartsAfterExit(container, spec, ended?.exitCode ?? 0);
}

/** The code of a container that has ended, or ended before and waits; undefined while it runs or never ran. */
function lastExitCode(status: ContainerStatus | undefined): number | undefined {
  return lastEnd(status)?.exitCode;
}

function lastEnd(status: ContainerStatus | undefined) {
  if (!status || status.state?.running) return undefined;
  return status.state?.terminated ?? status.lastState?.terminated;
}
