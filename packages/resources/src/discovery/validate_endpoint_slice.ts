import {
  type DiscoveryV1EndpointPort,
  duplicate,
  type Endpoint,
  type EndpointHints,
  type EndpointSlice,
  type FieldError,
  invalidValue,
  required,
  tooMany,
} from '@kubets/api';
import { validateEndpointIp } from '../core/endpoint_ip.ts';
import { validateGivenOneOf, validateOneOf } from '../rules/enums.ts';
import { sameValue } from '../rules/equality.ts';
import { parseIp } from '../rules/ip_address.ts';
import { validateIp, validateLegacyIp } from '../rules/ip_rules.ts';
import { immutableText } from '../rules/labels.ts';
import { dns1123Label, dns1123Subdomain, labelValue, qualifiedName } from '../rules/names.ts';

export function validateEndpointSlice(slice: EndpointSlice, old?: EndpointSlice): FieldError[] {
  const { addressType, ports = [], endpoints = [] } = slice;
  const sameEndpoints = old !== undefined && sameValue(old.endpoints, endpoints, 'discovery.v1.Endpoint');
  return [
    ...validateOneOf(addressType, ['FQDN', 'IPv4', 'IPv6'], 'addressType'),
    ...validatePorts(ports),
    ...(sameEndpoints ? [] : validateEndpoints(endpoints, addressType)),
  ];
}

export function validateEndpointSliceUpdate(next: EndpointSlice, old: EndpointSlice): FieldError[] {
  return next.addressType === old.addressType
    ? []
    : [invalidValue('addressType', next.addressType ?? '', immutableText)];
}

function validatePorts(ports: DiscoveryV1EndpointPort[]): FieldError[] {
  if (ports.length > 20_000) return [tooMany('ports', ports.length, 20_000)];
  const names = new Set<string>();
  return ports.flatMap(({ name = '', protocol, appProtocol }, i) => {
    const path = `ports[${i}]`;
    const errors = name
      ? dns1123Label(name).map((message) => invalidValue(`${path}.name`, name, message))
      : [];
    if (names.has(name)) errors.push(duplicate(`${path}.name`, name));
    names.add(name);
    errors.push(...validateGivenOneOf(protocol, ['SCTP', 'TCP', 'UDP'], `${path}.protocol`));
    if (appProtocol !== undefined)
      for (const message of qualifiedName(appProtocol))
        errors.push(invalidValue(`${path}.appProtocol`, appProtocol, message));
    return errors;
  });
}

function validateEndpoints(endpoints: Endpoint[], addressType: string): FieldError[] {
  if (endpoints.length > 1000) return [tooMany('endpoints', endpoints.length, 1000)];
  return endpoints.flatMap((endpoint, i) => {
    const path = `endpoints[${i}]`;
    const { addresses = [], nodeName, hostname, hints } = endpoint;
    const errors: FieldError[] = [];
    if (addresses.length === 0) errors.push(required(`${path}.addresses`, 'must contain at least 1 address'));
    if (addresses.length > 100) errors.push(tooMany(`${path}.addresses`, addresses.length, 100));
    addresses.forEach((address, j) => {
      errors.push(...validateAddress(address, addressType, `${path}.addresses`, j));
    });
    if (nodeName !== undefined)
      for (const message of dns1123Subdomain(nodeName))
        errors.push(invalidValue(`${path}.nodeName`, nodeName, message));
    if (hostname !== undefined)
      for (const message of dns1123Label(hostname))
        errors.push(invalidValue(`${path}.hostname`, hostname, message));
    return hints ? [...errors, ...validateHints(hints, `${path}.hints`)] : errors;
  });
}

function validateAddress(address: string, addressType: string, list: string, i: number): FieldError[] {
  const path = `${list}[${i}]`;
  if (addressType === 'FQDN') return validateDomainName(address, path);
  if (addressType !== 'IPv4' && addressType !== 'IPv6') return [];
  const errors = addressType === 'IPv6' ? validateIp(address, path) : validateLegacyIp(address, path);
  if (errors.length > 0) return errors;
  return [
    ...(parseIp(address)?.family === addressType
      ? []
      : [invalidValue(list, address, `must be an ${addressType} address`)]),
    ...validateEndpointIp(address, path),
  ];
}

function validateDomainName(name: string, path: string): FieldError[] {
  if (!name) return [required(path)];
  const bare = name.replace(/\.$/, '');
  const messages = dns1123Subdomain(bare);
  if (messages.length > 0) return [invalidValue(path, bare, messages.join(','))];
  const labels = bare.split('.');
  if (labels.length < 2)
    return [invalidValue(path, bare, 'should be a domain with at least two segments separated by dots')];
  return labels.flatMap((label) => dns1123Label(label).map((message) => invalidValue(path, label, message)));
}

function validateHints({ forZones, forNodes }: EndpointHints, path: string): FieldError[] {
  const check = (list: { name?: string }[] = [], field: string, rule: (name: string) => string[]) => {
    const at = `${path}.${field}`;
    if (list.length > 8) return [tooMany(at, list.length, 8)];
    const seen = new Set<string>();
    return list.flatMap(({ name = '' }, i) => {
      const again = seen.has(name) ? [duplicate(`${at}[${i}].name`, name)] : [];
      seen.add(name);
      return [...again, ...rule(name).map((message) => invalidValue(`${at}[${i}].name`, name, message))];
    });
  };
  return [...check(forZones, 'forZones', labelValue), ...check(forNodes, 'forNodes', dns1123Subdomain)];
}
