import {
  type FieldError,
  forbiddenField,
  invalidValue,
  type NetworkPolicy,
  type NetworkPolicyPeer,
  type NetworkPolicyPort,
  notSupported,
  required,
} from '@kubets/api';
import { define } from '../define.ts';
import { cidrContains, parseCidr } from '../rules/ip_address.ts';
import { validateCidr } from '../rules/ip_rules.ts';
import { validateLabelSelector } from '../rules/labels.ts';
import { portName } from '../rules/names.ts';
import { portNumber } from '../rules/numbers.ts';
import { columnsOf, formatSelector, textColumn } from '../table/columns.ts';

const protocols = ['SCTP', 'TCP', 'UDP'];
const types = ['Egress', 'Ingress'];

export const networkPolicy = define<NetworkPolicy>({
  id: {
    group: 'networking.k8s.io',
    version: 'v1',
    resource: 'networkpolicies',
    kind: 'NetworkPolicy',
    shortNames: ['netpol'],
  },
  scope: 'Namespaced',
  generation: 'spec',
  columns: columnsOf<NetworkPolicy>(
    textColumn('Pod-Selector', 'The pods to which it applies.', ({ spec }) =>
      formatSelector(spec?.podSelector),
    ),
  ),
  defaults({ spec }) {
    for (const rule of [...(spec.ingress ?? []), ...(spec.egress ?? [])]) {
      for (const port of rule.ports ?? []) port.protocol ??= 'TCP';
    }
    // A policy with egress rules governs egress; every policy that does not say governs ingress.
    spec.policyTypes ??= spec.egress && spec.egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
  },
  validate({ spec }) {
    const problems = spec.podSelector ? validateLabelSelector(spec.podSelector, 'spec.podSelector') : [];
    for (const [index, rule] of (spec.ingress ?? []).entries()) {
      const path = `spec.ingress[${index}]`;
      problems.push(...(rule.ports ?? []).flatMap((port, at) => validatePort(port, `${path}.ports[${at}]`)));
      problems.push(...(rule.from ?? []).flatMap((peer, at) => validatePeer(peer, `${path}.from[${at}]`)));
    }
    for (const [index, rule] of (spec.egress ?? []).entries()) {
      const path = `spec.egress[${index}]`;
      problems.push(...(rule.ports ?? []).flatMap((port, at) => validatePort(port, `${path}.ports[${at}]`)));
      problems.push(...(rule.to ?? []).flatMap((peer, at) => validatePeer(peer, `${path}.to[${at}]`)));
    }
    if ((spec.policyTypes?.length ?? 0) > 2) {
      problems.push(
        invalidValue('spec.policyTypes', spec.policyTypes, 'may not specify more than two policyTypes'),
      );
      return problems;
    }
    for (const [index, type] of (spec.policyTypes ?? []).entries()) {
      if (!types.includes(type)) problems.push(notSupported(`spec.policyTypes[${index}]`, type, types));
    }
    return problems;
  },
});

function validatePort(port: NetworkPolicyPort, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (port.protocol && !protocols.includes(port.protocol)) {
    problems.push(notSupported(`${path}.protocol`, port.protocol, protocols));
  }
  if (port.port === undefined) {
    if (port.endPort !== undefined)
      problems.push(required(`${path}.port`, 'must be specified when `endPort` is specified'));
    return problems;
  }
  if (typeof port.port === 'string') {
    problems.push(...portName(port.port).map((message) => invalidValue(`${path}.port`, port.port, message)));
    if (port.endPort !== undefined)
      problems.push(
        invalidValue(`${path}.endPort`, port.endPort, 'may not be specified when `port` is non-numeric'),
      );
    return problems;
  }
  problems.push(...portNumber(port.port).map((message) => invalidValue(`${path}.port`, port.port, message)));
  if (port.endPort !== undefined && port.endPort < port.port) {
    problems.push(invalidValue(`${path}.endPort`, port.endPort, 'must be greater than or equal to `port`'));
  }
  return problems;
}

function validatePeer(peer: NetworkPolicyPeer, path: string): FieldError[] {
  const { podSelector, namespaceSelector, ipBlock } = peer;
  const problems: FieldError[] = [];
  if (podSelector) problems.push(...validateLabelSelector(podSelector, `${path}.podSelector`));
  if (namespaceSelector)
    problems.push(...validateLabelSelector(namespaceSelector, `${path}.namespaceSelector`));
  if (ipBlock) {
    problems.push(...validateCidr(ipBlock.cidr ?? '', `${path}.ipBlock.cidr`));
    const block = parseCidr(ipBlock.cidr ?? '');
    for (const [index, text] of (ipBlock.except ?? []).entries()) {
      const except = parseCidr(text);
      const at = `${path}.ipBlock.except[${index}]`;
      problems.push(...validateCidr(text, at));
      if (
        block &&
        except &&
        !(cidrContains(block, except.network) && except.prefixLength > block.prefixLength)
      ) {
        problems.push(invalidValue(at, text, `must be a strict subset of \`cidr\``));
      }
    }
    if (podSelector || namespaceSelector) {
      problems.push(forbiddenField(path, 'may not specify both ipBlock and another peer'));
    }
  }
  if (!podSelector && !namespaceSelector && !ipBlock) problems.push(required(path, 'must specify a peer'));
  return problems;
}
