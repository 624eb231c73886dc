import type { ApiError } from '../errors/api_error.ts';
import { applyConflict } from '../errors/make_error.ts';
import { goQuote } from '../go_quote.ts';
import { type FieldSet, pathsOf, showPath } from './field_set.ts';
import { type ManagerInfo, managerId } from './managers.ts';
import type { PathElement } from './path_element.ts';

/** A field that an applier sets and another manager owns with another value. */
export interface ApplyConflict {
  manager: ManagerInfo;
  path: readonly PathElement[];
}

export function conflictsOf(manager: ManagerInfo, fields: FieldSet): ApplyConflict[] {
  return pathsOf(fields).map((path) => ({ manager, path }));
}

/** 409 with a cause for each field, in upstream's words. */
export function conflictError(conflicts: readonly ApplyConflict[]): ApiError {
  const sorted = [...conflicts].sort((a, b) => compareText(managerId(a.manager), managerId(b.manager)));
  const causes = sorted.map(({ manager, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${showManager(manager)}`,
    field: showPath(path),
  }));
  return applyConflict(causes, conflictMessage(sorted));
}

function conflictMessage(conflicts: readonly ApplyConflict[]): string {
  const [first] = conflicts;
  if (conflicts.length === 1) {
    return `Apply failed with 1 conflict: conflict with ${showManager(first!.manager)}: ${showPath(first!.path)}`;
  }
  const lines: string[] = [];
  let last: string | undefined;
  for (const { manager, path } of conflicts) {
    const id = managerId(manager);
    if (id !== last) lines.push(`conflicts with ${showManager(manager)}:`);
    last = id;
    lines.push(`- ${showPath(path)}`);
  }
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function showManager({ manager, operation, apiVersion, subresource }: ManagerInfo): string {
  const name = goQuote(manager) + (subresource ? ` with subresource ${goQuote(subresource)}` : '');
  return operation === 'Update' ? `${name} using ${apiVersion}` : name;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
