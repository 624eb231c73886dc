import { ApiError, expired, type ListMeta } from '@kubets/api';
import { CompactedError } from '@kubets/storage';
import { endOfPrefix } from '../cache/history.ts';
import { type Selection, selectionOf } from '../cache/selection.ts';
import { storedOf } from '../cache/stored_entry.ts';
import type { Call, Endpoint } from '../call.ts';
import { type ListOptions, listOptions } from '../decode/list_options.ts';
import type { ApiResult, Stored } from '../request.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { type ContinueToken, decodeContinue, encodeContinue } from './continue_token.ts';
import { parseRevision, waitForFreshness } from './get.ts';

export interface ListPage {
  /** In the stored version. */
  items: readonly Stored[];
  metadata: ListMeta;
}

export function listEndpoint(server: ServerContext, target: Target): Endpoint {
  return async (call) => {
    const page = await listPage(server, target, call, listOptions(call.request.query, false));
    return listAnswer(target, page);
  };
}

export function listAnswer(target: Target, page: ListPage): ApiResult {
  const { conversion } = target;
  return {
    type: 'list',
    status: 200,
    apiVersion: target.apiVersion,
    kind: `${target.kind}List`,
    metadata: page.metadata,
    items: conversion ? page.items.map((item) => conversion.stored(item)) : page.items,
    itemTypeLength: target.head.typeLength,
    columns: target.columns,
  };
}

export async function listPage(
  server: ServerContext,
  target: Target,
  call: Call,
  options: ListOptions,
): Promise<ListPage> {
  const selection = selectionOf(target.resource, options.labelSelector, options.fieldSelector);
  const keyPrefix = target.history.keyPrefix(call.info.namespace || selection.namespace);
  if (options.continueToken) {
    const token = decodeContinue(options.continueToken, keyPrefix);
    await waitForFreshness(server, token.revision > 0 ? String(token.revision) : null);
    const revision = token.revision > 0 ? token.revision : server.cache.revision;
    const range = { start: token.start, end: endOfPrefix(keyPrefix) };
    const entries = await entriesAt(server, target, range, revision).catch((error) => {
      throw isExpiry(error) ? continueExpired(token, keyPrefix) : error;
    });
    return pageOf(entries, keyPrefix, selection, options.limit, revision);
  }
  await waitForFreshness(server, options.resourceVersion || null);
  // Read in the same turn as the entries: the state and its revision belong together.
  const now = server.cache.revision;
  const range = { start: keyPrefix, end: endOfPrefix(keyPrefix) };
  const exact = exactRevision(options);
  if (exact !== undefined)
    return pageOf(await entriesAt(server, target, range, exact), keyPrefix, selection, options.limit, exact);
  if (selection.name && options.limit === 0) {
    const only = oneOf(target, call, selection);
    return { items: only ? [only] : [], metadata: { resourceVersion: String(now) } };
  }
  return pageOf(target.history.range(range.start, range.end), keyPrefix, selection, options.limit, now);
}

// A list at one revision: asked for, or (kept for old clients) meant by a limit with a revision.
function exactRevision(options: ListOptions): number | undefined {
  const { resourceVersion, resourceVersionMatch, limit } = options;
  if (!resourceVersion || resourceVersion === '0') return undefined;
  if (resourceVersionMatch === 'Exact' || (!resourceVersionMatch && limit > 0))
    return parseRevision(resourceVersion);
  return undefined;
}

// From memory while the changes since are kept, else from the store.
async function entriesAt(
  server: ServerContext,
  target: Target,
  range: { start: string; end: string },
  revision: number,
): Promise<readonly Stored[]> {
  const { history } = target;
  const { cache } = server;
  if (revision >= cache.revision) return history.range(range.start, range.end);
  if (revision >= history.oldestRevision && revision >= cache.compactedRevision)
    return history.rangeAt(range.start, range.end, revision);
  try {
    const page = await server.store.list(range, { at: revision });
    return page.entries.map((entry) => storedOf(history.head, entry.key, entry.modRevision, entry.value));
  } catch (error) {
    if (error instanceof CompactedError)
      throw expired('The resourceVersion for the provided list is too old.');
    throw error;
  }
}

function isExpiry(error: unknown): boolean {
  return error instanceof ApiError && error.status.reason === 'Expired';
}

/** The token in the answer goes on from the same place in the newest state. */
function continueExpired(token: ContinueToken, keyPrefix: string): ApiError {
  const next = encodeContinue({ revision: -1, start: token.start }, keyPrefix);
  return new ApiError({
    code: 410,
    reason: 'Expired',
    message:
      'The provided continue parameter is too old to display a consistent list result. You can start a new list without the continue parameter, or use the continue token in this response to retrieve the remainder of the results. Continuing with the provided token results in an inconsistent list - objects that were created, modified, or deleted between the time the first chunk was returned and now may show up in the list.',
    metadata: { continue: next },
  });
}

function oneOf(target: Target, call: Call, selection: Selection): Stored | undefined {
  const { history } = target;
  const namespace = call.info.namespace || selection.namespace;
  if (target.namespaced && !namespace) {
    const all = history.range(history.prefix, endOfPrefix(history.prefix));
    return all.find((stored) => selection.matches!(stored));
  }
  if (selection.namespace && namespace !== selection.namespace) return undefined;
  const stored = history.get(history.key(namespace, selection.name!));
  return stored && selection.matches!(stored) ? stored : undefined;
}

function pageOf(
  entries: readonly Stored[],
  keyPrefix: string,
  { matches }: Selection,
  limit: number,
  revision: number,
): ListPage {
  const resourceVersion = String(revision);
  if (limit === 0 || entries.length <= limit)
    return { items: matches ? entries.filter(matches) : entries, metadata: { resourceVersion } };
  const items: Stored[] = [];
  let at = 0;
  for (; at < entries.length; at++) {
    const stored = entries[at]!;
    if (matches && !matches(stored)) continue;
    if (items.length === limit) break;
    items.push(stored);
  }
  if (at === entries.length) return { items, metadata: { resourceVersion } };
  const start = `${items.at(-1)!.key}\0`;
  return {
    items,
    metadata: {
      resourceVersion,
      continue: encodeContinue({ revision, start }, keyPrefix),
      // Only where the count is exact (API concepts, "remainingItemCount").
      ...(!matches && { remainingItemCount: entries.length - at }),
    },
  };
}
