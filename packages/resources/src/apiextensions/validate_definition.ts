import {
  type CustomResourceConversion,
  type CustomResourceDefinition,
  type CustomResourceDefinitionNames,
  type CustomResourceDefinitionVersion,
  type FieldError,
  forbiddenField,
  invalidValue,
  notSupported,
  required,
} from '@kubets/api';
import { byteLength, immutableText } from '../rules/labels.ts';
import { dns1035Label, dns1123Subdomain } from '../rules/names.ts';
import { validateWebhookService, validateWebhookUrl } from '../rules/webhook_client.ts';
import { validateSchemas } from './validate_schemas.ts';
import { validateColumns, validateSelectableFields, validateSubresources } from './validate_settings.ts';

type Definition = CustomResourceDefinition;

const approvalAnnotation = 'api-approved.kubernetes.io';
const protectedGroup = /(^|\.)(k8s|kubernetes)\.io$/;

export function validateDefinition(definition: Definition, old?: Definition): FieldError[] {
  const { metadata, spec, status } = definition;
  const { names = { plural: '', kind: '' }, scope } = spec;
  const errors: FieldError[] = [];
  if (metadata.name !== `${names.plural}.${spec.group}`)
    errors.push(invalidValue('metadata.name', metadata.name, 'must be spec.names.plural+"."+spec.group'));
  errors.push(...validateGroup(spec.group, 'spec.group'));
  if (!scope) errors.push(required('spec.scope'));
  else if (scope !== 'Cluster' && scope !== 'Namespaced')
    errors.push(notSupported('spec.scope', scope, ['Cluster', 'Namespaced']));
  errors.push(...validateVersions(spec.versions ?? [], 'spec.versions'));
  for (const field of ['plural', 'singular', 'kind', 'listKind'] as const)
    if (!names[field]) errors.push(required(`spec.names.${field}`));
  errors.push(
    ...validateNames(names, 'spec.names'),
    ...validateSchemas(spec),
    ...validateSubresources(spec),
    ...validateColumns(spec),
    ...validateSelectableFields(spec),
    ...validateConversion(spec.conversion, spec.preserveUnknownFields, 'spec.conversion'),
    ...validateNames(status?.acceptedNames, 'status.acceptedNames'),
    ...validateStoredVersions(status?.storedVersions ?? [], spec.versions ?? [], 'status.storedVersions'),
    ...validateApproval(definition, old),
  );
  if (spec.preserveUnknownFields && !old?.spec.preserveUnknownFields)
    errors.push(
      invalidValue(
        'spec.preserveUnknownFields',
        true,
        'cannot set to true, set x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema instead',
      ),
    );
  return errors;
}

export function validateDefinitionUpdate(
  { spec }: Definition,
  { spec: old, status }: Definition,
): FieldError[] {
  const errors: FieldError[] = [];
  const keep = (field: string, next: string | undefined, before: string | undefined) => {
    if (next !== before) errors.push(invalidValue(`spec.${field}`, next ?? '', immutableText));
  };
  const established = status?.conditions?.some(
    (condition) => condition.type === 'Established' && condition.status === 'True',
  );
  if (established) {
    keep('scope', spec.scope, old.scope);
    keep('names.kind', spec.names?.kind, old.names.kind);
  }
  keep('group', spec.group, old.group);
  keep('names.plural', spec.names?.plural, old.names.plural);
  return errors;
}

export function validateStatusNames({ status }: Definition): FieldError[] {
  return validateNames(status?.acceptedNames, 'status.acceptedNames');
}

function validateGroup(group: string | undefined, path: string): FieldError[] {
  if (!group) return [required(path)];
  const messages = dns1123Subdomain(group);
  if (messages.length > 0) return [invalidValue(path, group, messages.join(','))];
  return group.includes('.') ? [] : [invalidValue(path, group, 'should be a domain with at least one dot')];
}

