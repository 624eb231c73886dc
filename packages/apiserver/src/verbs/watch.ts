import { ApiError, badRequest, statusError } from '@kubets/api';
import { endOfPrefix } from '../cache/history.ts';
import { recallChanges } from '../cache/recall_changes.ts';
import { type Selection, selectionOf } from '../cache/selection.ts';
import type { Watcher } from '../cache/watcher.ts';
import type { Call, Endpoint } from '../call.ts';
import { type ListOptions, listOptions } from '../decode/list_options.ts';
import type { ServerWatchEvent, Stored, WatchEvents } from '../request.ts';
import { asksToWatch } from '../request_info.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { revisionOf, unexplained, waitForFreshness } from './get.ts';

export function watchEndpoint(server: ServerContext, target: Target): Endpoint {
  return async (call) => {
    const { query } = call.request;
    // The old paths watch without being asked to, and their options are read as those of a list.
    const options = listOptions(query, asksToWatch(query));
    const selection = selectionOf(target, options.labelSelector, options.fieldSelector || namedField(call));
    // The old `/watch/.../name` path: one object.
    if (call.info.named && selection.name !== call.info.name)
      throw badRequest("fieldSelector metadata.name doesn't match requested name");
    const events = await watchEvents(server, target, call, options, selection);
    return {
      type: 'watch',
      status: 200,
      apiVersion: target.apiVersion,
      kind: target.kind,
      events,
      columns: target.columns,
    };
  };
}

function namedField({ info }: Call): string {
  return info.named ? `metadata.name=${info.name}` : '';
}

const unstarted = statusError(500, 'InternalError', 'context deadline exceeded');

const initialEvents = new WeakMap<Stored, ServerWatchEvent>();

async function watchEvents(
  server: ServerContext,
  target: Target,
  call: Call,
  options: ListOptions,
  selection: Selection,
): Promise<WatchEvents> {
  const { history } = target;
  // A watch of namespaces has the name of its one namespace in the path.
  const namespace = target.namespaced ? call.info.namespace || selection.namespace : undefined;
  const isSingle = selection.name !== undefined && (!target.namespaced || !!namespace);
  const keyPrefix = isSingle ? history.key(namespace, selection.name!) : history.keyPrefix(namespace);
  const { resourceVersion, sendInitialEvents, allowWatchBookmarks } = options;
  const asked = resourceVersion ? revisionOf(resourceVersion, unexplained) : 0;
  // Over before it begins, which is told as an event too.
  if ((options.timeoutSeconds ?? 0) < 0) return oneBatch([{ type: 'ERROR', object: unstarted.status }]);
  const wantsInitial = sendInitialEvents ?? asked === 0;
  // Past a revision that parses, what goes wrong is told as an event (apiserver: Cacher.Watch).
  try {
    await waitForFreshness(server, freshnessOf(options, asked));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return oneBatch([{ type: 'ERROR', object: error.status }]);
  }
  if (asked > 0 && !wantsInitial) {
    if (asked < history.oldestRevision) await recallChanges(server, history, asked);
    if (asked < history.oldestRevision) return oneBatch([tooOld(asked, history.oldestRevision)]);
  }
  const after = asked === 0 || wantsInitial ? server.cache.revision : asked;
  const watcher = history.watch(
    {
      keyPrefix,
      matches: selection.matches,
      trigger: selection.trigger,
      bookmarks: allowWatchBookmarks,
      maxPending: server.limits.maxPendingWatchEvents,
      after,
    },
    after,
  );
  if (wantsInitial) {
    const entries = history.range(keyPrefix, isSingle ? `${keyPrefix}\0` : endOfPrefix(keyPrefix));
    const selected = selection.matches ? entries.filter(selection.matches) : entries;
    watcher.pushAll(selected.map(initialEvent));
    if (sendInitialEvents && allowWatchBookmarks)
      watcher.pushAll([bookmarkEvent(target, after, { 'k8s.io/initial-events-end': 'true' })]);
  }
  return follow(server, target, call, watcher, options.timeoutSeconds);
}

// Initial events are as new as asked for, or as everything committed before now; a plain watch goes on from what is here.
function freshnessOf(
  { sendInitialEvents, resourceVersion }: ListOptions,
  asked: number,
): number | '0' | null {
  if (sendInitialEvents === undefined) return '0';
  if (!resourceVersion) return null;
  return sendInitialEvents && asked > 0 ? asked : '0';
}

/**
 * Ends with the request or its timeout. Set up here, not on first read: an answer that nobody reads must not
 * leave its watcher behind.
 */
function follow(
  server: ServerContext,
  target: Target,
  call: Call,
  watcher: Watcher,
  timeoutSeconds: number | undefined,
): WatchEvents {
  const { signal } = call.request;
  const { clock, random, limits } = server;
  const { conversion } = target;
  // Spread over twice the least time, so that clients of a restarted server don't all come back at once.
  const seconds = timeoutSeconds || limits.minWatchSeconds * (1 + random.next());
  const end = () => {
    cancel();
    signal.removeEventListener('abort', end);
    target.history.unwatch(watcher);
  };
  const cancel = clock.after(Math.max(0, seconds) * 1000, end);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const shown = (events: readonly ServerWatchEvent[]) =>
    conversion ? events.map((event) => conversion.event(event)) : events;
  const done = { done: true, value: undefined } as const;
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const events = signal.aborted ? undefined : await watcher.next();
        if (events) return { done: false, value: shown(events) };
        end();
        return done;
      },
      async return() {
        end();
        return done;
      },
    }),
    tap(wake) {
      watcher.wakeBy(wake);
      return {
        take() {
          const events = watcher.take();
          return events && shown(events);
        },
        get isEnded() {
          return watcher.isDrained;
        },
        close: end,
      };
    },
  };
}

function initialEvent(stored: Stored): ServerWatchEvent {
  let event = initialEvents.get(stored);
  if (!event) initialEvents.set(stored, (event = { type: 'ADDED', stored }));
  return event;
}

/** An object of the kind with nothing but the revision: everything up to it has been sent. */
export function bookmarkEvent(
  { apiVersion, kind }: { apiVersion: string; kind: string },
  revision: number,
  annotations?: Record<string, string>,
): ServerWatchEvent {
  return {
    type: 'BOOKMARK',
    object: {
      kind,
      apiVersion,
      metadata: {
        resourceVersion: String(revision),
        ...(annotations && { annotations }),
      },
    },
  };
}

function tooOld(asked: number, oldest: number): ServerWatchEvent {
  return {
    type: 'ERROR',
    object: {
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message: `too old resource version: ${asked} (${oldest})`,
      reason: 'Expired',
      code: 410,
    },
  };
}

async function* oneBatch(events: readonly ServerWatchEvent[]): AsyncGenerator<readonly ServerWatchEvent[]> {
  yield events;
}
