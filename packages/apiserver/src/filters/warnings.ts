import type { Filter } from '../call.ts';

/** Hands what verbs, validation and admission warned of to the answer, each text once. */
export const collectWarnings: Filter = async (call, next) => {
  const result = await next(call);
  if (call.warnings.length === 0) return result;
  if (result.type !== 'object' && result.type !== 'list') return result;
  result.warnings = [...new Set([...(result.warnings ?? []), ...call.warnings])];
  return result;
};
