import type { Pod } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { rankForDeletion } from './rank_for_deletion.ts';

/** At most so many pods are made or deleted at once for one set. */
const burst = 500;

export interface ReplicasPlan {
  create: number;
  delete: readonly Pod[];
}

export function planReplicas(options: {
  replicas: number;
  /** Pods of the set that count. */
  active: readonly Pod[];
  /** Pods of the set and of its siblings, asked for only when some of the pods must go. */
  related: () => Iterable<Pod>;
  now: Ms;
}): ReplicasPlan {
  const { replicas, active, related, now } = options;
  const surplus = active.length - replicas;
  if (surplus < 0) return { create: Math.min(-surplus, burst), delete: [] };
  if (surplus === 0) return { create: 0, delete: [] };
  const ranked = surplus === active.length ? active : rankForDeletion(active, related(), now);
  return { create: 0, delete: ranked.slice(0, Math.min(surplus, burst)) };
}
