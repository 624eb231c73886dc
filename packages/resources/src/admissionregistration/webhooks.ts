// What the two webhook configurations have in common.
import {
  duplicate,
  type FieldError,
  invalidValue,
  type MutatingWebhook,
  notSupported,
  type RuleWithOperations,
  required,
  type ValidatingWebhook,
} from '@kubets/api';
import { validateLabelSelector } from '../rules/labels.ts';
import { dns1123Subdomain } from '../rules/names.ts';

type Webhook = MutatingWebhook | ValidatingWebhook;

export function defaultWebhook(webhook: Webhook): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  const service = webhook.clientConfig?.service;
  if (service) service.port ??= 443;
  for (const rule of webhook.rules ?? []) rule.scope ??= '*';
}

export function validateWebhooks(webhooks: readonly Webhook[] | undefined): FieldError[] {
  const names = new Set<string>();
  return (webhooks ?? []).flatMap((webhook, index) => {
    const path = `webhooks[${index}]`;
    const problems = validateWebhook(webhook, path);
    if (names.has(webhook.name)) problems.push(duplicate(`${path}.name`, webhook.name));
    names.add(webhook.name);
    return problems;
  });
}

function validateWebhook(webhook: Webhook, path: string): FieldError[] {
  const problems: FieldError[] = [];
  const choice = (field: 'failurePolicy' | 'matchPolicy' | 'sideEffects', allowed: string[]) => {
    const value = webhook[field];
    if (value !== undefined && !allowed.includes(value))
      problems.push(notSupported(`${path}.${field}`, value, allowed));
  };
  if (!webhook.name || webhook.name.split('.').length < 3) {
    problems.push(
      invalidValue(
        `${path}.name`,
        webhook.name ?? '',
        'should be a domain with at least three segments separated by dots',
      ),
    );
  } else {
    problems.push(
      ...dns1123Subdomain(webhook.name).map((message) => invalidValue(`${path}.name`, webhook.name, message)),
    );
  }
  if (!webhook.sideEffects) {
    problems.push(required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun'));
  }
  choice('sideEffects', ['None', 'NoneOnDryRun']);
  choice('failurePolicy', ['Fail', 'Ignore']);
  choice('matchPolicy', ['Equivalent', 'Exact']);
  if ((webhook.admissionReviewVersions?.length ?? 0) === 0) {
    problems.push(required(`${path}.admissionReviewVersions`, 'must specify one of v1, v1beta1'));
  } else if (!webhook.admissionReviewVersions.some((version) => version === 'v1' || version === 'v1beta1')) {
    problems.push(
      invalidValue(
        `${path}.admissionReviewVersions`,
        webhook.admissionReviewVersions,
        'must include at least one of v1, v1beta1',
      ),
    );
  }
  const timeout = webhook.timeoutSeconds;
  if (timeout !== undefined && (timeout < 1 || timeout > 30)) {
    problems.push(
      invalidValue(`${path}.timeoutSeconds`, timeout, 'the timeout value must be between 1 and 30 seconds'),
    );
  }
  if (webhook.namespaceSelector)
    problems.push(...validateLabelSelector(webhook.namespaceSelector, `${path}.namespaceSelector`));
  if (webhook.objectSelector)
    problems.push(...validateLabelSelector(webhook.objectSelector, `${path}.objectSelector`));
  const { url, service } = webhook.clientConfig ?? {};
  if (Boolean(url) === Boolean(service)) {
    problems.push(required(`${path}.clientConfig`, 'exactly one of url or service is required'));
  }
  problems.push(
    ...(webhook.rules ?? []).flatMap((rule, index) => validateRule(rule, `${path}.rules[${index}]`)),
  );
  return problems;
}

const operations = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const scopes = ['*', 'Cluster', 'Namespaced'];

/** A rule of a webhook or of a policy's match resources. */
export function validateRule(rule: RuleWithOperations, path: string): FieldError[] {
  const problems: FieldError[] = [];
  for (const field of ['apiGroups', 'apiVersions', 'resources', 'operations'] as const) {
    const values: string[] = rule[field] ?? [];
    if (values.length === 0) problems.push(required(`${path}.${field}`, ''));
    if (values.length > 1 && values.includes('*')) {
      problems.push(
        invalidValue(`${path}.${field}`, values, "if '*' is present, must not specify other " + field),
      );
    }
  }
  for (const [index, operation] of (rule.operations ?? []).entries()) {
    if (!operations.includes(operation))
      problems.push(notSupported(`${path}.operations[${index}]`, operation, operations));
  }
  if (rule.scope !== undefined && !scopes.includes(rule.scope))
    problems.push(notSupported(`${path}.scope`, rule.scope, scopes));
  return problems;
}
