import {
  type EndpointAddress,
  type EndpointPort,
  type Endpoints,
  type FieldError,
  invalidValue,
  required,
} from '@kubets/api';
import { define } from '../define.ts';
import { validateOneOf } from '../rules/enums.ts';
import { sameValue } from '../rules/equality.ts';
import { validateLegacyIp } from '../rules/ip_rules.ts';
import { warnOfIp } from '../rules/ip_warnings.ts';
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../rules/names.ts';
import { portNumber } from '../rules/numbers.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { coreKind } from './core_kinds.ts';
import { validateEndpointIp } from './endpoint_ip.ts';

export const endpoints = define<Endpoints>({
  id: coreKind('endpoints', 'Endpoints', { shortNames: ['ep'] }),
  scope: 'Namespaced',
  storagePath: 'services/endpoints',
  allowCreateOnUpdate: true,
  columns: columnsOf<Endpoints>(
    textColumn('Endpoints', 'Addresses and ports behind the service of this name.', endpointsText),
  ),
  defaults({ subsets }) {
    for (const subset of subsets ?? []) for (const port of subset.ports ?? []) port.protocol ||= 'TCP';
  },
  validate(object, old) {
    const errors = validateSubsets(object);
    // Subsets that were stored under older rules may stay as they are.
    return old && sameValue(old.subsets, object.subsets, 'core.v1.EndpointSubset') ? [] : errors;
  },
  warnings: (object) => [
    'v1 Endpoints is deprecated in v1.33+; use discovery.k8s.io/v1 EndpointSlice',
    ...warnOfAddresses(object),
  ],
});

/** What the controller writes is in order. */
function warnOfAddresses({ metadata, subsets = [] }: Endpoints): string[] {
  if (metadata.labels?.['endpoints.kubernetes.io/managed-by'] === 'endpoint-controller') return [];
  return subsets.flatMap((subset, i) =>
    (['addresses', 'notReadyAddresses'] as const).flatMap((list) =>
      (subset[list] ?? []).flatMap(({ ip }, j) => warnOfIp(ip, `subsets[${i}].${list}[${j}].ip`)),
    ),
  );
}

function validateSubsets({ subsets = [] }: Endpoints): FieldError[] {
  return subsets.flatMap(({ addresses = [], notReadyAddresses = [], ports = [] }, i) => {
    const path = `subsets[${i}]`;
    const none = addresses.length === 0 && notReadyAddresses.length === 0;
    return [
      ...(none ? [required(path, 'must specify `addresses` or `notReadyAddresses`')] : []),
      ...addresses.flatMap((address, j) => validateAddress(address, `${path}.addresses[${j}]`)),
      ...notReadyAddresses.flatMap((address, j) =>
        validateAddress(address, `${path}.notReadyAddresses[${j}]`),
      ),
      ...ports.flatMap((port, j) => validatePort(port, ports.length > 1, `${path}.ports[${j}]`)),
    ];
  });
}

function validateAddress({ ip = '', hostname, nodeName }: EndpointAddress, path: string): FieldError[] {
  const errors = validateLegacyIp(ip, `${path}.ip`);
  if (hostname)
    for (const message of dns1123Label(hostname))
      errors.push(invalidValue(`${path}.hostname`, hostname, message));
  if (nodeName !== undefined)
    for (const message of dns1123Subdomain(nodeName))
      errors.push(invalidValue(`${path}.nodeName`, nodeName, message));
  return [...errors, ...validateEndpointIp(ip, `${path}.ip`)];
}

function validatePort(port: EndpointPort, requireName: boolean, path: string): FieldError[] {
  const { name, appProtocol } = port;
  const number = port.port ?? 0;
  const errors: FieldError[] = [];
  if (name) errors.push(...dns1123Label(name).map((message) => invalidValue(`${path}.name`, name, message)));
  else if (requireName) errors.push(required(`${path}.name`));
  for (const message of portNumber(number)) errors.push(invalidValue(`${path}.port`, number, message));
  errors.push(...validateOneOf(port.protocol, ['SCTP', 'TCP', 'UDP'], `${path}.protocol`));
  if (appProtocol !== undefined)
    for (const message of qualifiedName(appProtocol))
      errors.push(invalidValue(`${path}.appProtocol`, appProtocol, message));
  return errors;
}

function endpointsText({ subsets = [] }: Endpoints): string {
  if (subsets.length === 0) return '<none>';
  const all = subsets.flatMap(({ addresses = [], ports = [] }) =>
    ports.length === 0
      ? addresses.map(({ ip }) => ip ?? '')
      : ports.flatMap(({ port }) =>
          addresses.map(({ ip = '' }) => (ip.includes(':') ? `[${ip}]:${port}` : `${ip}:${port}`)),
        ),
  );
  return firstOf(all);
}

/** The first three, and how many more. */
export function firstOf(all: string[]): string {
  const shown = all.slice(0, 3).join(',');
  return all.length > 3 ? `${shown} + ${all.length - 3} more...` : shown;
}
