import {
  deepEqual,
  type FieldError,
  forbiddenField,
  type IPBlock,
  invalidValue,
  type NetworkPolicy,
  type NetworkPolicyPeer,
  type NetworkPolicyPort,
  type NetworkPolicySpec,
  notSupported,
  required,
} from '@kubets/api';
import { define } from '../define.ts';
import { cidrContains, parseCidr } from '../rules/ip_address.ts';
import { validateLegacyCidr } from '../rules/ip_rules.ts';
import { warnOfCidr } from '../rules/ip_warnings.ts';
import { type SelectorOptions, validateLabelSelector } from '../rules/labels.ts';
import { portName } from '../rules/names.ts';
import { notActedOn } from '../rules/not_acted_on.ts';
import { portNumber } from '../rules/numbers.ts';
import { columnsOf, formatSelector, textColumn } from '../table/columns.ts';
import { networkingKind } from './networking_kinds.ts';

const notEnforced = notActedOn('network policies are not enforced yet');

export const networkPolicy = define<NetworkPolicy>({
  id: networkingKind('networkpolicies', 'NetworkPolicy', { shortNames: ['netpol'] }),
  scope: 'Namespaced',
  columns: columnsOf<NetworkPolicy>(
    textColumn('Pod-Selector', 'The pods to which it applies.', ({ spec }) =>
      formatSelector(spec?.podSelector),
    ),
  ),
  prepareCreate({ metadata }) {
    metadata.generation = 1;
  },
  // An empty list is another spec than none to upstream, though it is stored as the same.
  prepareUpdate(next, old) {
    if (!deepEqual(next.spec ?? {}, old.spec ?? {}))
      next.metadata.generation = (old.metadata.generation ?? 0) + 1;
  },
  warnings: (policy) => [...notEnforced(), ...warnOfBlocks(policy)],
  defaults({ spec = {} }) {
    spec.podSelector ??= {};
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])])
      for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
    // A policy that does not say is about ingress, and about egress if it has rules of it.
    if (!spec.policyTypes?.length)
      spec.policyTypes = spec.egress?.length ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  validate: ({ spec = {} }, old) => validateSpec(spec, old?.spec),
});

interface Options extends SelectorOptions {
  storedCidrs: string[];
}

function validateSpec(spec: NetworkPolicySpec, old: NetworkPolicySpec | undefined): FieldError[] {
  const options: Options = {
    allowInvalidValues: old !== undefined && validateLabelSelector(old.podSelector, '').length > 0,
    storedCidrs: old ? cidrsOf(old) : [],
  };
  const errors = validateLabelSelector(spec.podSelector, 'spec.podSelector', options);
  spec.ingress?.forEach(({ ports, from }, i) => {
    const path = `spec.ingress[${i}]`;
    errors.push(...validatePorts(ports, `${path}.ports`), ...validatePeers(from, `${path}.from`, options));
  });
  spec.egress?.forEach(({ ports, to }, i) => {
    const path = `spec.egress[${i}]`;
    errors.push(...validatePorts(ports, `${path}.ports`), ...validatePeers(to, `${path}.to`, options));
  });
  const types = spec.policyTypes ?? [];
  if (types.length > 2)
    return [...errors, invalidValue('spec.policyTypes', types, 'may not specify more than two policyTypes')];
  types.forEach((type, i) => {
    if (type !== 'Ingress' && type !== 'Egress')
      errors.push(notSupported(`spec.policyTypes[${i}]`, type, ['Ingress', 'Egress']));
  });
  return errors;
}

function cidrsOf({ ingress = [], egress = [] }: NetworkPolicySpec): string[] {
  const peers = [...ingress.flatMap(({ from = [] }) => from), ...egress.flatMap(({ to = [] }) => to)];
  return peers.flatMap(({ ipBlock }) => (ipBlock ? [ipBlock.cidr, ...(ipBlock.except ?? [])] : []));
}

function validatePorts(ports: NetworkPolicyPort[] = [], path: string): FieldError[] {
  return ports.flatMap(({ protocol, port, endPort }, i) => {
    const at = `${path}[${i}]`;
    const errors: FieldError[] = [];
    const faultOfEnd = (value: number, text: string) =>
      errors.push(invalidValue(`${at}.endPort`, value, text));
    if (protocol !== undefined && !['TCP', 'UDP', 'SCTP'].includes(protocol))
      errors.push(notSupported(`${at}.protocol`, protocol, ['TCP', 'UDP', 'SCTP']));
    if (port === undefined) {
      if (endPort !== undefined) faultOfEnd(endPort, 'may not be specified when `port` is not specified');
    } else if (typeof port === 'number') {
      for (const message of portNumber(port)) errors.push(invalidValue(`${at}.port`, port, message));
      if (endPort !== undefined && endPort < port)
        faultOfEnd(port, 'must be greater than or equal to `port`');
      if (endPort !== undefined) for (const message of portNumber(endPort)) faultOfEnd(endPort, message);
    } else {
      if (endPort !== undefined) faultOfEnd(endPort, 'may not be specified when `port` is non-numeric');
      for (const message of portName(port)) errors.push(invalidValue(`${at}.port`, port, message));
    }
    return errors;
  });
}

function validatePeers(peers: NetworkPolicyPeer[] = [], path: string, options: Options): FieldError[] {
  return peers.flatMap(({ podSelector, namespaceSelector, ipBlock }, i) => {
    const at = `${path}[${i}]`;
    if (!podSelector && !namespaceSelector && !ipBlock) return [required(at, 'must specify a peer')];
    return [
      ...validateLabelSelector(podSelector, `${at}.podSelector`, options),
      ...validateLabelSelector(namespaceSelector, `${at}.namespaceSelector`, options),
      ...(ipBlock ? validateIpBlock(ipBlock, `${at}.ipBlock`, options) : []),
      ...(ipBlock && (podSelector || namespaceSelector)
        ? [forbiddenField(at, 'may not specify both ipBlock and another peer')]
        : []),
    ];
  });
}

function validateIpBlock(
  { cidr, except = [] }: IPBlock,
  path: string,
  { storedCidrs }: Options,
): FieldError[] {
  if (!cidr) return [required(`${path}.cidr`)];
  const errors = validateLegacyCidr(cidr, `${path}.cidr`, storedCidrs);
  const block = parseCidr(cidr);
  if (!block) return errors;
  except.forEach((text, i) => {
    const at = `${path}.except[${i}]`;
    errors.push(...validateLegacyCidr(text, at, storedCidrs));
    const part = parseCidr(text);
    if (part && !(cidrContains(block, part.network) && part.prefixLength > block.prefixLength))
      errors.push(invalidValue(at, text, 'must be a strict subset of `cidr`'));
  });
  return errors;
}

function warnOfBlocks({ spec = {} }: NetworkPolicy): string[] {
  const peers = [
    ...(spec.ingress ?? []).flatMap(({ from = [] }, i) =>
      from.map(({ ipBlock }, j) => ({ ipBlock, at: `spec.ingress[${i}].from[${j}].ipBlock` })),
    ),
    ...(spec.egress ?? []).flatMap(({ to = [] }, i) =>
      to.map(({ ipBlock }, j) => ({ ipBlock, at: `spec.egress[${i}].to[${j}].ipBlock` })),
    ),
  ];
  return peers.flatMap(({ ipBlock, at }) => [
    ...warnOfCidr(ipBlock?.cidr, `${at}.cidr`),
    ...(ipBlock?.except ?? []).flatMap((cidr, i) => warnOfCidr(cidr, `${at}.except[${i}]`)),
  ]);
}
