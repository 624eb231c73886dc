import { invalidValue, type ResourceClaimTemplate } from '@kubets/api';
import { define } from '../define.ts';
import { sameField } from '../rules/equality.ts';
import { immutableText, validateAnnotations, validateLabels } from '../rules/labels.ts';
import { columnsOf } from '../table/columns.ts';
import { resourceKind } from './resource_kinds.ts';
import { defaultClaimSpec, validateClaimSpec } from './validate_claim.ts';

export const resourceClaimTemplate = define<ResourceClaimTemplate>({
  id: resourceKind('resourceclaimtemplates', 'ResourceClaimTemplate'),
  scope: 'Namespaced',
  columns: columnsOf<ResourceClaimTemplate>(),
  defaults: ({ spec }) => defaultClaimSpec(spec?.spec),
  validate: ({ spec }) => [
    ...validateAnnotations(spec.metadata?.annotations, 'spec.metadata.annotations'),
    ...validateLabels(spec.metadata?.labels, 'spec.metadata.labels'),
    ...validateClaimSpec(spec.spec, 'spec.spec'),
  ],
  validateUpdate: (next, old) =>
    sameField(next, old, 'spec', 'resource.v1.ResourceClaimTemplate')
      ? []
      : [invalidValue('spec', next.spec, immutableText)],
});
