import type { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '@kubets/api';
import { define } from '../define.ts';
import { columnsOf, countColumn } from '../table/columns.ts';
import { defaultWebhook, validateWebhooks } from './webhooks.ts';

const group = 'admissionregistration.k8s.io';
type Configuration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration;

const columns = columnsOf<any>(
  countColumn<Configuration>('Webhooks', 'How many webhooks it names.', (object) => object.webhooks?.length),
);

export const mutatingWebhookConfiguration = define<MutatingWebhookConfiguration>({
  id: {
    group,
    version: 'v1',
    resource: 'mutatingwebhookconfigurations',
    kind: 'MutatingWebhookConfiguration',
    categories: ['api-extensions'],
  },
  scope: 'Cluster',
  generation: (object) => object.webhooks,
  columns,
  defaults(object) {
    for (const webhook of object.webhooks ?? []) {
      defaultWebhook(webhook);
      webhook.reinvocationPolicy ??= 'Never';
    }
  },
  validate: (object) => validateWebhooks(object.webhooks),
});

export const validatingWebhookConfiguration = define<ValidatingWebhookConfiguration>({
  id: {
    group,
    version: 'v1',
    resource: 'validatingwebhookconfigurations',
    kind: 'ValidatingWebhookConfiguration',
    categories: ['api-extensions'],
  },
  scope: 'Cluster',
  generation: (object) => object.webhooks,
  columns,
  defaults: (object) => object.webhooks?.forEach(defaultWebhook),
  validate: (object) => validateWebhooks(object.webhooks),
});
