// The ranges that ServiceCIDR objects add to those a server was started with (KEP-1880).
import type { KubeObject, ServiceCIDR } from '@kubets/api';
import type { Reader } from '../access.ts';
import { AddressRange } from './address_range.ts';

/** Those that give out addresses: not of objects that are going away or that are not ready. */
export function offeredRanges(reader: Reader, own: readonly string[]): AddressRange[] {
  return cidrObjects(reader)
    .filter((object) => !object.metadata.deletionTimestamp && isReady(object))
    .flatMap((object) => rangesOf(object, own));
}

/** All in which an address may be: services keep theirs while a range goes away. */
export function knownRanges(reader: Reader, own: readonly string[]): AddressRange[] {
  return [
    ...own.map((cidr) => new AddressRange(cidr)),
    ...cidrObjects(reader).flatMap((object) => rangesOf(object, own)),
  ];
}

function cidrObjects(reader: Reader): readonly ServiceCIDR[] {
  return reader.list<ServiceCIDR & KubeObject>('networking.k8s.io', 'servicecidrs');
}

// Where no controller runs nobody says: then it is.
function isReady({ status }: ServiceCIDR): boolean {
  const condition = status?.conditions?.find(({ type }) => type === 'Ready');
  return !condition || condition.status === 'True';
}

const parsed = new WeakMap<object, AddressRange[]>();

function rangesOf(object: ServiceCIDR, own: readonly string[]): AddressRange[] {
  let ranges = parsed.get(object);
  if (!ranges) {
    ranges = (object.spec?.cidrs ?? [])
      .filter((cidr) => !own.includes(cidr))
      .map((cidr) => new AddressRange(cidr));
    parsed.set(object, ranges);
  }
  return ranges;
}
