import type { PodTemplate } from '@kubets/api';
import { define } from '../define.ts';
import { formatLabels, nameColumn, textColumn } from '../table/columns.ts';
import { warnOfTemplate } from '../workload/warn_of_workload.ts';
import { coreKind } from './core_kinds.ts';
import { defaultPodTemplateSpec } from './pod/default_pod.ts';
import { dropGatedFields } from './pod/prepare_pod.ts';
import { validatePodTemplate } from './pod/validate_spec.ts';

const containersOf = ({ template }: PodTemplate) => template?.spec?.containers ?? [];

export const podTemplate = define<PodTemplate>({
  id: coreKind('podtemplates', 'PodTemplate'),
  scope: 'Namespaced',
  columns: [
    nameColumn,
    textColumn<PodTemplate>('Containers', 'Names of the containers of such pods.', (object) =>
      containersOf(object)
        .map(({ name }) => name)
        .join(','),
    ),
    textColumn<PodTemplate>('Images', 'Images of those containers.', (object) =>
      containersOf(object)
        .map(({ image = '' }) => image)
        .join(','),
    ),
    textColumn<PodTemplate>('Pod Labels', 'Labels that such pods get.', ({ template }) =>
      formatLabels(template?.metadata?.labels),
    ),
  ],
  generation: ({ template }) => template,
  defaults(object) {
    object.template ??= {};
    defaultPodTemplateSpec(object.template);
  },
  prepareCreate: ({ template }) => template?.spec && dropGatedFields(template.spec),
  prepareUpdate: ({ template }) => template?.spec && dropGatedFields(template.spec),
  validate: ({ template = {} }) => validatePodTemplate(template, 'template'),
  warnings: (next, old) => warnOfTemplate(next.template, 'template', next, old),
});
