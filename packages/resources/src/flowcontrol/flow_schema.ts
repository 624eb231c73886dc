import { type FieldError, type FlowSchema, invalidValue, notSupported, required } from '@kubets/api';
import { define } from '../define.ts';
import { ageColumn, countColumn, nameColumn, textColumn } from '../table/columns.ts';

export const flowSchema = define<FlowSchema>({
  id: { group: 'flowcontrol.apiserver.k8s.io', version: 'v1', resource: 'flowschemas', kind: 'FlowSchema' },
  scope: 'Cluster',
  generation: 'spec',
  status: {},
  columns: [
    nameColumn,
    textColumn<FlowSchema>(
      'PriorityLevel',
      'Where its requests queue.',
      ({ spec }) => spec?.priorityLevelConfiguration?.name,
    ),
    countColumn<FlowSchema>(
      'MatchingPrecedence',
      'Lower is tried first.',
      ({ spec }) => spec?.matchingPrecedence,
    ),
    textColumn<FlowSchema>(
      'DistinguisherMethod',
      'What tells one flow from another.',
      ({ spec }) => spec?.distinguisherMethod?.type ?? '<none>',
    ),
    ageColumn,
    textColumn<FlowSchema>(
      'MissingPL',
      'Whether the priority level is missing.',
      ({ status }) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    ),
  ],
  defaults({ spec }) {
    spec.matchingPrecedence ||= 1000;
  },
  validate({ spec }) {
    const problems: FieldError[] = [];
    const precedence = spec.matchingPrecedence ?? 0;
    if (precedence <= 0)
      problems.push(invalidValue('spec.matchingPrecedence', precedence, 'must be a positive value'));
    else if (precedence > 10_000) {
      problems.push(invalidValue('spec.matchingPrecedence', precedence, 'must not be greater than 10000'));
    }
    const method = spec.distinguisherMethod?.type;
    const methods = ['ByNamespace', 'ByUser'];
    if (method !== undefined && !methods.includes(method)) {
      problems.push(notSupported('spec.distinguisherMethod', spec.distinguisherMethod, methods));
    }
    if (!spec.priorityLevelConfiguration?.name) {
      problems.push(required('spec.priorityLevelConfiguration.name', 'must reference a priority level'));
    }
    for (const [index, rule] of (spec.rules ?? []).entries()) {
      if ((rule.subjects?.length ?? 0) === 0) {
        problems.push(required(`spec.rules[${index}].subjects`, 'subjects must contain at least one value'));
      }
      if ((rule.resourceRules?.length ?? 0) === 0 && (rule.nonResourceRules?.length ?? 0) === 0) {
        problems.push(
          required(
            `spec.rules[${index}]`,
            'at least one of resourceRules and nonResourceRules has to be non-empty',
          ),
        );
      }
    }
    return problems;
  },
});
