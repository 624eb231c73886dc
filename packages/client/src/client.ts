// How every component speaks to the API server: one small interface over a transport.
import type { KubeObject, New, ObjectReference } from '@kubets/api';

/** The address of a resource type. */
export interface ResourceRef<T extends KubeObject = KubeObject> {
  group: string;
  version: string;
  /** Plural. */
  resource: string;
  kind: string;
  namespaced: boolean;
  /** Only carries the type. */
  readonly __type?: T;
}

export interface ListOptions {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  resourceVersion?: string;
  resourceVersionMatch?: 'Exact' | 'NotOlderThan';
  limit?: number;
  continue?: string;
  /** Ends the waiting for the answer; of a list only. */
  signal?: AbortSignal;
}

export interface ListResult<T> {
  items: readonly T[];
  resourceVersion: string;
  continue?: string;
}

export type WatchEvent<T> =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: T }
  | { type: 'BOOKMARK'; resourceVersion: string };

export interface WriteOptions {
  fieldManager?: string;
  dryRun?: boolean;
}

export interface DeleteOptions {
  gracePeriodSeconds?: number;
  propagationPolicy?: 'Foreground' | 'Background' | 'Orphan';
  /** Delete only this very object. */
  uid?: string;
  resourceVersion?: string;
}

export type PatchType = 'json' | 'merge' | 'strategic' | 'apply';

/**
 * All methods reject with ApiError (from @kubets/api: an Error with `.status`, a Kubernetes Status) when the
 * server refuses, e.g. `isNotFound(error)`, `isConflict(error)`. Objects that come back are shared and
 * immutable: copy before a change (`structuredClone` or spread).
 */
export interface Client {
  get<T extends KubeObject>(ref: ResourceRef<T>, name: string, namespace?: string): Promise<T>;
  list<T extends KubeObject>(ref: ResourceRef<T>, options?: ListOptions): Promise<ListResult<T>>;
  /** Batches of events after `resourceVersion`. Ends when the server ends it; throws ApiError 410 when expired. */
  watch<T extends KubeObject>(
    ref: ResourceRef<T>,
    options: ListOptions & { resourceVersion: string },
    signal: AbortSignal,
  ): AsyncIterable<readonly WatchEvent<T>[]>;
  create<T extends KubeObject>(ref: ResourceRef<T>, object: New<T>, options?: WriteOptions): Promise<T>;
  update<T extends KubeObject>(ref: ResourceRef<T>, object: T, options?: WriteOptions): Promise<T>;
  updateStatus<T extends KubeObject>(ref: ResourceRef<T>, object: T, options?: WriteOptions): Promise<T>;
  patch<T extends KubeObject>(
    ref: ResourceRef<T>,
    name: string,
    namespace: string | undefined,
    type: PatchType,
    patch: object,
    options?: WriteOptions & { subresource?: string; force?: boolean },
  ): Promise<T>;
  delete<T extends KubeObject>(
    ref: ResourceRef<T>,
    name: string,
    namespace?: string,
    options?: DeleteOptions,
  ): Promise<void>;
  deleteCollection<T extends KubeObject>(
    ref: ResourceRef<T>,
    options: ListOptions & DeleteOptions,
  ): Promise<void>;
  /** POST to a subresource: `pods/binding`, `pods/eviction`, `serviceaccounts/token`. */
  createSubresource<R = object>(
    ref: ResourceRef,
    name: string,
    namespace: string | undefined,
    subresource: string,
    body: object,
  ): Promise<R>;
  getSubresource<R = object>(
    ref: ResourceRef,
    name: string,
    namespace: string | undefined,
    subresource: string,
  ): Promise<R>;
  updateSubresource<R = object>(
    ref: ResourceRef,
    name: string,
    namespace: string | undefined,
    subresource: string,
    body: object,
  ): Promise<R>;
  /** Any path, for discovery, health and review APIs; the body and the answer are JSON objects. */
  request<R = object>(
    method: string,
    path: string,
    options?: {
      body?: object;
      query?: Record<string, string>;
      headers?: Record<string, string>;
      signal?: AbortSignal;
    },
  ): Promise<R>;
}

/**
 * A local, always current copy of a resource type (list, then watch, then again on failure). Handlers run in
 * order, synchronously, after the copy has changed.
 */
export interface Informer<T extends KubeObject> {
  readonly ref: ResourceRef<T>;
  get(key: string): T | undefined;
  list(): Iterable<T>;
  /** All objects for which the index function `name` gave `value`. */
  byIndex(name: string, value: string): readonly T[];
  /** Adds an index, also of what is there already. The same name twice must be the same function. */
  addIndex(name: string, values: (object: T) => readonly string[]): void;
  /** Called for each change, and once for each object that is there when the handler is added after sync. */
  onChange(handler: (object: T | undefined, old: T | undefined) => void): void;
  /** Resolves when the first list has arrived; rejects when the informer stops before. */
  synced(): Promise<void>;
  readonly hasSynced: boolean;
}

/** Informers shared by all components of a process: one watch for each resource type and selector. */
export interface Informers {
  /** The one informer for `ref` (and `options`); it starts when the factory runs, or at once if it runs already. */
  for<T extends KubeObject>(
    ref: ResourceRef<T>,
    options?: { namespace?: string; fieldSelector?: string; labelSelector?: string },
  ): Informer<T>;
  /** Runs all informers until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** Resolves when every informer asked for so far has synced. */
  synced(): Promise<void>;
}

export interface EventRecorder {
  /**
   * Writes an Event about `about`; equal ones within a while are counted instead (client-go's correlator).
   * Returns at once; what can't be written is dropped.
   */
  event(
    about: KubeObject | ObjectReference,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    options?: EventOptions,
  ): void;
}

export interface EventOptions {
  /** The part that the event is about: `spec.containers{web}`. */
  fieldPath?: string;
  /** A second object, e.g. what a controller made. */
  related?: ObjectReference;
  action?: string;
}
