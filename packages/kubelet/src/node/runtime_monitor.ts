import { type Clock, type Component, errorMessage, type Logger } from '@kubets/base';
import type { ContainerRuntime } from '../runtime/runtime.ts';
import { type RuntimeFacts, runtimeFacts, unknownRuntime } from './node_facts.ts';

export interface RuntimeMonitor extends Component {
  facts(): RuntimeFacts;
  /** Whether the runtime could be listed, as told by who lists it. */
  listed(problem: string | undefined): void;
}

export interface RuntimeMonitorOptions {
  runtime: ContainerRuntime;
  clock: Clock;
  log: Logger;
  /** The node has become ready, or has ceased to be. */
  changed(): void;
}

const intervalMs = 5_000;
const impatientMs = 200;

/** Asks the runtime how it is, as often as upstream, and more often while it is not well. */
export function createRuntimeMonitor(options: RuntimeMonitorOptions): RuntimeMonitor {
  const { runtime, clock, log, changed } = options;
  let facts = unknownRuntime;
  let listProblem: string | undefined;

  function set(next: RuntimeFacts): void {
    const before = facts.problems.join();
    facts = next;
    if (before !== next.problems.join()) changed();
  }

  async function ask(): Promise<void> {
    try {
      const [version, status] = await Promise.all([runtime.version(), runtime.status()]);
      set(runtimeFacts(version, status));
    } catch (error) {
      log.warn('runtime does not answer', { reason: errorMessage(error) });
      set({ ...facts, problems: ['container runtime is down'] });
    }
  }

  return {
    name: 'runtimeMonitor',
    facts: () =>
      listProblem
        ? { ...facts, problems: [...facts.problems, `PLEG is not healthy: ${listProblem}`] }
        : facts,
    listed(problem) {
      const turned = !problem !== !listProblem;
      listProblem = problem;
      if (turned) changed();
    },
    async run(signal) {
      while (!signal.aborted) {
        await ask();
        // A node that waits for its network is ready the moment that the network is there.
        const pauseMs = facts.problems.length > 0 ? impatientMs : intervalMs;
        await clock.sleep(pauseMs, signal).catch(() => {});
      }
    },
  };
}
