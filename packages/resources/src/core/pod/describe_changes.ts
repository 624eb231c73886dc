import { goJsonEscapes, goStruct } from '../../rules/go_struct.ts';
import { unifiedDiff } from '../../rules/unified_diff.ts';

/** What differs between two structs of one type, e.g. `core.v1.PodSpec`, as messages about immutable fields say it. */
export function describeChanges(old: object, next: object, type: string): string {
  const text = (value: object) => goJsonEscapes(JSON.stringify(goStruct(value, type), null, 1));
  return unifiedDiff(text(old), text(next));
}
