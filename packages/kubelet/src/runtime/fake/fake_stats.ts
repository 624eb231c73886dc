// What simulated containers use: what their pod's annotations say, so that autoscalers have something to see.
import { parseQuantity } from '@kubets/api';
import { ContainerState } from '@kubets/api/generated/cri.ts';
import type { Clock } from '@kubets/base';
import type { ContainerRuntime } from '../runtime.ts';
import { simPrefix } from './fake_process.ts';
import type { FakeContainer, FakeState } from './fake_state.ts';

/** `sim.kubets.io/cpu: 250m` and `sim.kubets.io/memory: 64Mi`, for each container or `<container>.cpu` for one. */
export function fakeStats({
  state,
  clock,
}: {
  state: FakeState;
  clock: Clock;
}): Pick<ContainerRuntime, 'listContainerStats'> {
  return {
    async listContainerStats() {
      const timestamp = clock.now() * 1e6;
      return state
        .selectContainers({ state: { state: ContainerState.CONTAINER_RUNNING } })
        .map((container) => {
          const { status } = container;
          const cpu = said(container, 'cpu', '1m');
          const memory = said(container, 'memory', '16Mi');
          const nanoCores = parseQuantity(cpu).milliValue() * 1e6;
          const ranSeconds = (timestamp - (status.startedAt ?? timestamp)) / 1e9;
          const bytes = { value: parseQuantity(memory).value() };
          return {
            attributes: {
              id: status.id,
              metadata: status.metadata,
              labels: status.labels,
              annotations: status.annotations,
            },
            cpu: {
              timestamp,
              usageNanoCores: { value: nanoCores },
              usageCoreNanoSeconds: { value: Math.round(nanoCores * ranSeconds) },
            },
            memory: { timestamp, workingSetBytes: bytes, usageBytes: bytes, rssBytes: bytes },
            writableLayer: { timestamp, usedBytes: { value: 0 }, inodesUsed: { value: 0 } },
          };
        });
    },
  };
}

function said({ status, sandbox }: FakeContainer, resource: string, otherwise: string): string {
  const annotations = sandbox.config.annotations ?? {};
  const name = status.metadata?.name;
  return (
    annotations[`${simPrefix}${name}.${resource}`] ?? annotations[`${simPrefix}${resource}`] ?? otherwise
  );
}
