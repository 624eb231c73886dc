import { type FieldError, type IPAddress, invalidValue, required } from '@kubets/api';
import { define } from '../define.ts';
import { sameValue } from '../rules/equality.ts';
import { parseIp } from '../rules/ip_address.ts';
import { immutableText } from '../rules/labels.ts';
import { columnsOf, textColumn } from '../table/columns.ts';

export const ipAddress = define<IPAddress>({
  id: {
    group: 'networking.k8s.io',
    version: 'v1',
    resource: 'ipaddresses',
    kind: 'IPAddress',
    shortNames: ['ip'],
  },
  scope: 'Cluster',
  columns: columnsOf<IPAddress>(
    textColumn('ParentRef', 'What has the address.', ({ spec }) => {
      const ref = spec?.parentRef;
      return ref ? [ref.resource, ref.namespace, ref.name].filter(Boolean).join('/') : undefined;
    }),
  ),
  validateName: (name) =>
    parseIp(name) ? [] : ['must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)'],
  validate({ spec }) {
    const ref = spec?.parentRef;
    if (!ref) return [required('spec.parentRef', '')];
    const problems: FieldError[] = [];
    if (!ref.resource) problems.push(required('spec.parentRef.resource', ''));
    if (!ref.name) problems.push(required('spec.parentRef.name', ''));
    return problems;
  },
  validateUpdate: (next, old) =>
    sameValue(next.spec?.parentRef, old.spec?.parentRef)
      ? []
      : [invalidValue('spec.parentRef', next.spec?.parentRef, immutableText)],
});
