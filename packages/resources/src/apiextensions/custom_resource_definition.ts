import {
  type CustomResourceDefinition,
  type FieldError,
  invalidValue,
  notSupported,
  required,
} from '@kubets/api';
import { define } from '../define.ts';
import { dns1035Label, dns1123Subdomain } from '../rules/names.ts';
import { createdAtColumn, nameColumn } from '../table/columns.ts';

export const customResourceDefinition = define<CustomResourceDefinition>({
  id: {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    resource: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
  },
  scope: 'Cluster',
  storagePath: 'apiextensions.k8s.io/customresourcedefinitions',
  generation: 'spec',
  status: {
    initial: () => ({ conditions: [], acceptedNames: { plural: '', kind: '' }, storedVersions: [] }),
    metadata: 'keep',
  },
  columns: [nameColumn, createdAtColumn],
  defaults({ spec }) {
    if (!spec?.names) return;
    spec.names.singular ||= spec.names.kind?.toLowerCase();
    spec.names.listKind ||= spec.names.kind ? `${spec.names.kind}List` : undefined;
    spec.conversion ??= { strategy: 'None' };
    const service = spec.conversion.webhook?.clientConfig?.service;
    if (service) service.port ??= 443;
  },
  prepareCreate(object) {
    const stored = object.spec?.versions?.find((version) => version.storage)?.name;
    object.status!.storedVersions = stored ? [stored] : [];
  },
  validate(object) {
    const { spec, metadata } = object;
    const problems: FieldError[] = [];
    if (!spec.group) problems.push(required('spec.group', ''));
    else
      for (const message of dns1123Subdomain(spec.group))
        problems.push(invalidValue('spec.group', spec.group, message));
    if (spec.group && !spec.group.includes('.'))
      problems.push(invalidValue('spec.group', spec.group, 'should be a domain with at least one dot'));
    const names = spec.names ?? { plural: '', kind: '' };
    if (!names.plural) problems.push(required('spec.names.plural', ''));
    if (!names.kind) problems.push(required('spec.names.kind', ''));
    for (const field of ['plural', 'singular'] as const) {
      const value = names[field];
      if (value)
        for (const message of dns1035Label(value))
          problems.push(invalidValue(`spec.names.${field}`, value, message));
    }
    const expected = `${names.plural}.${spec.group}`;
    if (names.plural && metadata.name !== expected) {
      problems.push(invalidValue('metadata.name', metadata.name, `must be spec.names.plural+"."+spec.group`));
    }
    const scopes = ['Cluster', 'Namespaced'];
    if (!spec.scope) problems.push(required('spec.scope', ''));
    else if (!scopes.includes(spec.scope)) problems.push(notSupported('spec.scope', spec.scope, scopes));
    return [...problems, ...validateVersions(object)];
  },
});

function validateVersions({ spec }: CustomResourceDefinition): FieldError[] {
  const versions = spec.versions ?? [];
  const problems: FieldError[] = [];
  if (versions.length === 0) problems.push(required('spec.versions', 'must have at least one version'));
  const storage = versions.filter((version) => version.storage).length;
  if (versions.length > 0 && storage !== 1) {
    problems.push(
      invalidValue('spec.versions', versions, 'must have exactly one version marked as storage version'),
    );
  }
  for (const [index, version] of versions.entries()) {
    const path = `spec.versions[${index}]`;
    for (const message of dns1035Label(version.name ?? ''))
      problems.push(invalidValue(`${path}.name`, version.name, message));
    if (!version.schema?.openAPIV3Schema)
      problems.push(required(`${path}.schema.openAPIV3Schema`, 'schemas are required'));
  }
  return problems;
}
