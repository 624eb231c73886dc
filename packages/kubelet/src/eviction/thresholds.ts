// When a node is short of something (upstream's hard thresholds). Pure.
import { parseQuantity } from '@kubets/api';
import type { Pressure } from '../node/node_facts.ts';

export type Signal =
  | 'memory.available'
  | 'nodefs.available'
  | 'nodefs.inodesFree'
  | 'imagefs.available'
  | 'imagefs.inodesFree'
  | 'pid.available';

export interface Observation {
  available: number;
  capacity: number;
}

export type Observations = Partial<Record<Signal, Observation>>;

/** A quantity, or a part of the capacity in percent. */
export type Thresholds = Readonly<Record<string, string>>;

export const hardThresholds: Thresholds = {
  'memory.available': '100Mi',
  'nodefs.available': '10%',
  'nodefs.inodesFree': '5%',
  'imagefs.available': '15%',
  'imagefs.inodesFree': '5%',
};

/** What each signal is about: the pressure it makes and the resource that events name. */
export const signalFacts: Record<Signal, { pressure: keyof Pressure; resource: string }> = {
  'memory.available': { pressure: 'memory', resource: 'memory' },
  'nodefs.available': { pressure: 'disk', resource: 'ephemeral-storage' },
  'nodefs.inodesFree': { pressure: 'disk', resource: 'inodes' },
  'imagefs.available': { pressure: 'disk', resource: 'ephemeral-storage' },
  'imagefs.inodesFree': { pressure: 'disk', resource: 'inodes' },
  'pid.available': { pressure: 'pid', resource: 'pids' },
};

export interface Shortage {
  signal: Signal;
  threshold: number;
  available: number;
}

/** What there is too little of, memory first: it is the most urgent. */
export function shortages(observations: Observations, thresholds: Thresholds): Shortage[] {
  return (Object.keys(signalFacts) as Signal[]).flatMap((signal) => {
    const seen = observations[signal];
    const text = thresholds[signal];
    if (!seen || text === undefined || seen.capacity === 0) return [];
    const threshold = text.endsWith('%')
      ? (seen.capacity * Number(text.slice(0, -1))) / 100
      : parseQuantity(text).value();
    return seen.available < threshold ? [{ signal, threshold, available: seen.available }] : [];
  });
}
