import type { MutatingWebhookConfiguration, ValidatingWebhookConfiguration } from '@kubets/api';
import { type Definition, define } from '../define.ts';
import { columnsOf, countColumn } from '../table/columns.ts';
import { admissionKind, warnOfAdmission } from './admission_kinds.ts';
import { defaultWebhook, validateWebhooks } from './validate_webhooks.ts';

type Configuration = MutatingWebhookConfiguration | ValidatingWebhookConfiguration;

const common = {
  scope: 'Cluster',
  allowUnconditionalUpdate: false,
  columns: columnsOf<any>(
    countColumn<Configuration>('Webhooks', 'How many webhooks it has.', ({ webhooks }) => webhooks?.length),
  ),
  generation: ({ webhooks }) => webhooks,
  warnings: warnOfAdmission,
  validate: ({ webhooks }, old) => validateWebhooks(webhooks, old && (old.webhooks ?? [])),
} satisfies Partial<Definition<Configuration>>;

export const mutatingWebhookConfiguration = define<MutatingWebhookConfiguration>({
  ...common,
  id: admissionKind('mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'),
  defaults({ webhooks = [] }) {
    for (const webhook of webhooks) {
      defaultWebhook(webhook);
      webhook.reinvocationPolicy ??= 'Never';
    }
  },
});

export const validatingWebhookConfiguration = define<ValidatingWebhookConfiguration>({
  ...common,
  id: admissionKind('validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'),
  defaults: ({ webhooks = [] }) => webhooks.forEach(defaultWebhook),
});
