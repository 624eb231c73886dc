import { type FieldError, type IPAddress, invalidValue, type ParentReference, required } from '@kubets/api';
import { define } from '../define.ts';
import { validateSegment } from '../rules/domain_path.ts';
import { sameValue } from '../rules/equality.ts';
import { goStruct } from '../rules/go_struct.ts';
import { parseIp } from '../rules/ip_address.ts';
import { immutableText } from '../rules/labels.ts';
import { dns1123Subdomain, pathSegmentName } from '../rules/names.ts';
import { sameShape } from '../same_shape.ts';
import { ageColumn, nameColumn, textColumn } from '../table/columns.ts';
import { networkingKind } from './networking_kinds.ts';

export const ipAddress = define<IPAddress>({
  id: networkingKind('ipaddresses', 'IPAddress', { shortNames: ['ip'] }),
  scope: 'Cluster',
  otherVersions: [sameShape('networking.k8s.io', 'v1', 'v1beta1', 'IPAddress')],
  columns: [
    nameColumn,
    textColumn<IPAddress>('ParentRef', 'What has the address.', parentText),
    { ...ageColumn, withoutHeader: true },
  ],
  // The name is the address, so that no two objects have the same one.
  validateName: addressName,
  validate: ({ spec }) =>
    spec?.parentRef ? validateParent(spec.parentRef, 'spec.parentRef') : [required('spec.parentRef')],
  validateUpdate: (next, old) =>
    sameValue(next.spec?.parentRef, old.spec?.parentRef, 'networking.v1.ParentReference')
      ? []
      : [
          invalidValue(
            'spec.parentRef',
            goStruct(next.spec?.parentRef, 'networking.v1.ParentReference'),
            immutableText,
          ),
        ],
});

function addressName(name: string): string[] {
  const ip = parseIp(name);
  if (!ip) return ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'];
  if (ip.leadingZeros) return ['must not have leading 0s'];
  if (ip.mapped) return ['must not be an IPv4-mapped IPv6 address'];
  return ip.text === name ? [] : [`must be in canonical form (${JSON.stringify(ip.text)})`];
}

function validateParent({ group, resource, name, namespace }: ParentReference, path: string): FieldError[] {
  return [
    ...(group ? dns1123Subdomain(group) : []).map((message) => invalidValue(`${path}.group`, group, message)),
    ...validateSegment(resource, `${path}.resource`),
    ...validateSegment(name, `${path}.name`),
    ...(namespace ? pathSegmentName(namespace) : []).map((message) =>
      invalidValue(`${path}.namespace`, namespace, message),
    ),
  ];
}

function parentText({ spec }: IPAddress): string {
  const parent = spec?.parentRef;
  if (!parent) return '<none>';
  const kind = [parent.resource, parent.group].filter(Boolean).join('.').toLowerCase();
  return [kind, parent.namespace, parent.name].filter(Boolean).join('/');
}
