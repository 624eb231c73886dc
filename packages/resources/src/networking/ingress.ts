import {
  type FieldError,
  type HTTPIngressPath,
  type Ingress,
  type IngressBackend,
  invalidValue,
  notSupported,
  required,
} from '@kubets/api';
import { define } from '../define.ts';
import { parseIp } from '../rules/ip_address.ts';
import { dns1035Label, dns1123Subdomain, wildcardSubdomain } from '../rules/names.ts';
import { columnsOf, textColumn } from '../table/columns.ts';

const pathTypes = ['Exact', 'ImplementationSpecific', 'Prefix'];

export const ingress = define<Ingress>({
  id: {
    group: 'networking.k8s.io',
    version: 'v1',
    resource: 'ingresses',
    kind: 'Ingress',
    shortNames: ['ing'],
  },
  scope: 'Namespaced',
  storagePath: 'ingress',
  generation: 'spec',
  status: { initial: () => ({ loadBalancer: {} }) },
  columns: columnsOf<Ingress>(
    textColumn('Class', 'The class, and so the controller, that serves it.', (object) => className(object)),
    textColumn('Hosts', 'Host names that it answers for.', (object) => hosts(object)),
    textColumn('Address', 'Where it is reached.', ({ status }) =>
      (status?.loadBalancer?.ingress ?? []).map((point) => point.ip || point.hostname).join(','),
    ),
    textColumn('Ports', 'Ports on which it listens.', ({ spec }) =>
      (spec?.tls?.length ?? 0) > 0 ? '80, 443' : '80',
    ),
  ),
  validate({ spec }) {
    const problems: FieldError[] = [];
    if ((spec.rules?.length ?? 0) === 0 && !spec.defaultBackend) {
      problems.push(
        invalidValue('spec', spec.rules ?? [], 'either `defaultBackend` or `rules` must be specified'),
      );
    }
    if (spec.defaultBackend) problems.push(...validateBackend(spec.defaultBackend, 'spec.defaultBackend'));
    for (const [index, rule] of (spec.rules ?? []).entries()) {
      const path = `spec.rules[${index}]`;
      if (rule.host) problems.push(...validateHost(rule.host, `${path}.host`));
      if (!rule.http) continue;
      const paths = rule.http.paths ?? [];
      if (paths.length === 0) problems.push(required(`${path}.http.paths`, ''));
      problems.push(...paths.flatMap((item, at) => validatePath(item, `${path}.http.paths[${at}]`)));
    }
    if (spec.ingressClassName !== undefined) {
      for (const message of dns1123Subdomain(spec.ingressClassName)) {
        problems.push(invalidValue('spec.ingressClassName', spec.ingressClassName, message));
      }
    }
    return problems;
  },
});

function validateHost(host: string, path: string): FieldError[] {
  if (parseIp(host)) return [invalidValue(path, host, 'must be a DNS name, not an IP address')];
  const rule = host.includes('*') ? wildcardSubdomain : dns1123Subdomain;
  return rule(host).map((message) => invalidValue(path, host, message));
}

function validatePath(item: HTTPIngressPath, path: string): FieldError[] {
  const problems: FieldError[] = [];
  if (!item.pathType) problems.push(required(`${path}.pathType`, 'pathType must be specified'));
  else if (!pathTypes.includes(item.pathType))
    problems.push(notSupported(`${path}.pathType`, item.pathType, pathTypes));
  else if (item.pathType !== 'ImplementationSpecific' || item.path) {
    if (!item.path?.startsWith('/')) {
      problems.push(invalidValue(`${path}.path`, item.path ?? '', 'must be an absolute path'));
    }
    for (const part of item.pathType === 'ImplementationSpecific'
      ? []
      : ['//', '/./', '/../', '%2f', '%2F']) {
      if (item.path?.includes(part))
        problems.push(invalidValue(`${path}.path`, item.path, `must not contain '${part}'`));
    }
  }
  return [...problems, ...validateBackend(item.backend, `${path}.backend`)];
}

function validateBackend(backend: IngressBackend | undefined, path: string): FieldError[] {
  const { service, resource } = backend ?? {};
  if (service && resource) return [invalidValue(path, '', 'cannot set both resource and service backends')];
  if (resource) return [];
  if (!service) return [required(`${path}.service.name`, '')];
  const problems: FieldError[] = [];
  if (!service.name) problems.push(required(`${path}.service.name`, ''));
  else
    for (const message of dns1035Label(service.name))
      problems.push(invalidValue(`${path}.service.name`, service.name, message));
  const { name, number } = service.port ?? {};
  if (name && number) problems.push(invalidValue(path, '', 'cannot set both port name & port number'));
  else if (!name && !number) problems.push(required(path, 'port name or number is required'));
  return problems;
}

function className({ spec, metadata }: Ingress): string {
  return spec?.ingressClassName ?? metadata.annotations?.['kubernetes.io/ingress.class'] ?? '<none>';
}

/** The first three and how many more. */
function hosts({ spec }: Ingress): string {
  const names = (spec?.rules ?? []).map((rule) => rule.host).filter((host) => host);
  if (names.length === 0) return '*';
  return names.length > 3 ? `${names.slice(0, 3).join(',')} + ${names.length - 3} more...` : names.join(',');
}
