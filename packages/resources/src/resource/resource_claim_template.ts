import { invalidValue, type ResourceClaimTemplate } from '@kubets/api';
import { validateTemplateMetadata } from '../core/persistent_volume_claim_rules.ts';
import { define } from '../define.ts';
import { sameField } from '../rules/equality.ts';
import { goStruct } from '../rules/go_struct.ts';
import { immutableText } from '../rules/labels.ts';
import { columnsOf } from '../table/columns.ts';
import { resourceClaimTemplateVersions } from './other_versions.ts';
import { resourceKind } from './resource_kinds.ts';
import { defaultClaimSpec, validateClaimSpec } from './validate_claim.ts';

export const resourceClaimTemplate = define<ResourceClaimTemplate>({
  id: resourceKind('resourceclaimtemplates', 'ResourceClaimTemplate'),
  otherVersions: resourceClaimTemplateVersions,
  scope: 'Namespaced',
  columns: columnsOf<ResourceClaimTemplate>(),
  defaults: ({ spec }) => defaultClaimSpec(spec?.spec),
  validate: ({ spec }) => [
    ...validateTemplateMetadata(spec.metadata, 'spec.metadata'),
    ...validateClaimSpec(spec.spec, 'spec.spec'),
  ],
  validateUpdate: (next, old) =>
    sameField(next, old, 'spec', 'resource.v1.ResourceClaimTemplate')
      ? []
      : [invalidValue('spec', goStruct(next.spec, 'resource.v1.ResourceClaimTemplateSpec'), immutableText)],
});
