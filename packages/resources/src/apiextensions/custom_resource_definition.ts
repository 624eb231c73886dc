import type { CustomResourceDefinition } from '@kubets/api';
import { define, kindsOf } from '../define.ts';
import { notActedOn } from '../rules/not_acted_on.ts';
import { validateDefinition, validateDefinitionUpdate, validateStatusNames } from './validate_definition.ts';

type Definition = CustomResourceDefinition;

export const customResourceDefinition = define<Definition>({
  warnings: notActedOn('custom resources are not served yet'),
  id: kindsOf('apiextensions.k8s.io', 'v1')('customresourcedefinitions', 'CustomResourceDefinition', {
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
  }),
  scope: 'Cluster',
  upstreamStorageVersion: 'v1beta1',
  storagePath: 'apiextensions.k8s.io/customresourcedefinitions',
  allowUnconditionalUpdate: false,
  generation: 'spec',
  defaults(object) {
    const { spec } = object;
    spec.names ??= { plural: '', kind: '' };
    const { names } = spec;
    names.singular ||= names.kind?.toLowerCase() ?? '';
    if (names.kind) names.listKind ||= `${names.kind}List`;
    spec.conversion ??= { strategy: 'None' };
    const service = spec.conversion.webhook?.clientConfig?.service;
    if (service) service.port ??= 443;
    object.status = withStorageVersion(object);
  },
  status: {
    withoutTable: true,
    initial: (object) => withStorageVersion({ ...object, status: {} }),
    validate: validateStatusNames,
  },
  prepareUpdate(next, old) {
    // A version that was ever stored stays listed until everything is stored in another.
    next.status = withStorageVersion({ ...next, status: old.status });
  },
  validate: validateDefinition,
  validateUpdate: validateDefinitionUpdate,
});

function withStorageVersion({ spec, status = {} }: Definition): NonNullable<Definition['status']> {
  const stored = status.storedVersions ?? [];
  const version = spec?.versions?.find(({ storage }) => storage)?.name;
  return {
    ...status,
    conditions: status.conditions ?? [],
    acceptedNames: status.acceptedNames ?? { plural: '', kind: '' },
    storedVersions: version === undefined || stored.includes(version) ? stored : [...stored, version],
  };
}
