// JSON Patch (RFC 6902) with the leniencies that clients of Kubernetes have come to rely on: negative indexes
// count from the end, and `replace` of a key that isn't there adds it.

import { deepEqual } from '../deep_equal.ts';
import { ApiError } from '../errors/api_error.ts';
import { badRequest, requestEntityTooLarge } from '../errors/make_error.ts';

export interface JsonPatchOperation {
  op: 'add' | 'remove' | 'replace' | 'move' | 'copy' | 'test';
  path: string;
  from?: string;
  value?: unknown;
}

/** As upstream's maxJSONPatchOperations. */
const maxOperations = 10_000;
/** How much `copy` operations may add up to, as upstream's JSONPatchMaxCopyBytes. */
const maxCopiedBytes = 3 << 20;

/**
 * The document with all operations applied, in order; `doc` itself stays as it is and parts that no operation
 * touched are shared with it. Throws ApiError: 400 for what isn't a patch, 413 for too much, 422 for a patch that
 * does not apply (the reason is the error's `cause`).
 */
export function applyJsonPatch<T = any>(doc: T, operations: readonly JsonPatchOperation[]): T {
  if (!Array.isArray(operations)) throw badRequest('json: a JSON patch must be an array of operations');
  if (operations.length > maxOperations) {
    throw requestEntityTooLarge(
      `The allowed maximum operations in a JSON patch is ${maxOperations}, got ${operations.length}`,
    );
  }
  const target = new PatchTarget(doc);
  try {
    for (const operation of operations) target.apply(operation);
  } catch (error) {
    if (error instanceof PatchProblem) throw doesNotApply(error);
    throw error;
  }
  return target.root as T;
}

class PatchProblem extends Error {}

type Container = unknown[] | Record<string, unknown>;

class PatchTarget {
  root: unknown;
  // Containers that this patch made, which it may change in place.
  readonly #own = new Set<unknown>();
  #copiedBytes = 0;

  constructor(doc: unknown) {
    this.root = doc;
  }

  apply(operation: JsonPatchOperation): void {
    if (typeof operation !== 'object' || operation === null)
      throw new PatchProblem('Unexpected kind: unknown');
    const { op, path } = operation;
    if (typeof path !== 'string')
      throw new PatchProblem(`${op} operation failed to decode path: missing value`);
    switch (op) {
      case 'add':
        this.#add(op, path, operation.value);
        break;
      case 'remove':
        this.#remove(op, path);
        break;
      case 'replace':
        this.#replace(path, operation.value);
        break;
      case 'move': {
        const value = this.#get(op, fromOf(operation));
        this.#remove(op, fromOf(operation));
        this.#add(op, path, value);
        break;
      }
      case 'copy':
        this.#add(op, path, this.#copyOf(this.#get(op, fromOf(operation))));
        break;
      case 'test':
        this.#test(path, operation.value);
        break;
      default:
        throw new PatchProblem(`Unexpected kind: ${String(op)}`);
    }
  }

