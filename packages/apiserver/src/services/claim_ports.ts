// Which node ports a write of a service takes: one that is asked for, or any where the type needs one.
import { internalError, invalid, invalidValue, type Service, statusError } from '@kubets/api';
import { needsHealthCheck, needsNodePort } from '@kubets/resources';
import type { ServiceWrite } from './service_hooks.ts';

const maxTries = 16;
/** What a dry run gives out follows the ports that it was asked for, or this. */
const dryRunBase = 32_768;

export async function claimPorts(write: ServiceWrite, old: Service | undefined): Promise<void> {
  const { service } = write;
  const claims = new PortClaims(write);
  const { type } = service.spec;
  if (type === 'NodePort' || type === 'LoadBalancer')
    await (old ? update(claims, service, old) : create(claims, service));
  if (!needsHealthCheck(service) || (old && needsHealthCheck(old))) return;
  const asked = service.spec.healthCheckNodePort;
  if (asked) {
    const why = await claims.take(asked);
    if (why) throw internalError(`failed to allocate requested HealthCheck NodePort ${asked}: ${why}`);
    return;
  }
  const port = await claims.takeAny();
  if (port === undefined) throw internalError('failed to allocate a HealthCheck NodePort 0: range is full');
  service.spec.healthCheckNodePort = port;
}

// The same port number with another protocol shares the node port, so that one DNS service has one.
async function create(claims: PortClaims, service: Service): Promise<void> {
  const ports = service.spec.ports ?? [];
  const given = new Map<number, number>();
  for (const [i, port] of ports.entries()) {
    if (!port.nodePort && !needsNodePort(service)) continue;
    const shared = given.get(port.port);
    if (shared !== undefined) {
      if (!port.nodePort) port.nodePort = shared;
      else if (port.nodePort !== shared) await claims.takeFor(service, i, port.nodePort);
      continue;
    }
    const asked = ports.find((each) => each.port === port.port && each.nodePort)?.nodePort;
    if (asked) await claims.takeFor(service, i, asked);
    port.nodePort = asked ?? (await claims.takeAnyFor());
    given.set(port.port, port.nodePort);
  }
}

async function update(claims: PortClaims, service: Service, old: Service): Promise<void> {
  const kept = new Set((old.spec.ports ?? []).map(({ nodePort }) => nodePort));
  const taken = new Set<number>();
  const seen = new Set<string>();
  for (const [i, port] of (service.spec.ports ?? []).entries()) {
    if (!port.nodePort && !needsNodePort(service)) continue;
    if (!port.nodePort) port.nodePort = await claims.takeAnyFor();
    else if (!kept.has(port.nodePort) && !taken.has(port.nodePort)) {
      await claims.takeFor(service, i, port.nodePort);
      taken.add(port.nodePort);
    }
    const shown = `{${port.protocol} ${port.nodePort}}`;
    if (seen.has(shown)) throw statusError(500, '', `duplicate nodePort: ${shown}`);
    seen.add(shown);
  }
}

class PortClaims {
  readonly #write: ServiceWrite;
  readonly #taken: number[] = [];

  constructor(write: ServiceWrite) {
    this.#write = write;
  }

  async takeFor(service: Service, index: number, port: number): Promise<void> {
    const why = await this.take(port);
    if (!why) return;
    throw invalid({ group: '', kind: 'Service' }, service.metadata.name, [
      invalidValue(`spec.ports[${index}].nodePort`, port, why),
    ]);
  }

  async takeAnyFor(): Promise<number> {
    const port = await this.takeAny();
    if (port === undefined) throw internalError('failed to allocate a nodePort: range is full');
    return port;
  }

  /** Why not; undefined: it is the service's now. */
  async take(port: number): Promise<string | undefined> {
    const { ports, shared, service, owner, dryRun } = this.#write;
    if (dryRun) {
      if (ports.isTaken(port) || this.#taken.includes(port)) return whyNot(ports, 'taken');
      this.#taken.push(port);
      return undefined;
    }
    const taking = this.#taken.includes(port) ? 'taken' : ports.take(port, owner);
    if (taking === 'taken' || taking === 'out of range') return whyNot(ports, taking);
    // As with addresses: what was the service's before stays so.
    if (taking === 'ok') this.#write.onUndo(() => ports.give(port, owner));
    const claim = await shared.takePort(port, service);
    if (claim === 'taken') return whyNot(ports, 'taken');
    if (claim === 'ok') this.#write.onUndo(() => shared.givePort(port, service));
    this.#taken.push(port);
    return undefined;
  }

  async takeAny(): Promise<number | undefined> {
    const { ports, shared, service, owner, random, dryRun } = this.#write;
    if (dryRun) {
      const port = (this.#taken.length ? Math.max(...this.#taken) : dryRunBase) + 1;
      this.#taken.push(port);
      return port;
    }
    for (let attempt = 1; attempt <= maxTries; attempt++) {
      const port = ports.takeAny(owner, random);
      if (port === undefined) return undefined;
      if ((await shared.takePort(port, service)) !== 'taken') {
        this.#write.onUndo(() => ports.give(port, owner));
        this.#write.onUndo(() => shared.givePort(port, service));
        this.#taken.push(port);
        return port;
      }
      ports.give(port, owner);
    }
    return undefined;
  }
}

function whyNot({ from, to }: { from: number; to: number }, taking: 'taken' | 'out of range'): string {
  return taking === 'taken'
    ? 'provided port is already allocated'
    : `provided port is not in the valid range. The range of valid ports is ${from}-${to}`;
}
