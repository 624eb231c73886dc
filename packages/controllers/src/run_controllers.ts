import type { Clock, Component, Logger, Random } from '@kubets/base';
import { type Client, createEventRecorder, type EventRecorder, type Informers } from '@kubets/client';
import { Caches } from './runtime/caches.ts';
import { type ControllersConfig, defaultConfig } from './runtime/config.ts';
import type { ControllerDefinition } from './runtime/controller.ts';
import { runController } from './runtime/run_controller.ts';

export interface ControllersOptions extends Partial<ControllersConfig> {
  client: Client;
  /** May be shared with other components; whoever made them runs them. */
  informers: Informers;
  clock: Clock;
  random: Random;
  log: Logger;
  /** Who writes the events of a component; by default a recorder for each. */
  recorderFor?: (component: string) => EventRecorder;
  /** Which of the list run; all when absent. */
  definitions: readonly ControllerDefinition[];
}

/**
 * All controllers as one component. Creates them at once, so that they have asked for their informers before those
 * run. It does not elect a leader: run it under `runWithLease` where several processes have controllers.
 */
export function componentOf(options: ControllersOptions): Component {
  const { client, informers, clock, random, log, recorderFor, definitions, ...chosen } = options;
  const config = { ...defaultConfig, ...withoutUndefined(chosen) };
  const controllers = definitions.flatMap((definition) => {
    const component = definition.component ?? definition.name;
    const caches = new Caches(informers);
    const recorder =
      recorderFor?.(component) ?? createEventRecorder({ client, clock, random, component, log });
    const context = {
      client,
      caches,
      clock,
      random,
      config,
      recorder,
      log: log.with({ controller: definition.name }),
    };
    return definition.create(context).map((controller) => ({ controller, caches, log: context.log }));
  });
  return {
    name: 'controllers',
    async run(signal) {
      // A signal of its own for each: runtimes take many listeners on one signal for a leak.
      const stops = controllers.map(() => new AbortController());
      const onAbort = () => {
        for (const stop of stops) stop.abort(signal.reason);
      };
      if (signal.aborted) onAbort();
      signal.addEventListener('abort', onAbort, { once: true });
      try {
        await Promise.all(
          controllers.map(({ controller, caches, log }, i) =>
            runController(controller, { caches, clock, log, signal: stops[i]!.signal }),
          ),
        );
      } finally {
        signal.removeEventListener('abort', onAbort);
        // One that can't go on takes the others with it.
        onAbort();
      }
    },
  };
}

function withoutUndefined<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}
