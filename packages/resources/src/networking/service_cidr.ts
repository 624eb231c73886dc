import { invalidValue, required, type ServiceCIDR } from '@kubets/api';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { validateCidr } from '../rules/ip_rules.ts';
import { immutableText } from '../rules/labels.ts';
import { columnsOf, textColumn } from '../table/columns.ts';

export const serviceCidr = define<ServiceCIDR>({
  id: { group: 'networking.k8s.io', version: 'v1', resource: 'servicecidrs', kind: 'ServiceCIDR' },
  scope: 'Cluster',
  generation: 'spec',
  status: {},
  columns: columnsOf<ServiceCIDR>(
    textColumn('CIDRs', 'Ranges from which services get addresses.', ({ spec }) => spec?.cidrs?.join(',')),
  ),
  validate({ spec }) {
    const cidrs = spec?.cidrs ?? [];
    if (cidrs.length === 0) return [required('spec.cidrs', 'at least one CIDR required')];
    if (cidrs.length > 2) return [invalidValue('spec', spec, 'may only hold up to 2 values')];
    return cidrs.flatMap((cidr, index) => validateCidr(cidr, `spec.cidrs[${index}]`));
  },
  validateUpdate: (next, old) =>
    sameValue(next.spec?.cidrs, old.spec?.cidrs)
      ? []
      : [invalidValue('spec.cidrs', next.spec?.cidrs, immutableText)],
});
