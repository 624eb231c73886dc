import { endOfPrefix } from '../cache/history.ts';
import { selectionOf } from '../cache/selection.ts';
import type { Watcher } from '../cache/watcher.ts';
import type { Call, Endpoint } from '../call.ts';
import { type ListOptions, listOptions } from '../decode/list_options.ts';
import type { ServerWatchEvent, Stored } from '../request.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { parseRevision, waitForFreshness } from './get.ts';

export function watchEndpoint(server: ServerContext, target: Target): Endpoint {
  return async (call) => {
    const options = listOptions(call.request.query, true);
    // The old `/watch/.../name` path: one object.
    if (call.info.name && !options.fieldSelector) options.fieldSelector = `metadata.name=${call.info.name}`;
    const events = await watchEvents(server, target, call, options);
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

const initialEvents = new WeakMap<Stored, ServerWatchEvent>();

async function watchEvents(
  server: ServerContext,
  target: Target,
  call: Call,
  options: ListOptions,
): Promise<AsyncIterable<readonly ServerWatchEvent[]>> {
  const { history, resource } = target;
  const selection = selectionOf(resource, options.labelSelector, options.fieldSelector);
  const namespace = call.info.namespace || selection.namespace;
  const keyPrefix =
    selection.name && (namespace || !target.namespaced)
      ? history.key(namespace, selection.name)
      : history.keyPrefix(namespace);
  const { resourceVersion, sendInitialEvents, allowWatchBookmarks } = options;
  const fromNow = resourceVersion === '' || resourceVersion === '0';
  const wantsInitial = sendInitialEvents ?? fromNow;
  // Initial events are at least as new as asked for; without a revision: everything committed before now.
  await waitForFreshness(
    server,
    wantsInitial || fromNow ? resourceVersion || (sendInitialEvents === undefined ? '0' : null) : '0',
  );
  if (!fromNow && !wantsInitial && parseRevision(resourceVersion) < history.oldestRevision)
    return oneBatch([tooOld(parseRevision(resourceVersion), history.oldestRevision)]);
  const after = fromNow || wantsInitial ? server.cache.revision : parseRevision(resourceVersion);
  const watcher = history.watch(
    {
      keyPrefix,
      matches: selection.matches,
      trigger: selection.trigger,
      bookmarks: allowWatchBookmarks,
      maxPending: server.limits.maxPendingWatchEvents,
    },
    after,
  );
  if (wantsInitial) {
    const entries = history.range(history.keyPrefix(namespace), endOfPrefix(history.keyPrefix(namespace)));
    const selected = selection.matches ? entries.filter(selection.matches) : entries;
    watcher.pushAll(selected.map(initialEvent));
    if (sendInitialEvents && allowWatchBookmarks)
      watcher.pushAll([bookmarkEvent(target, after, { 'k8s.io/initial-events-end': 'true' })]);
  }
  return follow(server, target, call, watcher, options.timeoutSeconds);
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
): AsyncIterable<readonly ServerWatchEvent[]> {
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
  const cancel = clock.after(seconds * 1000, end);
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  const done = { done: true, value: undefined } as const;
  return {
    [Symbol.asyncIterator]: () => ({
      async next() {
        const events = signal.aborted ? undefined : await watcher.next();
        if (!events) {
          end();
          return done;
        }
        return {
          done: false,
          value: conversion ? events.map((event) => conversion.event(event)) : events,
        };
      },
      async return() {
        end();
        return done;
      },
    }),
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
        creationTimestamp: null,
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
