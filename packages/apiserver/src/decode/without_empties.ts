import { type PruneOptions, pruneUnknownFields } from '@kubets/api';
import type { Call } from '../call.ts';

/** For the verbs that end in `withoutEmpties`. */
export const keepEmpties: PruneOptions = { empties: 'keep' };

/**
 * The object as a store gives it back: protobuf, which upstream stores, doesn't tell an empty list or map from none.
 * Itself where the client sent nothing empty, which is nearly always.
 */
export function withoutEmpties<T extends object>(call: Pick<Call, 'empties'>, object: T, type: string): T {
  return call.empties ? pruneUnknownFields(object, type).object : object;
}
