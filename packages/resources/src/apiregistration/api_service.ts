import {
  type APIService,
  type APIServiceSpec,
  type FieldError,
  invalidValue,
  notSupported,
  required,
} from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import { define, kindsOf } from '../define.ts';
import { dns1035Label, dns1123Subdomain, nameIsPathSegment } from '../rules/names.ts';
import { portNumber } from '../rules/numbers.ts';
import { columnsOf, textColumn } from '../table/columns.ts';

export const apiService = define<APIService>({
  id: kindsOf('apiregistration.k8s.io', 'v1')('apiservices', 'APIService', {
    categories: ['api-extensions'],
  }),
  scope: 'Cluster',
  storagePath: 'apiregistration.k8s.io/apiservices',
  allowUnconditionalUpdate: false,
  validateName: nameIsPathSegment,
  columns: columnsOf<APIService>(
    textColumn('Service', 'The service that answers for the version.', ({ spec }) =>
      spec?.service ? `${spec.service.namespace ?? ''}/${spec.service.name ?? ''}` : 'Local',
    ),
    textColumn('Available', 'Whether it answers.', ({ status }) => {
      const condition = status?.conditions?.find(({ type }) => type === 'Available');
      if (!condition) return 'Unknown';
      return condition.status !== 'True' && condition.reason
        ? `${condition.status} (${condition.reason})`
        : condition.status;
    }),
  ),
  defaults({ spec }) {
    if (spec?.service) spec.service.port ??= 443;
  },
  status: {
    withoutTable: true,
    initial({ spec }, { clock }) {
      if (spec?.service) return {};
      const condition = {
        type: 'Available',
        status: 'True',
        reason: 'Local',
        message: 'Local APIServices are always available',
        lastTransitionTime: rfc3339(clock.now()),
      };
      return { conditions: [condition] };
    },
    metadata: 'keep',
    validate: ({ status }) =>
      (status?.conditions ?? []).flatMap((condition, i) =>
        ['True', 'False', 'Unknown'].includes(condition.status)
          ? []
          : [
              notSupported(`status.conditions[${i}].status`, condition.status ?? '', [
                'True',
                'False',
                'Unknown',
              ]),
            ],
      ),
  },
  validate({ metadata, spec = {} as APIServiceSpec }) {
    const { group = '', version = '', service, caBundle, insecureSkipTLSVerify } = spec;
    const errors: FieldError[] = [];
    const wrong = (field: string, value: unknown, detail: string) =>
      errors.push(invalidValue(field, value, detail));
    const name = `${version}.${group}`;
    if (metadata.name && metadata.name !== name && nameIsPathSegment(metadata.name, false).length === 0)
      wrong('metadata.name', metadata.name, `must be \`spec.version+"."+spec.group\`: "${name}"`);
    if (group === '' && version !== 'v1')
      errors.push(required('spec.group', 'only v1 may have an empty group and it better be legacy kube'));
    if (group !== '') for (const message of dns1123Subdomain(group)) wrong('spec.group', group, message);
    for (const message of dns1035Label(version)) wrong('spec.version', version, message);
    for (const [field, max] of [
      ['groupPriorityMinimum', 20_000],
      ['versionPriority', 1000],
    ] as const) {
      const value = spec[field] ?? 0;
      if (value <= 0 || value > max) wrong(`spec.${field}`, value, `must be positive and less than ${max}`);
    }
    if (service) {
      if (!service.namespace) errors.push(required('spec.service.namespace'));
      if (!service.name) errors.push(required('spec.service.name'));
      for (const message of portNumber(service.port ?? 0))
        wrong('spec.service.port', service.port ?? 0, `port is not valid: ${message}`);
      if (insecureSkipTLSVerify && caBundle)
        wrong('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present');
      return errors;
    }
    if (caBundle)
      wrong('spec.caBundle', `${bytesOf(caBundle)} bytes`, 'local APIServices may not have a caBundle');
    if (insecureSkipTLSVerify)
      wrong('spec.insecureSkipTLSVerify', true, 'local APIServices may not have insecureSkipTLSVerify');
    return errors;
  },
});

/** How many bytes base64 text stands for. */
function bytesOf(base64: string): number {
  return Math.floor((base64.replace(/=+$/, '').length * 3) / 4);
}
