// How many requests each priority level may run at once: its share, and what it lends and borrows.

export interface PriorityLevel {
  metadata: { name: string; uid?: string; resourceVersion?: string };
  spec: {
    type: string;
    limited?: LimitedLevel;
    exempt?: { nominalConcurrencyShares?: number; lendablePercent?: number };
  };
}

interface LimitedLevel {
  nominalConcurrencyShares?: number;
  lendablePercent?: number;
  borrowingLimitPercent?: number | null;
  limitResponse?: {
    type: string;
    queuing?: { queues?: number; handSize?: number; queueLengthLimit?: number };
  };
}

export interface SeatLimits {
  nominal: number;
  /** Never lent. */
  lower: number;
  /** With all that may be borrowed. */
  upper: number;
}

const defaultShares = 30;

/** Seats of each level by its shares of the server's. Exempt levels count with theirs, but aren't held to it. */
export function seatLimits(
  levels: readonly PriorityLevel[],
  serverSeats: number,
): ReadonlyMap<string, SeatLimits> {
  const shares = levels.map(({ spec }) =>
    spec.type === 'Exempt'
      ? (spec.exempt?.nominalConcurrencyShares ?? 0)
      : (spec.limited?.nominalConcurrencyShares ?? defaultShares),
  );
  const sum = shares.reduce((total, each) => total + each, 0);
  return new Map(
    levels.map(({ metadata, spec }, i) => {
      const nominal = sum === 0 ? 0 : Math.ceil((serverSeats * shares[i]!) / sum);
      const lendable = (spec.type === 'Exempt' ? spec.exempt : spec.limited)?.lendablePercent ?? 0;
      const borrowable = spec.limited?.borrowingLimitPercent;
      const lower = nominal - Math.round((nominal * lendable) / 100);
      const upper = nominal + (borrowable == null ? serverSeats : Math.round((nominal * borrowable) / 100));
      return [metadata.name, { nominal, lower, upper }];
    }),
  );
}

export interface Demand {
  limits: SeatLimits;
  /** Seats that the level could have used lately. */
  wanted: number;
}

/**
 * Shares `total` seats out so that all levels get the same proportion of what they want, as far as nobody gets
 * less than it keeps or more than it may borrow. The proportion is found by halving: the sum grows with it.
 */
export function lendSeats(levels: readonly Demand[], total: number): number[] {
  const targets = levels.map(({ limits, wanted }) =>
    Math.max(limits.lower, Math.min(wanted, limits.upper), 1),
  );
  const at = (proportion: number) =>
    levels.map(({ limits }, i) => Math.min(limits.upper, Math.max(limits.lower, targets[i]! * proportion)));
  const sum = (values: readonly number[]) => values.reduce((all, each) => all + each, 0);
  let low = 0;
  let high = Math.max(1, ...levels.map(({ limits }, i) => limits.upper / targets[i]!));
  if (sum(at(high)) <= total) return at(high).map(Math.round);
  if (sum(at(low)) >= total) return at(low).map(Math.round);
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (sum(at(middle)) < total) low = middle;
    else high = middle;
  }
  return at(low).map(Math.round);
}
