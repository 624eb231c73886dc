import {
  type FieldError,
  type HTTPIngressPath,
  type Ingress,
  type IngressBackend,
  type IngressRule,
  type IngressTLS,
  invalidValue,
  notSupported,
  required,
} from '@kubets/api';
import { validateTypedReference } from '../rules/domain_path.ts';
import { parseIp } from '../rules/ip_address.ts';
import { dns1123Label, dns1123Subdomain, portName, wildcardSubdomain } from '../rules/names.ts';
import { portNumber } from '../rules/numbers.ts';

const classAnnotation = 'kubernetes.io/ingress.class';

export function validateIngress({ metadata, spec }: Ingress, old?: Ingress): FieldError[] {
  const { rules = [], defaultBackend, tls = [], ingressClassName: name } = spec;
  const errors: FieldError[] = [];
  if (rules.length === 0 && !defaultBackend)
    errors.push(
      invalidValue('spec', spec.rules ?? null, 'either `defaultBackend` or `rules` must be specified'),
    );
  if (defaultBackend) errors.push(...validateBackend(defaultBackend, 'spec.defaultBackend'));
  // Rules with a wildcard were once not looked at, and what was stored then stays good.
  const looseWildcards = (old?.spec.rules ?? []).some(
    (rule) => rule.host?.includes('*') && validatePaths(rule, '').length > 0,
  );
  rules.forEach((rule, i) => {
    const path = `spec.rules[${i}]`;
    if (rule.host) errors.push(...validateHost(rule.host, `${path}.host`));
    if (!looseWildcards || !rule.host?.includes('*')) errors.push(...validatePaths(rule, path));
  });
  errors.push(...validateTls(tls, old?.spec.tls ?? []));
  if (name !== undefined)
    for (const message of dns1123Subdomain(name))
      errors.push(invalidValue('spec.ingressClassName', name, message));
  const annotation = metadata.annotations?.[classAnnotation];
  if (!old && annotation !== undefined && name !== undefined && annotation !== name)
    errors.push(
      invalidValue(
        `annotations.${classAnnotation}`,
        annotation,
        'must match `ingressClassName` when both are specified',
      ),
    );
  return errors;
}

function validateHost(host: string, path: string): FieldError[] {
  const rule = host.includes('*') ? wildcardSubdomain : dns1123Subdomain;
  return [
    ...(parseIp(host) ? [invalidValue(path, host, 'must be a DNS name, not an IP address')] : []),
    ...rule(host).map((message) => invalidValue(path, host, message)),
  ];
}

function validatePaths({ http }: IngressRule, path: string): FieldError[] {
  if (!http) return [];
  const paths = http.paths ?? [];
  if (paths.length === 0) return [required(`${path}.http.paths`)];
  return paths.flatMap((item, i) => validatePath(item, `${path}.http.paths[${i}]`));
}

function validatePath(item: HTTPIngressPath, path: string): FieldError[] {
  const { pathType, path: value = '' } = item;
  if (pathType === undefined) return [required(`${path}.pathType`, 'pathType must be specified')];
  const errors: FieldError[] = [];
  const fault = (text: string) => errors.push(invalidValue(`${path}.path`, value, text));
  if (pathType === 'Exact' || pathType === 'Prefix') {
    if (!value.startsWith('/')) fault('must be an absolute path');
    for (const part of ['//', '/./', '/../', '%2f', '%2F'])
      if (value.includes(part)) fault(`must not contain '${part}'`);
    for (const end of ['/..', '/.']) if (value.endsWith(end)) fault(`cannot end with '${end}'`);
  } else if (pathType === 'ImplementationSpecific') {
    if (value && !value.startsWith('/')) fault('must be an absolute path');
  } else
    errors.push(notSupported(`${path}.pathType`, pathType, ['Exact', 'ImplementationSpecific', 'Prefix']));
  return [...errors, ...validateBackend(item.backend ?? {}, `${path}.backend`)];
}

function validateBackend({ service, resource }: IngressBackend, path: string): FieldError[] {
  if (service && resource) return [invalidValue(path, '', 'cannot set both resource and service backends')];
  if (resource) return validateTypedReference(resource, `${path}.resource`);
  if (!service) return [invalidValue(path, '', 'resource or service backend is required')];
  const errors: FieldError[] = service.name
    ? dns1123Label(service.name).map((message) => invalidValue(`${path}.service.name`, service.name, message))
    : [required(`${path}.service.name`)];
  const { name, number } = service.port ?? {};
  if (name && number) errors.push(invalidValue(path, '', 'cannot set both port name & port number'));
  else if (name)
    for (const message of portName(name))
      errors.push(invalidValue(`${path}.service.port.name`, name, message));
  else if (number)
    for (const message of portNumber(number))
      errors.push(invalidValue(`${path}.service.port.number`, number, message));
  else errors.push(required(path, 'port name or number is required'));
  return errors;
}

function validateTls(tls: IngressTLS[], old: IngressTLS[]): FieldError[] {
  const secretFaults = ({ secretName }: IngressTLS) => (secretName ? dns1123Subdomain(secretName) : []);
  const looseSecrets = old.some((entry) => secretFaults(entry).length > 0);
  return tls.flatMap((entry, i) => {
    const path = `spec.tls[${i}]`;
    return [
      ...(entry.hosts ?? []).flatMap((host, j) => {
        const rule = host.includes('*') ? wildcardSubdomain : dns1123Subdomain;
        return rule(host).map((message) => invalidValue(`${path}.hosts[${j}]`, host, message));
      }),
      ...(looseSecrets ? [] : secretFaults(entry)).map((message) =>
        invalidValue(`${path}.secretName`, entry.secretName, message),
      ),
    ];
  });
}
