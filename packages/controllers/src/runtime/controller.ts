// What a controller is: things it watches, and one function that brings one key in line.

import type { Clock, Logger, Ms, Random } from '@kubets/base';
import type { Client, EventRecorder } from '@kubets/client';
import type { Caches } from './caches.ts';
import type { ControllersConfig } from './config.ts';
import type { Watch } from './watch.ts';

export interface Controller {
  readonly name: string;
  /** What makes keys worth a look. */
  readonly watches: readonly Watch[];
  /** Keys to look at once at the start, for work that no change of an object announces. */
  readonly startKeys?: readonly string[];
  /** Keys worked on at once; 5 when absent. One key is never worked on twice at the same time. */
  readonly workers?: number;
  /**
   * Reads the caches, decides, writes. Never trusts that it is called once for each change. A rejection is
   * tried again later, with growing delays; a conflict silently so.
   */
  reconcile(key: string): Promise<ReconcileResult>;
}

/** `againAfterMs`: look at the key again then, even when nothing changes. */
// biome-ignore lint/suspicious/noConfusingVoidType: a reconcile that has nothing to say returns nothing
export type ReconcileResult = void | { againAfterMs: Ms };

export interface ControllerContext {
  client: Client;
  /** Shared local copies of what the server has. */
  caches: Caches;
  clock: Clock;
  random: Random;
  log: Logger;
  recorder: EventRecorder;
  config: ControllersConfig;
}

/** One line of the list in `../index.ts`. */
export interface ControllerDefinition {
  /** As in upstream's `--controllers`, e.g. `replicaset-controller`. */
  readonly name: string;
  /** `source.component` of its events where that is not the name. */
  readonly component?: string;
  create(context: ControllerContext): readonly Controller[];
}
