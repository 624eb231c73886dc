import type { Ingress } from '@kubets/api';
import { loadBalancerText, validateHostname } from '../core/service/load_balancer_status.ts';
import { define } from '../define.ts';
import { validateLegacyIp } from '../rules/ip_rules.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { networkingKind } from './networking_kinds.ts';
import { validateIngress } from './validate_ingress.ts';

export const ingress = define<Ingress>({
  id: networkingKind('ingresses', 'Ingress', { shortNames: ['ing'] }),
  scope: 'Namespaced',
  storagePath: 'ingress',
  columns: columnsOf<Ingress>(
    textColumn(
      'Class',
      'The class, and so the controller, that serves it.',
      ({ spec }) => spec?.ingressClassName ?? '<none>',
    ),
    textColumn('Hosts', 'Host names that it answers for.', hostsText),
    textColumn('Address', 'Where it is reached.', ({ status }) =>
      loadBalancerText(status?.loadBalancer?.ingress),
    ),
    textColumn('Ports', 'Ports on which it listens.', ({ spec }) => (spec?.tls?.length ? '80, 443' : '80')),
  ),
  generation: 'spec',
  validate: validateIngress,
  warnings: ({ metadata }, old) =>
    metadata.annotations?.['kubernetes.io/ingress.class'] !== undefined && !old
      ? [
          'annotation "kubernetes.io/ingress.class" is deprecated, please use \'spec.ingressClassName\' instead',
        ]
      : [],
  status: {
    initial: () => ({ loadBalancer: {} }),
    validate({ status }, old) {
      const stored = (old.status?.loadBalancer?.ingress ?? []).flatMap(({ ip }) => (ip ? [ip] : []));
      return (status?.loadBalancer?.ingress ?? []).flatMap(({ ip, hostname }, i) => {
        const path = `status.loadBalancer.ingress[${i}]`;
        return [
          ...(ip ? validateLegacyIp(ip, `${path}.ip`, stored) : []),
          ...(hostname ? validateHostname(hostname, `${path}.hostname`) : []),
        ];
      });
    },
  },
});

/** Hosts of the first three rules that have one, and how many rules more. */
function hostsText({ spec }: Ingress): string {
  const rules = spec?.rules ?? [];
  const hosts = rules.flatMap(({ host }) => (host ? [host] : []));
  if (hosts.length === 0) return '*';
  const shown = hosts.slice(0, 3).join(',');
  const third = rules.findIndex(({ host }) => host === hosts[2]);
  const more = hosts.length >= 3 && third < rules.length - 1;
  return more ? `${shown} + ${rules.length - 3} more...` : shown;
}