  #add(op: string, path: string, value: unknown = null): void {
    const [parent, key] = this.#parent(op, path, true);
    if (!Array.isArray(parent)) {
      parent[key] = value;
      return;
    }
    const index = key === '-' ? parent.length : indexOf(key, parent.length + 1, op, path);
    if (index > parent.length) throw badIndex(op, path, key);
    parent.splice(index, 0, value);
  }

  #remove(op: string, path: string): void {
    const [parent, key] = this.#parent(op, path, true);
    if (Array.isArray(parent)) {
      const index = indexOf(key, parent.length, op, path);
      if (index >= parent.length) throw badIndex(op, path, key);
      parent.splice(index, 1);
    } else if (Object.hasOwn(parent, key)) delete parent[key];
    else
      throw new PatchProblem(`error in ${op} for path: '${path}': Unable to remove nonexistent key: ${key}`);
  }

  #replace(path: string, value: unknown = null): void {
    if (path === '') {
      if (!isContainer(value)) throw new PatchProblem('replace operation value must be object or array');
      this.root = value;
      return;
    }
    const [parent, key] = this.#parent('replace', path, true);
    if (Array.isArray(parent)) {
      const index = indexOf(key, parent.length, 'replace', path);
      if (index >= parent.length) throw badIndex('replace', path, key);
      parent[index] = value;
    } else parent[key] = value;
  }

  #test(path: string, value: unknown = null): void {
    const actual = path === '' ? this.root : this.#get('test', path);
    if (!deepEqual(actual ?? null, value)) throw new PatchProblem(`testing value ${path} failed`);
  }

  // A key that isn't there is null, an index that isn't there is an error.
  #get(op: string, path: string): unknown {
    const [parent, key] = this.#parent(op, path, false);
    if (!Array.isArray(parent)) return Object.hasOwn(parent, key) ? parent[key] : null;
    const index = indexOf(key, parent.length, op, path);
    if (index >= parent.length) throw badIndex(op, path, key);
    return parent[index];
  }

  // Copies multiply, so a patch of a few lines could fill the memory.
  #copyOf(value: unknown): unknown {
    const text = JSON.stringify(value);
    this.#copiedBytes += text.length;
    if (this.#copiedBytes > maxCopiedBytes) {
      throw new PatchProblem(
        `Unable to complete the copy, the accumulated size increase of copy is ${this.#copiedBytes}, exceeding the limit ${maxCopiedBytes}`,
      );
    }
    return JSON.parse(text);
  }

  // The container that holds the last part of the path. To be changed, it and all above it must be our own.
  #parent(op: string, path: string, toChange: boolean): [Container, string] {
    if (!path.startsWith('/')) throw missing(op, path);
    const keys = path.split('/').slice(1).map(unescapeKey);
    const last = keys.pop()!;
    if (!isContainer(this.root)) throw missing(op, path);
    let container: Container = toChange ? ((this.root = this.#owned(this.root)) as Container) : this.root;
    for (const key of keys) {
      const at: string | number = Array.isArray(container) ? indexOf(key, container.length, op, path) : key;
      const inner: unknown = Object.hasOwn(container, at) ? (container as any)[at] : undefined;
      if (!isContainer(inner)) throw missing(op, path);
      container = toChange ? ((container as any)[at] = this.#owned(inner)) : inner;
    }
    if (last === '__proto__') throw missing(op, path);
    return [container, last];
  }

  #owned(container: Container): Container {
    if (this.#own.has(container)) return container;
    const copy = Array.isArray(container) ? container.slice() : { ...container };
    this.#own.add(copy);
    return copy;
  }
}

function fromOf(operation: JsonPatchOperation): string {
  if (typeof operation.from === 'string') return operation.from;
  throw new PatchProblem(`${operation.op} operation failed to decode from: missing value`);
}

function indexOf(key: string, length: number, op: string, path: string): number {
  if (!/^[-+]?\d{1,15}$/.test(key)) {
    throw new PatchProblem(
      `error in ${op} for path: '${path}': value was not a proper array index: '${key}'`,
    );
  }
  const index = Number(key);
  if (index < -length) throw badIndex(op, path, key);
  return index < 0 ? index + length : index;
}

function badIndex(op: string, path: string, key: string): PatchProblem {
  return new PatchProblem(`error in ${op} for path: '${path}': Unable to access invalid index: ${key}`);
}

function missing(op: string, path: string): PatchProblem {
  return new PatchProblem(`${op} operation does not apply: doc is missing path: "${path}"`);
}

// RFC 6901, section 4: `~1` first, so that `~01` is `~1`.
function unescapeKey(key: string): string {
  return key.includes('~') ? key.replaceAll('~1', '/').replaceAll('~0', '~') : key;
}

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

// Upstream answers with the text for status 422 and drops the reason; it stays in `cause` for the log.
export function doesNotApply(problem: Error): ApiError {
  const error = new ApiError({
    status: 'Failure',
    message: 'the server rejected our request due to an error in our request',
    reason: 'Invalid',
    details: {},
    code: 422,
  });
  error.cause = problem;
  return error;
}
