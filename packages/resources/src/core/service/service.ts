import type { Service, ServicePort } from '@kubets/api';
import { define } from '../../define.ts';
import { nameIsLabel } from '../../rules/names.ts';
import { columnsOf, formatLabels, textColumn, wide } from '../../table/columns.ts';
import { defaultService } from './default_service.ts';
import { dropUnused, keepAllocated } from './keep_allocated.ts';
import { loadBalancerText, validateLoadBalancerStatus } from './load_balancer_status.ts';
import { validateClusterIpsUpdate } from './validate_cluster_ips.ts';
import { validateService, validateServiceUpdate } from './validate_service.ts';
import { warnOfService } from './warn_of_service.ts';

export const service = define<Service>({
  id: {
    group: '',
    version: 'v1',
    resource: 'services',
    kind: 'Service',
    shortNames: ['svc'],
    categories: ['all'],
  },
  scope: 'Namespaced',
  storagePath: 'services/specs',
  allowCreateOnUpdate: true,
  columns: columnsOf<Service>(
    textColumn('Type', 'How the service is reached.', ({ spec }) => spec.type),
    textColumn(
      'Cluster-IP',
      'Its address within the cluster.',
      ({ spec }) => spec.clusterIPs?.[0] ?? '<none>',
    ),
    textColumn('External-IP', 'Where it is reached from outside of the cluster.', externalIp),
    textColumn('Port(s)', 'Ports, with those on nodes, and their protocols.', ({ spec }) =>
      portsText(spec.ports),
    ),
    wide(textColumn('Selector', 'Labels of the pods behind it.', ({ spec }) => formatLabels(spec.selector))),
  ),
  defaults: defaultService,
  // RFC 1123 names since RelaxedServiceNameValidation (KEP-5311).
  validateName: nameIsLabel,
  status: {
    initial: () => ({ loadBalancer: {} }),
    validate: (next, old) =>
      validateLoadBalancerStatus(
        next.status?.loadBalancer,
        old.status?.loadBalancer,
        next.spec.type === 'LoadBalancer',
      ),
  },
  prepareCreate: dropInternalPolicy,
  prepareUpdate(next, old) {
    keepAllocated(next, old);
    dropUnused(next, old);
    dropInternalPolicy(next);
  },
  validate: validateService,
  warnings: warnOfService,
  updateRules: 'first',
  validateUpdate: (next, old) => [
    ...validateClusterIpsUpdate(next, old),
    ...validateServiceUpdate(next, old),
  ],
  subresources: [
    {
      name: 'proxy',
      verbs: ['create', 'delete', 'get', 'patch', 'update'],
      kind: { group: '', version: 'v1', kind: 'ServiceProxyOptions' },
    },
  ],
  selectableFields: {
    'spec.clusterIP': ({ spec }) => spec.clusterIP ?? '',
    'spec.type': ({ spec }) => spec.type ?? '',
  },
});

// A name outside has no endpoints to choose from: the policy is shown of no such service.
function dropInternalPolicy({ spec }: Service): void {
  const known = spec.internalTrafficPolicy === 'Cluster' || spec.internalTrafficPolicy === 'Local';
  if (spec.type === 'ExternalName' && known) delete spec.internalTrafficPolicy;
}

function externalIp({ spec, status }: Service): string {
  const own = spec.externalIPs ?? [];
  if (spec.type === 'ExternalName') return spec.externalName ?? '';
  if (spec.type !== 'LoadBalancer') return own.join(',') || '<none>';
  const given = loadBalancerText(status?.loadBalancer?.ingress);
  return [...(given ? [given] : []), ...own].join(',') || '<pending>';
}

function portsText(ports: ServicePort[] = []): string {
  const texts = ports.map(({ port, nodePort, protocol }) =>
    nodePort ? `${port}:${nodePort}/${protocol}` : `${port}/${protocol}`,
  );
  return texts.join(',') || '<none>';
}
