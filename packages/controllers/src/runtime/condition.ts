interface Condition {
  type: string;
  status: string;
  reason?: string;
  message?: string;
  lastTransitionTime?: string;
}

export function findCondition<C extends Condition>(
  conditions: readonly C[] | undefined,
  type: string,
): C | undefined {
  return conditions?.find((condition) => condition.type === type);
}

/**
 * `conditions` with `next` in the place of the one of its type. The transition time moves only when the status
 * does (API conventions: "typical status properties"). Nothing changes when status, reason and message are the same.
 */
export function withCondition<C extends Condition>(conditions: readonly C[] | undefined, next: C): C[] {
  const current = findCondition(conditions, next.type);
  if (!current) return [...(conditions ?? []), next];
  if (current.status === next.status && current.reason === next.reason && current.message === next.message)
    return conditions as C[];
  const lastTransitionTime =
    current.status === next.status ? current.lastTransitionTime : next.lastTransitionTime;
  return conditions!.map((condition) =>
    condition === current ? { ...next, lastTransitionTime } : condition,
  );
}

/**
 * The rule of the workload kinds: one with the same status and reason stays as it is, message and times
 * included; a changed one moves to the end.
 */
export function withWorkloadCondition<C extends Condition>(
  conditions: readonly C[] | undefined,
  next: C,
): C[] {
  const current = findCondition(conditions, next.type);
  if (current && current.status === next.status && current.reason === next.reason) return conditions as C[];
  const lastTransitionTime =
    current?.status === next.status ? current.lastTransitionTime : next.lastTransitionTime;
  return [...withoutCondition(conditions, next.type), { ...next, lastTransitionTime }];
}

export function withoutCondition<C extends Condition>(
  conditions: readonly C[] | undefined,
  type: string,
): C[] {
  return (conditions ?? []).filter((condition) => condition.type !== type);
}
