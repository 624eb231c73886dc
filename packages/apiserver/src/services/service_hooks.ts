// Addresses and node ports around the writes of a service: taken before, kept or given back after.
import type { Service } from '@kubets/api';
import type { Random } from '@kubets/base';
import type { Claim, WriteHooks } from '../verbs/write_hooks.ts';
import { claimAddresses } from './claim_addresses.ts';
import { claimPorts } from './claim_ports.ts';
import { type AddressPool, clusterIpsOf, nodePortsOf, ownerOf, type PortPool } from './pools.ts';
import { settleFamilies } from './service_families.ts';

/** Claims that other servers on the same store see. `held`: it was the service's before; `taken`: someone else has it. */
export interface SharedClaims {
  takeAddress(ip: string, service: Service): Promise<'ok' | 'held' | 'taken'>;
  giveAddress(ip: string, service: Service): Promise<void>;
  takePort(port: number, service: Service): Promise<'ok' | 'held' | 'taken'>;
  givePort(port: number, service: Service): Promise<void>;
  isAddressTaken(ip: string): boolean;
}

export interface ServiceHooksOptions {
  addresses: AddressPool;
  ports: PortPool;
  shared: SharedClaims;
  random: Random;
}

/** One write: what was taken for it, to be given back if it fails. */
export interface ServiceWrite extends ServiceHooksOptions {
  service: Service;
  owner: string;
  /** Looks and takes nothing; what it finds is not to be relied on. */
  dryRun: boolean;
  onUndo(give: () => Promise<void> | void): void;
}

export function serviceHooks(options: ServiceHooksOptions): WriteHooks {
  const write = async (next: Service, old: Service | undefined, dryRun: boolean): Promise<Claim> => {
    const undo: (() => Promise<void> | void)[] = [];
    const giveBack = async () => {
      for (const give of undo.splice(0).reverse()) await give();
    };
    const current: ServiceWrite = {
      ...options,
      service: next,
      owner: ownerOf(next),
      dryRun,
      onUndo: (give) => undo.push(give),
    };
    try {
      syncClusterIps(next, old);
      settleFamilies(next, old, options.addresses.families);
      await claimAddresses(current, old);
      await claimPorts(current, old);
    } catch (error) {
      await giveBack();
      throw error;
    }
    return {
      undo: giveBack,
      committed: () => (old && !dryRun ? giveUnused(options, old, next) : undefined),
    };
  };
  return {
    beforeCreate: (object: Service, dryRun) => write(object, undefined, dryRun),
    beforeUpdate: (next: Service, old: Service, dryRun) => write(next, old, dryRun),
    afterDelete: (old) => giveUnused(options, old as unknown as Service, undefined),
  };
}

/** What `old` had and `next` hasn't. */
async function giveUnused(
  { addresses, ports, shared }: ServiceHooksOptions,
  old: Service,
  next: Service | undefined,
): Promise<void> {
  const owner = ownerOf(old);
  const ips = new Set(next && clusterIpsOf(next));
  const numbers = new Set(next && nodePortsOf(next));
  for (const ip of clusterIpsOf(old)) {
    if (ips.has(ip)) continue;
    addresses.give(ip, owner);
    await shared.giveAddress(ip, old);
  }
  for (const port of nodePortsOf(old)) {
    if (numbers.has(port)) continue;
    ports.give(port, owner);
    await shared.givePort(port, old);
  }
}

// Old clients know only clusterIP, new ones both: whichever was changed wins (API: Service.spec.clusterIPs).
function syncClusterIps({ spec }: Service, old: Service | undefined): void {
  if (!old) {
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const before = old.spec;
  const clusterIP = spec.clusterIP ?? '';
  if ((before.clusterIP ?? '') === clusterIP) {
    if (before.clusterIPs?.length && !spec.clusterIPs?.length) spec.clusterIPs = [...before.clusterIPs];
    return;
  }
  const sameIps = JSON.stringify(spec.clusterIPs ?? []) === JSON.stringify(before.clusterIPs ?? []);
  if (!sameIps) return;
  if (!clusterIP) delete spec.clusterIPs;
  else spec.clusterIPs = [clusterIP];
}
