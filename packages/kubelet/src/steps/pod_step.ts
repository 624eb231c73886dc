import type { Pod, Secret } from '@kubets/api';
import type { MountedVolume } from '../container/mounts.ts';

/** The pod that steps work on, and what they leave for those after them. */
export interface PodTask {
  /** The newest version of the object. */
  pod: Pod;
  /** Volumes that are set up, by name. */
  readonly volumes: Map<string, MountedVolume>;
  pullSecrets: readonly Secret[];
  /** Has the pod looked at again: a ConfigMap has changed, a token needs to be renewed. */
  wake(): void;
}

/**
 * One thing that must be there before a pod's containers, and be gone after them. Both directions may be
 * repeated: set-up runs before every start of a container, and again after a restart of the kubelet.
 */
export interface PodStep {
  readonly name: string;
  /** Rejects with a StepFailure when the pod has to wait. */
  setUp(task: PodTask, signal: AbortSignal): Promise<void>;
  tearDown(task: PodTask): Promise<void>;
}

/** A step can't be done now; told in an event of the pod and tried again. */
export class StepFailure extends Error {
  override readonly name = 'StepFailure';
  /** Of the event: `FailedMount`. */
  readonly reason: string;

  constructor(reason: string, message: string) {
    super(message);
    this.reason = reason;
  }
}
