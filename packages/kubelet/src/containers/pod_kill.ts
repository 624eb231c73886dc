import { type ObservedPod, runningContainers } from '../pod/observed.ts';
import { type KillOptions, killContainer } from './container_kill.ts';
import { terminationOrder } from './termination_order.ts';

/** Stops all containers of a pod at once, sidecars last, and then its sandboxes. Rejects when one can't be stopped. */
export async function killPod(options: KillOptions, observed: ObservedPod): Promise<void> {
  const { parts, pod } = options;
  // One whose state nobody knows may be running.
  const alive = [
    ...runningContainers(observed),
    ...observed.containers.filter(({ state }) => state === 'unknown'),
  ];
  const order = terminationOrder(
    pod,
    alive.map(({ name }) => name),
    parts.clock,
  );
  await Promise.all(
    alive.map(async (container) => {
      try {
        await killContainer({ ...options, turn: order.turn }, { container, message: '', reason: '' });
      } finally {
        order.ended(container.name);
      }
    }),
  );
  await Promise.all(observed.sandboxes.map((sandbox) => parts.runtime.stopPodSandbox(sandbox.id)));
}
