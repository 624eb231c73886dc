import {
  duplicate,
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
  type Service,
  type ServicePort,
} from '@kubets/api';
import { validateGivenOneOf, validateOneOf } from '../../rules/enums.ts';
import { validateLegacyCidr, validateLegacyIp } from '../../rules/ip_rules.ts';
import { validateLabels } from '../../rules/labels.ts';
import { dns1123Label, dns1123Subdomain, qualifiedName } from '../../rules/names.ts';
import { portNumber } from '../../rules/numbers.ts';
import { validateEndpointIp } from '../endpoint_ip.ts';
import { validatePortOrName } from '../pod/validate_handler.ts';
import { isExternallyAccessible, isHeadless, needsHealthCheck } from './default_service.ts';
import { validateClusterIps } from './validate_cluster_ips.ts';

export function validateService(service: Service, old?: Service): FieldError[] {
  const { spec } = service;
  const ports = spec.ports ?? [];
  const errors: FieldError[] = [];
  if (ports.length === 0 && !isHeadless(service) && spec.type !== 'ExternalName')
    errors.push(required('spec.ports'));
  if ((spec.type === 'LoadBalancer' || spec.type === 'NodePort') && isHeadless(service))
    errors.push(
      invalidValue('spec.clusterIPs[0]', 'None', `may not be set to 'None' for ${spec.type} services`),
    );
  if (spec.type === 'ExternalName') errors.push(...validateExternalName(service));
  errors.push(...validatePorts(service));
  errors.push(...validateLabels(spec.selector, 'spec.selector'));
  errors.push(...validateAffinity(service));
  if (spec.type !== 'ExternalName') errors.push(...validateClusterIps(service, old));
  spec.externalIPs?.forEach((ip, i) => {
    const faults = validateLegacyIp(ip, `spec.externalIPs[${i}]`, old?.spec.externalIPs);
    errors.push(...(faults.length > 0 ? faults : validateEndpointIp(ip, `spec.externalIPs[${i}]`)));
  });
  errors.push(
    ...validateOneOf(spec.type, ['ClusterIP', 'ExternalName', 'LoadBalancer', 'NodePort'], 'spec.type'),
  );
  return [...errors, ...validateLoadBalancer(service, old), ...validateTraffic(service)];
}

function validateExternalName({ spec }: Service): FieldError[] {
  const name = spec.externalName?.replace(/\.$/, '');
  const unused = (['clusterIPs', 'ipFamilies', 'ipFamilyPolicy'] as const).filter(
    (field) => spec[field]?.length,
  );
  return [
    ...unused.map((field) => forbiddenField(`spec.${field}`, 'may not be set for ExternalName services')),
    ...(name
      ? dns1123Subdomain(name).map((message) => invalidValue('spec.externalName', name, message))
      : [required('spec.externalName')]),
  ];
}

function validatePorts({ spec }: Service): FieldError[] {
  const ports = spec.ports ?? [];
  const errors: FieldError[] = [];
  const names = new Set<string>();
  ports.forEach((port, i) => {
    const path = `spec.ports[${i}]`;
    errors.push(...validatePort(port, path, ports.length > 1));
    if (port.name && names.has(port.name)) errors.push(duplicate(`${path}.name`, port.name));
    if (port.name) names.add(port.name);
  });
  if (spec.type === 'ClusterIP')
    ports.forEach(({ nodePort }, i) => {
      if (nodePort)
        errors.push(
          forbiddenField(`spec.ports[${i}].nodePort`, "may not be used when `type` is 'ClusterIP'"),
        );
    });
  const taken = new Set<string>();
  ports.forEach(({ protocol, nodePort }, i) => {
    if (!nodePort) return;
    const key = `node ${protocol}/${nodePort}`;
    if (taken.has(key)) errors.push(duplicate(`spec.ports[${i}].nodePort`, nodePort));
    taken.add(key);
  });
  ports.forEach(({ protocol, port }, i) => {
    const key = `${protocol}/${port}`;
    if (taken.has(key)) errors.push(duplicate(`spec.ports[${i}]`, portShown(protocol, port)));
    taken.add(key);
  });
  return errors;
}

/** As upstream's internal type prints: every field, by its Go name. */
function portShown(protocol: string | undefined, port: number): object {
  return { Name: '', Protocol: protocol, AppProtocol: null, Port: port, TargetPort: 0, NodePort: 0 };
}

function validatePort(port: ServicePort, path: string, requireName: boolean): FieldError[] {
  const { name, appProtocol } = port;
  const number = port.port ?? 0;
  const errors: FieldError[] = [];
  if (name) errors.push(...dns1123Label(name).map((message) => invalidValue(`${path}.name`, name, message)));
  else if (requireName) errors.push(required(`${path}.name`));
  errors.push(...portNumber(number).map((message) => invalidValue(`${path}.port`, number, message)));
  errors.push(...validateOneOf(port.protocol, ['SCTP', 'TCP', 'UDP'], `${path}.protocol`));
  errors.push(...validatePortOrName(port.targetPort, `${path}.targetPort`));
  if (appProtocol !== undefined)
    for (const message of qualifiedName(appProtocol))
      errors.push(invalidValue(`${path}.appProtocol`, appProtocol, message));
  return errors;
}

const maxAffinitySeconds = 86_400;

