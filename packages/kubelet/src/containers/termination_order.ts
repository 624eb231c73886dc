// Sidecars end after the containers that they serve, the last one started first (KEP-753).
import type { Pod } from '@kubets/api';
import type { Clock, Ms } from '@kubets/base';
import { isSidecar } from '../pod/restart_policy.ts';

export interface TerminationOrder {
  /** Resolves when all that must end before `name` have ended, or after `atMostMs`. */
  turn(name: string, atMostMs: Ms): Promise<void>;
  ended(name: string): void;
}

export function terminationOrder(pod: Pod, running: readonly string[], clock: Clock): TerminationOrder {
  const gates = new Map<string, { promise: Promise<void>; open: () => void }>();
  for (const name of running) {
    let open = () => {};
    const promise = new Promise<void>((resolve) => {
      open = resolve;
    });
    gates.set(name, { promise, open });
  }
  const before = predecessors(pod);
  return {
    async turn(name, atMostMs) {
      const waits = (before.get(name) ?? []).flatMap((other) => gates.get(other)?.promise ?? []);
      if (waits.length === 0) return;
      let cancel = () => {};
      const timeUp = new Promise<void>((resolve) => {
        cancel = clock.after(atMostMs, resolve);
      });
      await Promise.race([Promise.all(waits), timeUp]);
      cancel();
    },
    ended: (name) => gates.get(name)?.open(),
  };
}

function predecessors({ spec }: Pod): Map<string, string[]> {
  const before = new Map<string, string[]>();
  const regular = spec.containers.map(({ name }) => name);
  let later: string | undefined;
  for (const container of [...(spec.initContainers ?? [])].reverse()) {
    if (!isSidecar(container)) continue;
    before.set(container.name, later === undefined ? regular : [...regular, later]);
    later = container.name;
  }
  return before;
}