function validateVersions(versions: CustomResourceDefinitionVersion[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  versions.forEach(({ name = '', deprecated, deprecationWarning, schema }, i) => {
    const at = `${path}[${i}]`;
    if (!schema?.openAPIV3Schema) errors.push(required(`${at}.schema.openAPIV3Schema`));
    const messages = dns1035Label(name);
    if (messages.length > 0) errors.push(invalidValue(`${at}.name`, name, messages.join(',')));
    for (const message of deprecationFaults(deprecated, deprecationWarning))
      errors.push(invalidValue(`${at}.deprecationWarning`, deprecationWarning, message));
  });
  if (new Set(versions.map(({ name }) => name)).size < versions.length)
    errors.push(invalidValue(path, versions, 'must contain unique version names'));
  if (versions.filter(({ storage }) => storage).length !== 1)
    errors.push(invalidValue(path, versions, 'must have exactly one version marked as storage version'));
  return errors;
}

function deprecationFaults(deprecated: boolean | undefined, warning: string | undefined): string[] {
  if (warning === undefined) return [];
  if (!deprecated) return ['can only be set for deprecated versions'];
  const faults: string[] = [];
  if (byteLength(warning) > 256) faults.push('must be <= 256 characters long');
  if (warning === '') faults.push('must not be an empty string');
  const at = warning.search(/[^\p{L}\p{M}\p{N}\p{P}\p{S} ]/u);
  if (at >= 0) {
    const index = byteLength(warning.slice(0, at));
    faults.push(
      `must only contain printable UTF-8 characters; non-printable character found at index ${index}`,
    );
  }
  return faults;
}

function validateNames(
  names: Partial<CustomResourceDefinitionNames> | undefined,
  path: string,
): FieldError[] {
  if (!names) return [];
  const { kind, listKind, shortNames = [], categories = [] } = names;
  const errors: FieldError[] = [];
  const label = (value: string | undefined, at: string, mixedCase = false) => {
    const messages = value ? dns1035Label(mixedCase ? value.toLowerCase() : value) : [];
    const introduction = mixedCase ? 'may have mixed case, but should otherwise match: ' : '';
    if (messages.length > 0) errors.push(invalidValue(at, value, introduction + messages.join(',')));
  };
  label(names.plural, `${path}.plural`);
  label(names.singular, `${path}.singular`);
  label(kind, `${path}.kind`, true);
  label(listKind, `${path}.listKind`, true);
  for (const [i, name] of shortNames.entries()) label(name || '-', `${path}.shortNames[${i}]`);
  if (kind && kind === listKind)
    errors.push(invalidValue(`${path}.listKind`, listKind, 'kind and listKind may not be the same'));
  for (const [i, name] of categories.entries()) label(name || '-', `${path}.categories[${i}]`);
  return errors;
}

function validateConversion(
  conversion: CustomResourceConversion | undefined,
  preserveUnknownFields: boolean | undefined,
  path: string,
): FieldError[] {
  if (!conversion) return [];
  const { strategy, webhook } = conversion;
  const errors: FieldError[] = [];
  if (strategy !== 'None' && preserveUnknownFields)
    errors.push(
      invalidValue(`${path}.strategy`, strategy, 'must be None if spec.preserveUnknownFields is true'),
    );
  if (!strategy) errors.push(required(`${path}.strategy`));
  else if (strategy !== 'None' && strategy !== 'Webhook')
    errors.push(notSupported(`${path}.strategy`, strategy, ['None', 'Webhook']));
  const { clientConfig: client, conversionReviewVersions: versions = [] } = webhook ?? {};
  // Messages name the fields of upstream's internal type.
  const at = `${path}.webhookClientConfig`;
  if (strategy !== 'Webhook') {
    const text = 'should not be set when strategy is not set to Webhook';
    if (client) errors.push(forbiddenField(at, text));
    if (versions.length > 0) errors.push(forbiddenField(`${path}.conversionReviewVersions`, text));
    return errors;
  }
  if (!client) errors.push(required(at, 'required when strategy is set to Webhook'));
  else if ((client.url === undefined) === (client.service === undefined))
    errors.push(required(at, 'exactly one of url or service is required'));
  else if (client.url !== undefined) errors.push(...validateWebhookUrl(client.url, `${at}.url`));
  else if (client.service) errors.push(...validateWebhookService(client.service, `${at}.service`));
  return [...errors, ...validateReviewVersions(versions, `${path}.conversionReviewVersions`)];
}

function validateReviewVersions(versions: string[], path: string): FieldError[] {
  if (versions.length === 0) return [required(path)];
  const errors = versions.flatMap((version, i) =>
    (versions.indexOf(version) < i ? ['duplicate version'] : dns1035Label(version)).map((message) =>
      invalidValue(`${path}[${i}]`, version, message),
    ),
  );
  if (!versions.includes('v1') && !versions.includes('v1beta1'))
    errors.push(invalidValue(path, versions, 'must include at least one of v1, v1beta1'));
  return errors;
}

function validateStoredVersions(
  stored: string[],
  versions: CustomResourceDefinitionVersion[],
  path: string,
): FieldError[] {
  if (stored.length === 0) return [invalidValue(path, stored, 'must have at least one stored version')];
  const errors: FieldError[] = [];
  for (const { name, storage } of versions)
    if (storage && !stored.includes(name))
      errors.push(invalidValue(path, stored, `must have the storage version ${name}`));
  stored.forEach((name, i) => {
    if (!versions.some((version) => version.name === name))
      errors.push(
        invalidValue(
          `${path}[${i}]`,
          name,
          `missing from spec.versions; ${name} was previously a storage version, and must remain in spec.versions until a storage migration ensures no data remains persisted in ${name} and removes ${name} from status.storedVersions`,
        ),
      );
  });
  return errors;
}

/** Groups of the Kubernetes project are only for what it has agreed to. */
function validateApproval({ spec, metadata }: Definition, old: Definition | undefined): FieldError[] {
  if (!protectedGroup.test(spec.group ?? '')) return [];
  const state = approvalState(metadata.annotations?.[approvalAnnotation]);
  if (state === 'settled' || (old && approvalState(old.metadata.annotations?.[approvalAnnotation]) === state))
    return [];
  const path = `metadata.annotations[${approvalAnnotation}]`;
  const see = 'see https://github.com/kubernetes/enhancements/pull/1111';
  const must = `protected groups must have approval annotation "${approvalAnnotation}"`;
  return state === 'missing'
    ? [required(path, `${must}, ${see}`)]
    : [
        invalidValue(
          path,
          metadata.annotations?.[approvalAnnotation],
          `${must} with either a URL or a reason starting with "unapproved", ${see}`,
        ),
      ];
}

function approvalState(annotation: string | undefined): 'missing' | 'settled' | 'invalid' {
  if (!annotation) return 'missing';
  return annotation.startsWith('unapproved') || /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s]+/i.test(annotation)
    ? 'settled'
    : 'invalid';
}
