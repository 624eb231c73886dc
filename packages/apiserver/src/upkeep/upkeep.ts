// What the server does by itself, beside answering.
import { aborted, errorMessage, type Ms } from '@kubets/base';
import { flowControlObjects } from '../flowcontrol/flow_control_objects.ts';
import type { Handler } from '../request.ts';
import type { ServerContext } from '../server_context.ts';
import { apiServices } from './api_services.ts';
import { authenticationTrust } from './authentication_trust.ts';
import { compaction } from './compaction.ts';
import { expireObjects } from './expire_objects.ts';
import { type Advertised, kubernetesService } from './kubernetes_service.ts';
import { legacyTokenTracking } from './legacy_token_tracking.ts';
import { repairServices } from './repair_services.ts';
import { sendBookmarks } from './send_bookmarks.ts';
import { defaultServiceCidr } from './service_cidr.ts';
import { systemNamespaces } from './system_namespaces.ts';

export interface Task {
  readonly name: string;
  readonly everyMs: Ms;
  /** Once when the server is ready, then each `everyMs`; a failure is logged and tried again sooner. */
  run(signal: AbortSignal): Promise<void>;
}

export interface UpkeepContext {
  server: ServerContext;
  handle: Handler;
  serviceCidrs: readonly string[];
  nodePorts: { from: number; to: number };
  advertised: Advertised | undefined;
  /** Is told of each task that has done its work. */
  finished?(task: string): void;
  /** PEM of the CAs of client certificates. */
  clientCa: string | undefined;
}

export const tasks: readonly ((context: UpkeepContext) => Task)[] = [
  systemNamespaces,
  apiServices,
  defaultServiceCidr,
  kubernetesService,
  repairServices,
  authenticationTrust,
  legacyTokenTracking,
  flowControlObjects,
  sendBookmarks,
  expireObjects,
  compaction,
];

const retryMs: Ms = 5_000;

/** Runs the first round of all tasks in order, then each by its own clock, until `signal` aborts. */
export async function runUpkeep(
  context: UpkeepContext,
  signal: AbortSignal,
  firstRoundDone: () => void,
): Promise<void> {
  const { clock, log } = context.server;
  const attempt = async (task: Task): Promise<Ms> => {
    try {
      await task.run(signal);
      context.finished?.(task.name);
      return task.everyMs;
    } catch (error) {
      if (!signal.aborted) log.warn('upkeep failed', { task: task.name, error: errorMessage(error) });
      return Math.min(retryMs, task.everyMs);
    }
  };
  const pending = new Map<Task, () => void>();
  const underWay = new Set<Promise<void>>();
  const schedule = (task: Task, waitMs: Ms) => {
    const run = async () => {
      const nextMs = await attempt(task);
      if (!signal.aborted) schedule(task, nextMs);
    };
    const start = () => {
      const running = run().finally(() => underWay.delete(running));
      underWay.add(running);
    };
    pending.set(task, clock.after(waitMs, start));
  };
  for (const make of tasks) {
    const task = make(context);
    const waitMs = await attempt(task);
    if (signal.aborted) break;
    schedule(task, waitMs);
  }
  firstRoundDone();
  await aborted(signal);
  for (const cancel of pending.values()) cancel();
  await Promise.all(underWay);
}
