import { ApiError, badRequest, expired, type ListMeta } from '@kubets/api';
import { CompactedError, type Range } from '@kubets/storage';
import { endOfPrefix } from '../cache/history.ts';
import type { ListSelection } from '../cache/kept_lists.ts';
import { type Selection, selectionOf } from '../cache/selection.ts';
import { tooLarge } from '../cache/watch_cache.ts';
import type { Call, Endpoint } from '../call.ts';
import { type ListOptions, listOptions } from '../decode/list_options.ts';
import type { ApiResult, KeptBodies, Stored } from '../request.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';
import { type ContinueToken, decodeContinue, encodeContinue } from './continue_token.ts';
import { revisionOf, waitForFreshness } from './get.ts';

export interface ListPage {
  /** In the stored version. */
  items: readonly Stored[];
  metadata: ListMeta;
  kept?: KeptBodies;
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
    ...(!conversion && page.kept && { kept: page.kept }),
    columns: target.columns,
  };
}

export async function listPage(
  server: ServerContext,
  target: Target,
  call: Call,
  options: ListOptions,
): Promise<ListPage> {
  const { history } = target;
  const selection = selectionOf(target, options.labelSelector, options.fieldSelector);
  const namespace = call.info.namespace || selection.namespace;
  const keyPrefix = history.keyPrefix(namespace);
  const isSingle = selection.name !== undefined && (!target.namespaced || !!namespace);
  if (options.continueToken) return nextPage(server, target, keyPrefix, selection, options);
  const { resourceVersion } = options;
  const asked = resourceVersion
    ? revisionOf(resourceVersion, (problem) => badRequest(`invalid resource version: ${problem}`))
    : undefined;
  const exact = isExact(options, isSingle) && asked ? asked : undefined;
  if (exact !== undefined) return pageAt(server, target, { keyPrefix, selection, options, exact, isSingle });
  await waitForFreshness(server, asked || (resourceVersion === '0' ? '0' : null));
  // Read in the same turn as the entries: the state and its revision belong together.
  const now = server.cache.revision;
  if (isSingle) {
    const stored = history.get(history.key(namespace, selection.name!));
    const items = stored && selection.matches!(stored) ? [stored] : [];
    return { items, metadata: { resourceVersion: String(now) } };
  }
  // Whoever takes any state gets all of it (API concepts: limit with resourceVersion="0").
  const limit = resourceVersion === '0' ? 0 : options.limit;
  const question = JSON.stringify([limit, keyPrefix, options.labelSelector, options.fieldSelector]);
  const kept = history.lists.get(question, () =>
    select(history.range(keyPrefix, endOfPrefix(keyPrefix)), selection, limit),
  );
  return { ...pageOf(kept.selection, keyPrefix, selection, now), kept };
}

async function nextPage(
  server: ServerContext,
  target: Target,
  keyPrefix: string,
  selection: Selection,
  { continueToken, resourceVersion, limit: asked }: ListOptions,
): Promise<ListPage> {
  const token = decodeContinue(continueToken, keyPrefix);
  if (resourceVersion && resourceVersion !== '0')
    throw badRequest('specifying resource version is not allowed when using continue');
  await waitForFreshness(server, null);
  const { cache } = server;
  if (token.revision > cache.revision) throw tooLarge(token.revision, cache.revision, 1);
  const limit = resourceVersion === '0' ? 0 : asked;
  const revision = token.revision > 0 ? token.revision : cache.revision;
  const range = { start: token.start, end: endOfPrefix(keyPrefix) };
  const selected = await selectAt(server, target, { range, revision, selection, limit }).catch((error) => {
    throw isExpiry(error) ? continueExpired(token, keyPrefix) : error;
  });
  return pageOf(selected, keyPrefix, selection, revision);
}

interface ExactRead {
  keyPrefix: string;
  selection: Selection;
  options: ListOptions;
  exact: number;
  isSingle: boolean;
}

