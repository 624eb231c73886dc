// Addresses and node ports around the writes of a service: taken before, kept or given back after.
import { type FieldError, internalError, invalid, invalidValue, type Service } from '@kubets/api';
import type { Random } from '@kubets/base';
import { needsClusterIp, needsHealthCheck, needsNodePort } from '@kubets/resources';
import type { Claim, WriteHooks } from '../verbs/write_hooks.ts';
import type { Family } from './address_range.ts';
import { type AddressPool, clusterIpsOf, nodePortsOf, ownerOf, type PortPool, type Taking } from './pools.ts';
import { settleFamilies } from './service_families.ts';

/** Claims that other servers on the same store see; false: someone else has it. */
export interface SharedClaims {
  takeAddress(ip: string, service: Service): Promise<boolean>;
  giveAddress(ip: string, service: Service): Promise<void>;
  takePort(port: number, service: Service): Promise<boolean>;
  givePort(port: number, service: Service): Promise<void>;
  isAddressTaken(ip: string): boolean;
}

export interface ServiceHooksOptions {
  addresses: AddressPool;
  ports: PortPool;
  shared: SharedClaims;
  random: Random;
}

/** Other servers may take what this one has just found free; so many times it looks again. */
const maxTries = 16;

export function serviceHooks(options: ServiceHooksOptions): WriteHooks {
  const write = async (next: Service, old: Service | undefined, dryRun: boolean) => {
    const taking = new ServiceClaim(options, next, dryRun);
    normalizeClusterIps(next, old);
    settleFamilies(next, old, options.addresses.families);
    try {
      await taking.takeAddresses(next, old);
      await taking.takePorts(next, old);
    } catch (error) {
      await taking.undo();
      throw error;
    }
    if (old) taking.free(old, next);
    return taking;
  };
  return {
    beforeCreate: (object: Service, dryRun) => write(object, undefined, dryRun),
    beforeUpdate: (next: Service, old: Service, dryRun) => write(next, old, dryRun),
    async afterDelete(old) {
      await giveAll(options, old as unknown as Service);
    },
  };
}

async function giveAll({ addresses, ports, shared }: ServiceHooksOptions, service: Service): Promise<void> {
  const owner = ownerOf(service);
  for (const ip of clusterIpsOf(service)) {
    addresses.give(ip, owner);
    await shared.giveAddress(ip, service);
  }
  for (const port of nodePortsOf(service)) {
    ports.give(port, owner);
    await shared.givePort(port, service);
  }
}

class ServiceClaim implements Claim {
  readonly #options: ServiceHooksOptions;
  readonly #service: Service;
  readonly #owner: string;
  readonly #dryRun: boolean;
  readonly #undo: (() => Promise<void>)[] = [];
  readonly #free: (() => Promise<void>)[] = [];

  constructor(options: ServiceHooksOptions, service: Service, dryRun: boolean) {
    this.#options = options;
    this.#service = service;
    this.#owner = ownerOf(service);
    this.#dryRun = dryRun;
  }

