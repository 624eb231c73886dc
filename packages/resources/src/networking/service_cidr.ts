import { type FieldError, invalidValue, required, type ServiceCIDR } from '@kubets/api';
import { define } from '../define.ts';
import { parseCidr } from '../rules/ip_address.ts';
import { validateCidr } from '../rules/ip_rules.ts';
import { immutableText } from '../rules/labels.ts';
import { sameShape } from '../same_shape.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { networkingKind } from './networking_kinds.ts';

const path = 'spec.cidrs';

export const serviceCidr = define<ServiceCIDR>({
  id: networkingKind('servicecidrs', 'ServiceCIDR'),
  scope: 'Cluster',
  otherVersions: [sameShape('networking.k8s.io', 'v1', 'v1beta1', 'ServiceCIDR')],
  columns: columnsOf<ServiceCIDR>(
    textColumn('CIDRs', 'Ranges from which services get addresses.', ({ spec }) => spec?.cidrs?.join(',')),
  ),
  validate: ({ spec }, old) => {
    const grows = old?.spec?.cidrs?.length === 1 && spec?.cidrs?.length === 2;
    return old && !grows ? [] : validateCidrs(spec?.cidrs ?? []);
  },
  updateRules: 'first',
  validateUpdate: (next, old) => validateKept(next.spec?.cidrs, old.spec?.cidrs ?? []),
  status: { metadata: 'keep' },
});

function validateCidrs(cidrs: string[]): FieldError[] {
  if (cidrs.length === 0) return [required(path, 'at least one CIDR required')];
  if (cidrs.length > 2) return [invalidValue(path, { CIDRs: cidrs }, 'may only hold up to 2 values')];
  const [first, second] = cidrs.map((cidr) => parseCidr(cidr)?.address.family);
  return [
    ...cidrs.flatMap((cidr, i) => validateCidr(cidr, `${path}[${i}]`)),
    ...(first !== undefined && first === second
      ? [
          invalidValue(
            path,
            cidrs,
            'may specify no more than one IP for each IP family, i.e 192.168.0.0/24 and 2001:db8::/64',
          ),
        ]
      : []),
  ];
}

/** Services hold addresses of the ranges, so none may go; one of the other family may come. */
function validateKept(given: string[] | undefined, old: string[]): FieldError[] {
  const next = given ?? [];
  const grows = old.length === 1 && next.length === 2;
  if (next.length !== old.length && !grows) return [invalidValue(path, given ?? null, immutableText)];
  return old.flatMap((cidr, i) =>
    cidr === next[i] ? [] : [invalidValue(`${path}[${i}]`, next[i], immutableText)],
  );
}
