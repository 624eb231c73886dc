// What an operator can choose. Defaults are those of kube-scheduler v1.36.
import type { Ms } from '@kubets/base';

export interface SchedulerConfig {
  /** Pods of other scheduler names are left to others. */
  profiles: readonly SchedulerProfile[];
  /** Of the nodes, in percent: enough candidates to stop looking; 0 adapts to the size of the cluster. */
  percentageOfNodesToScore: number;
  backoffInitialMs: Ms;
  backoffMaxMs: Ms;
  /** Bindings under way at once. */
  bindingsMax: number;
}

export interface SchedulerProfile {
  schedulerName: string;
  /** Names of plugins that this profile does without. */
  disabled?: readonly string[];
  /** Weights of scores, by plugin, where they are not the default. */
  weights?: Readonly<Record<string, number>>;
}

export const defaultConfig: SchedulerConfig = {
  profiles: [{ schedulerName: 'default-scheduler' }],
  percentageOfNodesToScore: 0,
  backoffInitialMs: 1000,
  backoffMaxMs: 10_000,
  bindingsMax: 500,
};