  async undo(): Promise<void> {
    for (const undo of this.#undo.splice(0).reverse()) await undo();
  }

  async committed(): Promise<void> {
    for (const free of this.#free.splice(0)) await free();
  }

  async takeAddresses(next: Service, old: Service | undefined): Promise<void> {
    const { spec } = next;
    if (!needsClusterIp(next) || spec.clusterIPs?.[0] === 'None') return;
    const kept = new Set(old ? clusterIpsOf(old) : []);
    const ips = [...(spec.clusterIPs ?? [])];
    for (const [i, family] of (spec.ipFamilies ?? []).entries()) {
      const asked = ips[i];
      if (asked && kept.has(asked)) continue;
      ips[i] = asked ? await this.#takeAddress(asked) : await this.#takeAnyAddress(family as Family);
    }
    spec.clusterIPs = ips;
    spec.clusterIP = ips[0];
  }

  async #takeAddress(ip: string): Promise<string> {
    const { addresses, shared } = this.#options;
    const taking = addresses.take(ip, this.#owner);
    if (taking !== 'ok') throw this.#addressError(ip, taking);
    this.#undo.push(async () => addresses.give(ip, this.#owner));
    if (this.#dryRun) return ip;
    if (!(await shared.takeAddress(ip, this.#service))) throw this.#addressError(ip, 'taken');
    this.#undo.push(() => shared.giveAddress(ip, this.#service));
    return ip;
  }

  async #takeAnyAddress(family: Family): Promise<string> {
    const { addresses, shared, random } = this.#options;
    for (let attempt = 1; attempt <= maxTries; attempt++) {
      const ip = addresses.takeAny(family, this.#owner, random, (each) => shared.isAddressTaken(each));
      if (ip === undefined) break;
      const give = async () => addresses.give(ip, this.#owner);
      if (!this.#dryRun && !(await shared.takeAddress(ip, this.#service))) {
        await give();
        continue;
      }
      this.#undo.push(give);
      if (!this.#dryRun) this.#undo.push(() => shared.giveAddress(ip, this.#service));
      return ip;
    }
    throw internalError(
      `failed to allocate a serviceIP for Service "${this.#service.metadata.name}": range is full`,
    );
  }

  #addressError(ip: string, taking: Exclude<Taking, 'ok'>) {
    const why =
      taking === 'taken'
        ? 'provided IP is already allocated'
        : 'the provided network does not match the current range';
    return this.#invalid(
      invalidValue('spec.clusterIPs', this.#service.spec.clusterIPs, `failed to allocate IP ${ip}: ${why}`),
    );
  }

  async takePorts(next: Service, old: Service | undefined): Promise<void> {
    const kept = new Set(old ? nodePortsOf(old) : []);
    if (needsNodePort(next)) {
      // Ports that were asked for first, or one that is found could take their place.
      for (const [i, port] of (next.spec.ports ?? []).entries())
        if (port.nodePort && !kept.has(port.nodePort))
          await this.#takePort(port.nodePort, `spec.ports[${i}].nodePort`);
      for (const port of next.spec.ports ?? []) port.nodePort ||= await this.#takeAnyPort('nodePort');
    }
    if (needsHealthCheck(next)) {
      const asked = next.spec.healthCheckNodePort;
      if (asked && !kept.has(asked)) await this.#takePort(asked, 'spec.healthCheckNodePort');
      next.spec.healthCheckNodePort ||= await this.#takeAnyPort('HealthCheck NodePort');
    }
  }

  async #takePort(port: number, path: string): Promise<void> {
    const { ports, shared } = this.#options;
    const taking = ports.take(port, this.#owner);
    if (taking === 'out of range')
      throw this.#invalid(
        invalidValue(
          path,
          port,
          `provided port is not in the valid range. The range of valid ports is ${ports.from}-${ports.to}`,
        ),
      );
    const taken = () => this.#invalid(invalidValue(path, port, 'provided port is already allocated'));
    if (taking === 'taken') throw taken();
    this.#undo.push(async () => ports.give(port, this.#owner));
    if (this.#dryRun) return;
    if (!(await shared.takePort(port, this.#service))) throw taken();
    this.#undo.push(() => shared.givePort(port, this.#service));
  }

  async #takeAnyPort(what: string): Promise<number> {
    const { ports, shared, random } = this.#options;
    for (let attempt = 1; attempt <= maxTries; attempt++) {
      const port = ports.takeAny(this.#owner, random);
      if (port === undefined) break;
      const give = async () => ports.give(port, this.#owner);
      if (!this.#dryRun && !(await shared.takePort(port, this.#service))) {
        await give();
        continue;
      }
      this.#undo.push(give);
      if (!this.#dryRun) this.#undo.push(() => shared.givePort(port, this.#service));
      return port;
    }
    throw internalError(`failed to allocate a ${what}: range is full`);
  }

  /** After the commit: what `old` had and `next` hasn't. */
  free(old: Service, next: Service): void {
    if (this.#dryRun) return;
    const { addresses, ports, shared } = this.#options;
    const ips = new Set(clusterIpsOf(next));
    const numbers = new Set(nodePortsOf(next));
    for (const ip of clusterIpsOf(old))
      if (!ips.has(ip))
        this.#free.push(async () => {
          addresses.give(ip, this.#owner);
          await shared.giveAddress(ip, old);
        });
    for (const port of nodePortsOf(old))
      if (!numbers.has(port))
        this.#free.push(async () => {
          ports.give(port, this.#owner);
          await shared.givePort(port, old);
        });
  }

  #invalid(error: FieldError) {
    return invalid({ group: '', kind: 'Service' }, this.#service.metadata.name, [error]);
  }
}

// Old clients know only clusterIP, new ones both: whichever was changed wins (API: Service.spec.clusterIPs).
function normalizeClusterIps({ spec }: Service, old: Service | undefined): void {
  if (!old) {
    if (spec.clusterIP && !spec.clusterIPs?.length) spec.clusterIPs = [spec.clusterIP];
    return;
  }
  const before = old.spec;
  const sameIps = JSON.stringify(spec.clusterIPs ?? []) === JSON.stringify(before.clusterIPs ?? []);
  if (spec.clusterIP === before.clusterIP || !sameIps) return;
  if (!spec.clusterIP) delete spec.clusterIPs;
  else spec.clusterIPs = [spec.clusterIP, ...(spec.clusterIPs ?? []).slice(1)];
}
