// What the two webhook configurations have in common.
import {
  duplicate,
  type FieldError,
  invalidValue,
  type MutatingWebhook,
  notSupported,
  required,
  type ValidatingWebhook,
} from '@kubets/api';
import { sameValue } from '../rules/equality.ts';
import { validateLabelSelector } from '../rules/labels.ts';
import { dns1035Label, dns1123Subdomain } from '../rules/names.ts';
import { validateWebhookService, validateWebhookUrl } from '../rules/webhook_client.ts';
import {
  defaultRules,
  failurePolicies,
  matchPolicies,
  validateMatchConditions,
  validateRuleWithOperations,
} from './match_rules.ts';

export type Webhook = (MutatingWebhook | ValidatingWebhook) & { reinvocationPolicy?: string };

/** What an old configuration got away with, a changed one may keep. */
interface Leniency {
  sameConditions: boolean;
  sideEffects: boolean;
  unknownReviewVersions: boolean;
  invalidSelectorValues: boolean;
  repeatedNames: boolean;
}

const reviewVersions = ['v1', 'v1beta1'];
const noSideEffects = ['None', 'NoneOnDryRun'];
const anySideEffects = ['None', 'NoneOnDryRun', 'Some', 'Unknown'];

export function defaultWebhook(webhook: Webhook): void {
  webhook.failurePolicy ??= 'Fail';
  webhook.matchPolicy ??= 'Equivalent';
  webhook.namespaceSelector ??= {};
  webhook.objectSelector ??= {};
  webhook.timeoutSeconds ??= 10;
  const service = webhook.clientConfig?.service;
  if (service) service.port ??= 443;
  defaultRules(webhook.rules);
}

export function validateWebhooks(webhooks: readonly Webhook[] = [], old?: readonly Webhook[]): FieldError[] {
  const leniency = leniencyOf(webhooks, old);
  return webhooks.flatMap((webhook, i) => {
    const path = `webhooks[${i}]`;
    const repeated =
      webhook.name && !leniency.repeatedNames && webhooks.findIndex(({ name }) => name === webhook.name) < i;
    return [
      ...validateWebhook(webhook, path, leniency),
      ...validateReviewVersions(webhook.admissionReviewVersions, `${path}.admissionReviewVersions`, leniency),
      ...(repeated ? [duplicate(`${path}.name`, webhook.name)] : []),
    ];
  });
}

function leniencyOf(next: readonly Webhook[], old: readonly Webhook[] | undefined): Leniency {
  const conditions = (list: readonly Webhook[]) => list.map(({ matchConditions }) => matchConditions);
  const before = old ?? [];
  const names = before.map(({ name }) => name);
  return {
    sameConditions: old !== undefined && sameValue(conditions(next), conditions(before)),
    sideEffects: before.some(({ sideEffects }) => !noSideEffects.includes(sideEffects)),
    unknownReviewVersions: before.some(
      ({ admissionReviewVersions: versions = [] }) =>
        versions.length > 0 && !versions.some((version) => reviewVersions.includes(version)),
    ),
    invalidSelectorValues: before.some(
      ({ namespaceSelector, objectSelector }) =>
        validateLabelSelector(namespaceSelector, '').length > 0 ||
        validateLabelSelector(objectSelector, '').length > 0,
    ),
    repeatedNames: new Set(names).size < names.length,
  };
}

function validateWebhook(webhook: Webhook, path: string, leniency: Leniency): FieldError[] {
  const { name, rules = [], sideEffects, timeoutSeconds, clientConfig = {}, matchConditions } = webhook;
  const errors = validateWebhookName(name, `${path}.name`);
  rules.forEach((rule, i) => {
    errors.push(...validateRuleWithOperations(rule, `${path}.rules[${i}]`));
  });
  const known = (field: 'failurePolicy' | 'matchPolicy' | 'reinvocationPolicy', allowed: string[]) => {
    const value = webhook[field];
    if (value !== undefined && !allowed.includes(value))
      errors.push(notSupported(`${path}.${field}`, value, allowed));
  };
  known('failurePolicy', failurePolicies);
  known('matchPolicy', matchPolicies);
  const allowed = leniency.sideEffects ? anySideEffects : noSideEffects;
  if (sideEffects === undefined)
    errors.push(required(`${path}.sideEffects`, `must specify one of ${allowed.join(', ')}`));
  else if (!allowed.includes(sideEffects))
    errors.push(notSupported(`${path}.sideEffects`, sideEffects, allowed));
  if (timeoutSeconds !== undefined && (timeoutSeconds < 1 || timeoutSeconds > 30))
    errors.push(
      invalidValue(
        `${path}.timeoutSeconds`,
        timeoutSeconds,
        'the timeout value must be between 1 and 30 seconds',
      ),
    );
  const options = { allowInvalidValues: leniency.invalidSelectorValues };
  for (const field of ['namespaceSelector', 'objectSelector'] as const)
    errors.push(...validateLabelSelector(webhook[field], `${path}.${field}`, options));
  known('reinvocationPolicy', ['IfNeeded', 'Never']);
  const { url, service } = clientConfig;
  if ((url === undefined) === (service === undefined))
    errors.push(required(`${path}.clientConfig`, 'exactly one of url or service is required'));
  else if (url !== undefined) errors.push(...validateWebhookUrl(url, `${path}.clientConfig.url`));
  else if (service) errors.push(...validateWebhookService(service, `${path}.clientConfig.service`));
  if (!leniency.sameConditions)
    errors.push(...validateMatchConditions(matchConditions, `${path}.matchConditions`));
  return errors;
}

function validateWebhookName(name: string | undefined, path: string): FieldError[] {
  if (!name) return [required(path)];
  const messages = dns1123Subdomain(name);
  if (messages.length > 0) return [invalidValue(path, name, messages.join(','))];
  return name.split('.').length < 3
    ? [invalidValue(path, name, 'should be a domain with at least three segments separated by dots')]
    : [];
}

function validateReviewVersions(
  versions: readonly string[] = [],
  path: string,
  leniency: Leniency,
): FieldError[] {
  if (versions.length === 0) return [required(path, `must specify one of ${reviewVersions.join(', ')}`)];
  const errors = versions.flatMap((version, i) =>
    (versions.indexOf(version) < i ? ['duplicate version'] : dns1035Label(version)).map((message) =>
      invalidValue(`${path}[${i}]`, version, message),
    ),
  );
  if (!leniency.unknownReviewVersions && !versions.some((version) => reviewVersions.includes(version)))
    errors.push(invalidValue(path, versions, `must include at least one of ${reviewVersions.join(', ')}`));
  return errors;
}
