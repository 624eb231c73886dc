// Events about objects that the server finds in disorder.
import { formatMicroTime, isConflict, isForbidden, isNotFound, type KubeObject } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { ownRequest } from './own_request.ts';
import type { UpkeepContext } from './upkeep.ts';

export interface Problem {
  /** With apiVersion and kind. */
  about: KubeObject;
  reason: string;
  action: string;
  note: string;
}

export type ReportProblem = (problem: Problem) => Promise<void>;

interface Told {
  path: string;
  count: number;
  atMs: Ms;
}

/** After so long a problem that is still there is a new event (events.k8s.io: EventSeries). */
const seriesMs: Ms = 6 * 60_000;
const maxTold = 1000;

/** One event for each problem, with a series while it lasts. Telling fails silently: repairing goes on. */
export function problemReporter(
  { handle, server: { clock, log, random }, advertised }: UpkeepContext,
  controller: string,
): ReportProblem {
  const told = new Map<string, Told>();
  const now = () =>
    formatMicroTime({ seconds: Math.floor(clock.now() / 1000), nanos: (clock.now() % 1000) * 1e6 });

  async function tell({ about, reason, action, note }: Problem): Promise<void> {
    const { namespace = 'default', name, uid = '', resourceVersion } = about.metadata;
    const key = JSON.stringify([uid, reason, action, note]);
    const before = told.get(key);
    if (before && clock.now() - before.atMs < seriesMs) {
      const count = before.count + 1;
      const series = { count, lastObservedTime: now() };
      const headers = { 'content-type': 'application/merge-patch+json' };
      const body = new TextEncoder().encode(JSON.stringify({ series }));
      await ownRequest(handle, { method: 'PATCH', path: before.path, body, headers });
      told.set(key, { ...before, count, atMs: clock.now() });
      return;
    }
    if (told.size >= maxTold) told.clear();
    const collection = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
    const eventName = `${name}.${random.uuid().replaceAll('-', '').slice(0, 16)}`;
    await ownRequest(handle, {
      method: 'POST',
      path: collection,
      body: {
        apiVersion: 'events.k8s.io/v1',
        kind: 'Event',
        metadata: { name: eventName, namespace },
        eventTime: now(),
        reportingController: controller,
        reportingInstance: `${controller}-${advertised?.address ?? 'local'}`,
        action,
        reason,
        note,
        type: 'Warning',
        regarding: {
          apiVersion: about.apiVersion,
          kind: about.kind,
          namespace: about.metadata.namespace,
          name,
          uid,
          resourceVersion,
        },
      },
    });
    told.set(key, { path: `${collection}/${eventName}`, count: 1, atMs: clock.now() });
  }

  return async (problem) => {
    const { about, reason, note } = problem;
    log.info('disorder', { kind: about.kind, name: about.metadata.name, reason, note });
    try {
      await tell(problem);
    } catch (error) {
      // Of a namespace that goes away, or an event that has expired.
      if (!isForbidden(error) && !isNotFound(error) && !isConflict(error)) throw error;
    }
  };
}
