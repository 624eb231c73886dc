// Makes claims of addresses and ports agree with the services there are: after a crash between two writes.
import { addressRepair } from './repair_addresses.ts';
import { portRepair } from './repair_ports.ts';
import type { Task, UpkeepContext } from './upkeep.ts';

export function repairServices(context: UpkeepContext): Task {
  const repairAddresses = addressRepair(context);
  const repairPorts = portRepair(context);
  return {
    name: 'service addresses and ports',
    everyMs: 3 * 60_000,
    async run() {
      if (context.server.routes.find('networking.k8s.io', 'v1', 'ipaddresses')) await repairAddresses();
      await repairPorts();
    },
  };
}