async function pageAt(server: ServerContext, target: Target, read: ExactRead): Promise<ListPage> {
  const { keyPrefix, selection, options, exact, isSingle } = read;
  await waitForFreshness(server, null);
  if (exact > server.cache.revision) throw tooLarge(exact, server.cache.revision, 1);
  const start = isSingle ? keyPrefix + selection.name : keyPrefix;
  const range = { start, end: isSingle ? `${start}\0` : endOfPrefix(keyPrefix) };
  const { limit } = options;
  const selected = await selectAt(server, target, { range, revision: exact, selection, limit });
  return pageOf(selected, keyPrefix, selection, exact);
}

// A list at one revision: asked for, or (kept for old clients) meant by a limit with a revision, where a limit means
// something.
function isExact({ resourceVersionMatch, limit }: ListOptions, isSingle: boolean): boolean {
  return resourceVersionMatch === 'Exact' || (!resourceVersionMatch && limit > 0 && !isSingle);
}

interface PastRead {
  range: Range;
  revision: number;
  selection: Selection;
  limit: number;
}

// From memory while the changes since are kept, else from the store.
async function selectAt(server: ServerContext, target: Target, read: PastRead): Promise<ListSelection> {
  const { history } = target;
  const { cache } = server;
  const { range, revision, selection, limit } = read;
  if (revision >= cache.revision) return select(history.range(range.start, range.end), selection, limit);
  if (revision >= history.oldestRevision && revision >= cache.compactedRevision)
    return select(history.rangeAt(range.start, range.end, revision), selection, limit);
  try {
    return await selectStored(server, target, read);
  } catch (error) {
    if (error instanceof CompactedError)
      throw expired('The resourceVersion for the provided list is too old.');
    throw error;
  }
}

/** Entries that the store is asked for at a time, at most. */
const storePage = 500;

// Page by page: the values of all that follows a page would be read for each of the pages.
async function selectStored(server: ServerContext, target: Target, read: PastRead): Promise<ListSelection> {
  const { range, revision, selection, limit } = read;
  const { matches } = selection;
  const items: Stored[] = [];
  let { start } = range;
  for (;;) {
    const wanted = matches || limit === 0 ? storePage : Math.min(storePage, limit - items.length);
    const page = await server.store.list({ start, end: range.end }, { at: revision, limit: wanted });
    for (const [i, { key, modRevision, value }] of page.entries.entries()) {
      const stored = target.history.readValue(key, modRevision, value);
      if (!stored || (matches && !matches(stored))) continue;
      items.push(stored);
      const left = page.remaining + page.entries.length - 1 - i;
      if (limit > 0 && items.length === limit) return { items, remaining: left || undefined };
    }
    if (page.remaining === 0 || page.entries.length === 0) return { items, remaining: undefined };
    start = `${page.entries.at(-1)!.key}\0`;
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

function select(entries: readonly Stored[], { matches }: Selection, limit: number): ListSelection {
  if (limit === 0 || entries.length <= limit)
    return { items: matches ? entries.filter(matches) : entries, remaining: undefined };
  const items: Stored[] = [];
  let at = 0;
  for (; at < entries.length && items.length < limit; at++) {
    const stored = entries[at]!;
    if (!matches || matches(stored)) items.push(stored);
  }
  // What follows a full page isn't looked at: it may hold nothing that matches.
  const complete = items.length < limit || at === entries.length;
  return { items, remaining: complete ? undefined : entries.length - at };
}

function pageOf(
  { items, remaining }: ListSelection,
  keyPrefix: string,
  { matches }: Selection,
  revision: number,
): ListPage {
  const resourceVersion = String(revision);
  if (remaining === undefined) return { items, metadata: { resourceVersion } };
  const start = `${items.at(-1)!.key}\0`;
  return {
    items,
    metadata: {
      resourceVersion,
      continue: encodeContinue({ revision, start }, keyPrefix),
      // Only where the count is exact (API concepts, "remainingItemCount").
      ...(!matches && { remainingItemCount: remaining }),
    },
  };
}
