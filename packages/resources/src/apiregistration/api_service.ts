import { type APIService, type FieldError, invalidValue, required } from '@kubets/api';
import { define } from '../define.ts';
import { columnsOf, textColumn } from '../table/columns.ts';

export const apiService = define<APIService>({
  id: {
    group: 'apiregistration.k8s.io',
    version: 'v1',
    resource: 'apiservices',
    kind: 'APIService',
    categories: ['api-extensions'],
  },
  scope: 'Cluster',
  storagePath: 'apiregistration.k8s.io/apiservices',
  status: {},
  columns: columnsOf<APIService>(
    textColumn('Service', 'Who serves the version.', ({ spec }) =>
      spec?.service ? `${spec.service.namespace}/${spec.service.name}` : 'Local',
    ),
    textColumn('Available', 'Whether it answers.', ({ status }) => {
      const condition = status?.conditions?.find(({ type }) => type === 'Available');
      if (!condition) return 'Unknown';
      return condition.status === 'True' ? 'True' : `${condition.status} (${condition.reason})`;
    }),
  ),
  defaults({ spec }) {
    if (spec?.service) spec.service.port ??= 443;
  },
  validate({ metadata, spec }) {
    const problems: FieldError[] = [];
    const expected = `${spec.version}.${spec.group ?? ''}`;
    if (metadata.name !== expected) {
      problems.push(
        invalidValue(
          'metadata.name',
          metadata.name,
          `must be \`spec.version+"."+spec.group\`: "${expected}"`,
        ),
      );
    }
    if (!spec.version) problems.push(required('spec.version', ''));
    const within = (value: number | undefined, path: string) => {
      if (!value || value <= 0) problems.push(invalidValue(path, value ?? 0, 'must be greater than 0'));
      else if (value > 20_000)
        problems.push(invalidValue(path, value, 'must be less than or equal to 20000'));
    };
    within(spec.groupPriorityMinimum, 'spec.groupPriorityMinimum');
    within(spec.versionPriority, 'spec.versionPriority');
    if (!spec.service) {
      if ((spec.caBundle?.length ?? 0) > 0)
        problems.push(
          invalidValue(
            'spec.caBundle',
            `${spec.caBundle!.length} bytes`,
            'local APIServices may not have a caBundle',
          ),
        );
      if (spec.insecureSkipTLSVerify)
        problems.push(
          invalidValue(
            'spec.insecureSkipTLSVerify',
            true,
            'local APIServices may not have insecureSkipTLSVerify',
          ),
        );
      return problems;
    }
    if (!spec.service.name) problems.push(required('spec.service.name', ''));
    if (!spec.service.namespace) problems.push(required('spec.service.namespace', ''));
    if (spec.insecureSkipTLSVerify && (spec.caBundle?.length ?? 0) > 0) {
      problems.push(
        invalidValue('spec.insecureSkipTLSVerify', true, 'may not be true if caBundle is present'),
      );
    }
    return problems;
  },
});
