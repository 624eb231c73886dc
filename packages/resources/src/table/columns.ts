import type { KubeObject, LabelSelector } from '@kubets/api';
import type { Column } from '../resource.ts';
import { ageSince } from './age.ts';

type Cell = string | number | boolean;

export const nameColumn: Column<KubeObject> = {
  name: 'Name',
  type: 'string',
  format: 'name',
  description: 'What the object is called; unique among its kind, in its namespace where it has one.',
  value: (object) => object.metadata.name,
};

export const ageColumn: Column<KubeObject> = {
  name: 'Age',
  type: 'string',
  description: 'Time since the object was created.',
  value: (object, nowMs) => ageSince(object.metadata.creationTimestamp, nowMs),
};

/** What kinds without columns of their own show (apiserver's default table). */
export const createdAtColumn: Column<KubeObject> = {
  name: 'Created At',
  type: 'date',
  description: 'When the object was created.',
  value: (object) => object.metadata.creationTimestamp,
};

export const defaultColumns: readonly Column<KubeObject>[] = [nameColumn, createdAtColumn];

export function textColumn<T>(
  name: string,
  description: string,
  value: (object: T, nowMs: number) => Cell | undefined,
): Column<T> {
  return { name, type: 'string', description, value: (object, nowMs) => value(object, nowMs) ?? '' };
}

export function countColumn<T>(
  name: string,
  description: string,
  value: (object: T) => number | undefined,
): Column<T> {
  return { name, type: 'integer', description, value: (object) => value(object) ?? 0 };
}

/** The same column, only shown with `-o wide`. */
export function wide<T>(column: Column<T>): Column<T> {
  return { ...column, priority: 1 };
}

/** Name first and age last, as nearly every kind has it. */
export function columnsOf<T extends KubeObject>(...columns: Column<T>[]): Column<T>[] {
  const [shown, hidden] = [columns.filter((c) => !c.priority), columns.filter((c) => c.priority)];
  return [nameColumn as Column<T>, ...shown, ageColumn as Column<T>, ...hidden];
}

export function formatLabels(labels: Record<string, string> | undefined): string {
  const keys = Object.keys(labels ?? {}).sort();
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels![key]}`).join(',');
}

/** As `metav1.FormatLabelSelector`: `<none>` for one that selects everything. */
export function formatSelector(selector: LabelSelector | undefined): string {
  const terms: [key: string, text: string][] = Object.entries(selector?.matchLabels ?? {}).map(
    ([key, value]) => [key, `${key}=${value}`],
  );
  for (const { key, operator, values = [] } of selector?.matchExpressions ?? []) {
    const list = [...values].sort().join(',');
    if (operator === 'In') terms.push([key, `${key} in (${list})`]);
    else if (operator === 'NotIn') terms.push([key, `${key} notin (${list})`]);
    else if (operator === 'Exists') terms.push([key, key]);
    else if (operator === 'DoesNotExist') terms.push([key, `!${key}`]);
    else return '<error>';
  }
  terms.sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return terms.length === 0 ? '<none>' : terms.map(([, text]) => text).join(',');
}
