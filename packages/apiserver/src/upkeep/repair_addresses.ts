// Each address of a service has its IPAddress object, and the other way round (KEP-1880).
import { type IPAddress, isNotFound, type KubeObject, type Service } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { parseIp } from '@kubets/resources';
import { clusterIpsOf } from '../services/pools.ts';
import { knownRanges } from '../services/service_ranges.ts';
import { familyLabel, managedBy, managedByLabel, sharedClaims } from '../services/shared_claims.ts';
import { ownRequest } from './own_request.ts';
import { problemReporter } from './report_problem.ts';
import type { UpkeepContext } from './upkeep.ts';

/** An address without a service may be of one that is just being written. */
const graceMs: Ms = 60_000;
/** An address that is younger than its service may be of a write that is being taken back. */
const undoMs: Ms = 5_000;
const collection = '/apis/networking.k8s.io/v1/ipaddresses';
const action = 'ClusterIPAllocation';

export function addressRepair(context: UpkeepContext): () => Promise<void> {
  const { handle, server, serviceCidrs } = context;
  const { reader, routes, clock } = server;
  const claims = sharedClaims(server, () => routes.find('networking.k8s.io', 'v1', 'ipaddresses')?.target);
  const report = problemReporter(context, 'ipallocator-repair-controller');
  const addressOf = (ip: string) =>
    reader.get<IPAddress & KubeObject>('networking.k8s.io', 'ipaddresses', undefined, ip);
  const serviceOf = (namespace = '', name = '') =>
    reader.get<Service & KubeObject>('', 'services', namespace, name);

  async function remove(ip: string): Promise<void> {
    await ownRequest(handle, { method: 'DELETE', path: `${collection}/${ip}` }).catch((error) => {
      if (!isNotFound(error)) throw error;
    });
  }

  async function recreate(ip: string, service: Service): Promise<void> {
    await remove(ip);
    await claims.takeAddress(ip, service);
  }

  async function repairService(service: Service & KubeObject): Promise<void> {
    const { namespace, name } = service.metadata;
    const ranges = knownRanges(reader, serviceCidrs);
    for (const text of clusterIpsOf(service)) {
      const parsed = parseIp(text);
      if (!parsed) {
        const note = `Cluster IP <nil> is not a valid IP; please recreate Service`;
        await report({ about: service, reason: 'ClusterIPNotValid', action: 'ClusterIPValidation', note });
        continue;
      }
      const { text: ip, family } = parsed;
      const tell = (reason: string, note: string) => report({ about: service, reason, action, note });
      if (!ranges.some((range) => range.contains(parsed))) {
        const note = `Cluster IP [${family}]: ${ip} is not within any configured Service CIDR; please recreate service`;
        await tell('ClusterIPOutOfRange', note);
        continue;
      }
      const address = addressOf(ip);
      if (!address) {
        await tell('ClusterIPNotAllocated', `Cluster IP [${family}]: ${ip} is not allocated; repairing`);
        await claims.takeAddress(ip, service);
        continue;
      }
      const parent = address.spec?.parentRef;
      const other = refersToService(address) ? serviceOf(parent?.namespace, parent?.name) : undefined;
      if (!other) {
        const note = `the ClusterIP [${family}]: ${ip} for Service ${namespace}/${name} has a wrong reference; repairing`;
        await tell('ClusterIPNotAllocated', note);
        await recreate(ip, service);
        continue;
      }
      const isOwn = other.metadata.namespace === namespace && other.metadata.name === name;
      if (!isOwn && clusterIpsOf(other).includes(ip)) {
        const note = `Cluster IP [${family}]:${ip} was assigned to multiple services; please recreate service`;
        await tell('ClusterIPAlreadyAllocated', note);
        continue;
      }
      const { labels } = address.metadata;
      if (labels?.[managedByLabel] !== managedBy || labels[familyLabel] !== family)
        await recreate(ip, service);
    }
  }

  async function repairAddress(address: IPAddress & KubeObject): Promise<void> {
    const { name, labels, creationTimestamp = '' } = address.metadata;
    // Those of others are none of this server's business.
    if (labels?.[managedByLabel] !== managedBy) return;
    const clean = async (reason: string, note: string) => {
      await report({ about: address, reason, action: 'IPAddressAllocation', note: `${note} cleaning up` });
      await remove(name);
    };
    const parent = address.spec?.parentRef;
    if (!refersToService(address)) {
      const note = `IPAddress ${name} appears to have been modified, not referencing a Service ${JSON.stringify(parent)}:`;
      return clean('IPAddressNotAllocated', note);
    }
    const age = clock.now() - Date.parse(creationTimestamp);
    const service = serviceOf(parent?.namespace, parent?.name);
    const shown = `IPAddress: ${name} for Service ${parent?.namespace}/${parent?.name}`;
    if (!service) {
      if (age > graceMs) await clean('IPAddressNotAllocated', `${shown} appears to have leaked:`);
      return;
    }
    if (clusterIpsOf(service).includes(name)) return;
    // A service that gets a type which needs an address: that is taken before the service is written.
    if (service.spec.type === 'ExternalName' && age < graceMs) return;
    const isYounger = creationTimestamp > (service.metadata.creationTimestamp ?? '');
    if (isYounger && age < undoMs) return;
    await clean('IPAddressWrongReference', `${shown} has a wrong reference;`);
  }

  return async () => {
    for (const service of reader.list<Service & KubeObject>('', 'services')) await repairService(service);
    for (const address of reader.list<IPAddress & KubeObject>('networking.k8s.io', 'ipaddresses'))
      await repairAddress(address);
  };
}

function refersToService({ spec }: IPAddress): boolean {
  return !spec?.parentRef?.group && spec?.parentRef?.resource === 'services';
}
