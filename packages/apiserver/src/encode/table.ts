// Objects as rows of a meta.k8s.io Table: what kubectl prints.
import { badRequest, goQuote, type KubeObject, type ListMeta } from '@kubets/api';
import type { Column } from '@kubets/resources';
import { withNulls } from './with_nulls.ts';

/** `None`, `Metadata` or `Object`; checked only where a table is asked for. */
export type IncludeObject = string;

export interface TableOptions {
  version: 'v1' | 'v1beta1';
  includeObject: IncludeObject;
  nowMs: number;
  /** A watch tells the columns only once. */
  withoutColumns?: boolean;
}

export function includeObjectOf(query: URLSearchParams): IncludeObject {
  return query.get('includeObject') || 'Metadata';
}

/** @throws ApiError 400 */
export function checkIncludeObject(includeObject: IncludeObject): void {
  if (['None', 'Metadata', 'Object'].includes(includeObject)) return;
  throw badRequest(
    `Unable to convert to Table as requested: includeObject: Invalid value: ${goQuote(includeObject)}: must be 'Metadata', 'Object', 'None', or empty`,
  );
}

export function tableOf(
  objects: Iterable<KubeObject>,
  columns: readonly Column<any>[],
  metadata: ListMeta,
  options: TableOptions,
): object {
  checkIncludeObject(options.includeObject);
  return {
    kind: 'Table',
    apiVersion: `meta.k8s.io/${options.version}`,
    metadata,
    columnDefinitions: options.withoutColumns
      ? null
      : columns.filter(({ withoutHeader }) => !withoutHeader).map(columnDefinition),
    rows: Array.from(objects, (object) => ({
      cells: columns.map((column) => cellOf(column, object, options.nowMs)),
      object: rowObject(object, options),
    })),
  };
}

// A bookmark has no more than a revision; a cell that can't be computed stays empty.
function cellOf(column: Column<any>, object: KubeObject, nowMs: number): unknown {
  try {
    return column.value(object, nowMs);
  } catch {
    return '';
  }
}

function columnDefinition({ name, type, format, description, priority }: Column<any>): object {
  return { name, type, format: format ?? '', description, priority: priority ?? 0 };
}

function rowObject(object: KubeObject, { includeObject, version }: TableOptions): object | null {
  if (includeObject === 'None') return null;
  return includeObject === 'Object' ? withNulls(object) : partialOf(object, version);
}

/** Only the metadata of an object: what metadata informers and `kubectl get` of a table row need. */
export function partialOf(object: KubeObject, version: 'v1' | 'v1beta1'): object {
  return {
    kind: 'PartialObjectMetadata',
    apiVersion: `meta.k8s.io/${version}`,
    metadata: storedMetadata(object),
  };
}

const ofOldDaemonSets = 'deprecated.daemonset.template.generation';

// Upstream adds this annotation where it writes a DaemonSet, which it does not do here.
function storedMetadata({ metadata }: KubeObject): KubeObject['metadata'] {
  if (metadata?.annotations?.[ofOldDaemonSets] === undefined) return metadata;
  const { annotations, ...rest } = metadata;
  const { [ofOldDaemonSets]: _, ...others } = annotations!;
  return Object.keys(others).length ? { ...rest, annotations: others } : rest;
}
