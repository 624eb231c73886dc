import { deepEqual, type Toleration } from '@kubets/api';

/** The tolerations without those that another one covers; of equal ones the first stays. */
export function mergeTolerations(all: readonly Toleration[]): Toleration[] {
  const merged: Toleration[] = [];
  for (const [i, one] of all.entries()) {
    if (merged.some((kept) => covers(kept, one))) continue;
    if (all.slice(i + 1).some((later) => !deepEqual(later, one) && covers(later, one))) continue;
    merged.push(one);
  }
  return merged;
}

/** Whether every taint that `one` tolerates is tolerated by `wide`, at least as long. */
function covers(wide: Toleration, one: Toleration): boolean {
  if (deepEqual(wide, one)) return true;
  // No key with Exists means any taint.
  const anyKey = !wide.key && wide.operator === 'Exists';
  if (!anyKey && (wide.key ?? '') !== (one.key ?? '')) return false;
  if (wide.effect && wide.effect !== one.effect) return false;
  if (wide.effect === 'NoExecute' && wide.tolerationSeconds != null)
    if (one.tolerationSeconds == null || one.tolerationSeconds > wide.tolerationSeconds) return false;
  if (wide.operator === 'Exists') return true;
  const isEqual = !wide.operator || wide.operator === 'Equal';
  return isEqual && one.operator === 'Equal' && (wide.value ?? '') === (one.value ?? '');
}