function validateAffinity({ spec }: Service): FieldError[] {
  const path = 'spec.sessionAffinityConfig';
  const config = spec.sessionAffinityConfig;
  const errors = validateOneOf(spec.sessionAffinity, ['ClientIP', 'None'], 'spec.sessionAffinity');
  if (spec.sessionAffinity === 'None' && config)
    errors.push(forbiddenField(path, 'must not be set when session affinity is None'));
  if (spec.sessionAffinity !== 'ClientIP') return errors;
  const when = 'when session affinity type is ClientIP';
  const seconds = config?.clientIP?.timeoutSeconds;
  if (!config) errors.push(required(path, when));
  else if (!config.clientIP) errors.push(required(`${path}.clientIP`, when));
  else if (seconds === undefined) errors.push(required(`${path}.clientIP.timeoutSeconds`, when));
  else if (seconds <= 0 || seconds > maxAffinitySeconds)
    errors.push(
      invalidValue(
        `${path}.clientIP.timeoutSeconds`,
        seconds,
        `must be greater than 0 and less than ${maxAffinitySeconds}`,
      ),
    );
  return errors;
}

const rangesAnnotation = 'service.beta.kubernetes.io/load-balancer-source-ranges';

const onlyBalancers = "may only be used when `type` is 'LoadBalancer'";

function validateLoadBalancer({ spec, metadata }: Service, old: Service | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const isBalancer = spec.type === 'LoadBalancer';
  const annotation = metadata.annotations?.[rangesAnnotation];
  if (spec.loadBalancerSourceRanges?.length) {
    const path = 'spec.LoadBalancerSourceRanges';
    const stored = old?.spec.loadBalancerSourceRanges?.map((range) => range.trim());
    if (!isBalancer) errors.push(forbiddenField(path, onlyBalancers));
    spec.loadBalancerSourceRanges.forEach((range, i) => {
      errors.push(...validateLegacyCidr(range.trim(), `${path}[${i}]`, stored));
    });
  } else if (annotation !== undefined) {
    const path = `metadata.annotations[${rangesAnnotation}]`;
    if (!isBalancer) errors.push(forbiddenField(path, onlyBalancers));
    if (old?.metadata.annotations?.[rangesAnnotation] !== annotation && annotation.trim() !== '')
      for (const range of annotation.split(',')) errors.push(...validateLegacyCidr(range.trim(), path));
  }
  if (spec.allocateLoadBalancerNodePorts !== undefined && !isBalancer)
    errors.push(forbiddenField('spec.allocateLoadBalancerNodePorts', onlyBalancers));
  if (isBalancer && spec.allocateLoadBalancerNodePorts === undefined)
    errors.push(required('allocateLoadBalancerNodePorts'));
  return [...errors, ...validateClass(spec)];
}

function validateClass({ type, loadBalancerClass: name }: Service['spec']): FieldError[] {
  const path = 'spec.loadBalancerClass';
  if (name === undefined) return [];
  return type === 'LoadBalancer'
    ? qualifiedName(name).map((message) => invalidValue(path, name, message))
    : [forbiddenField(path, onlyBalancers)];
}

function validateTraffic(service: Service): FieldError[] {
  const { spec } = service;
  const errors: FieldError[] = [];
  if (isExternallyAccessible(service))
    errors.push(
      ...validateOneOf(spec.externalTrafficPolicy, ['Cluster', 'Local'], 'spec.externalTrafficPolicy'),
    );
  else if (spec.externalTrafficPolicy)
    errors.push(
      invalidValue(
        'spec.externalTrafficPolicy',
        spec.externalTrafficPolicy,
        'may only be set for externally-accessible services',
      ),
    );
  const healthPort = spec.healthCheckNodePort;
  if (!needsHealthCheck(service)) {
    if (healthPort)
      errors.push(
        invalidValue(
          'spec.healthCheckNodePort',
          healthPort,
          "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'",
        ),
      );
  } else if (!healthPort) errors.push(required('spec.healthCheckNodePort'));
  else
    for (const message of portNumber(healthPort))
      errors.push(invalidValue('spec.healthCheckNodePort', healthPort, message));
  const policy = spec.internalTrafficPolicy;
  if (policy === undefined ? spec.type !== 'ExternalName' : !['Cluster', 'Local'].includes(policy))
    errors.push(...validateGivenOneOf(policy, ['Cluster', 'Local'], 'spec.internalTrafficPolicy'));
  const distributions = ['PreferClose', 'PreferSameZone', 'PreferSameNode'];
  const distribution = spec.trafficDistribution;
  if (distribution !== undefined && !distributions.includes(distribution))
    errors.push(notSupported('spec.trafficDistribution', distribution, distributions));
  return errors;
}

export function validateServiceUpdate(next: Service, old: Service): FieldError[] {
  const errors: FieldError[] = [];
  const balancers = next.spec.type === 'LoadBalancer' && old.spec.type === 'LoadBalancer';
  if (balancers && next.spec.loadBalancerClass !== old.spec.loadBalancerClass)
    errors.push(
      invalidValue('spec.loadBalancerClass', next.spec.loadBalancerClass ?? null, 'may not change once set'),
    );
  errors.push(...validateClass(next.spec));
  const checked = needsHealthCheck(next) && needsHealthCheck(old);
  if (checked && next.spec.healthCheckNodePort !== old.spec.healthCheckNodePort)
    errors.push(forbiddenField('spec.healthCheckNodePort', 'field is immutable'));
  return errors;
}
