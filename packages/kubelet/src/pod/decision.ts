// What decide() answers: the things to do for a pod now, in the order in which they are done.
import type { Container } from '@kubets/api';
import type { Ms } from '@kubets/base';
import type { CrashBackOff } from './crash_back_off.ts';
import type { ObservedContainer, ObservedSandbox } from './observed.ts';

export type ContainerKind = 'init' | 'regular' | 'ephemeral';

export type KillReason = 'StartupProbe' | 'LivenessProbe' | 'FailedPostStartHook' | 'Unknown' | '';

export interface Kill {
  container: Pick<ObservedContainer, 'id' | 'name'>;
  /** The text of the Killing event; empty for `Stopping container x`. */
  message: string;
  reason: KillReason;
}

export interface Start {
  kind: ContainerKind;
  container: Container;
  /** Undefined when the runtime has no earlier container of that name: then log files may tell. */
  restartCount: number | undefined;
  /** Set when the container must wait: it is reported as CrashLoopBackOff instead of started. */
  backOff?: { until: Ms; delayMs: Ms };
  /** What to remember about restarts when it is started. */
  nextBackOff?: CrashBackOff;
}

export interface Decision {
  /** Stop all containers and sandboxes: the sandbox is lost, or nothing is left to run. */
  killPod: boolean;
  kill: Kill[];
  /** All of the pod, to be ended and removed with their logs kept: it starts over in its sandbox. */
  reset: ObservedContainer[];
  /** Containers whose remains are not needed any more. */
  remove: ObservedContainer[];
  /** Sandboxes of earlier attempts that hold nothing any more. */
  removeSandboxes: ObservedSandbox[];
  /** Running containers whose cpu and memory are to become those of the spec. */
  update: { id: string; container: Container }[];
  createSandbox?: { attempt: number; replaces?: ObservedSandbox };
  /** What to remember of the reset. */
  nextBackOff?: { key: string; entry: CrashBackOff };
  /** The sandbox to start containers in, when one need not be created. */
  sandbox?: ObservedSandbox;
  start: Start[];
}
