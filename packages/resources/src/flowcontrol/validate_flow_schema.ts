import {
  type FieldError,
  type FlowcontrolV1Subject,
  type FlowSchema,
  type FlowSchemaSpec,
  forbiddenField,
  invalidValue,
  type NonResourcePolicyRule,
  notSupported,
  type PolicyRulesWithSubjects,
  type ResourcePolicyRule,
  required,
} from '@kubets/api';
import { sameValue } from '../rules/equality.ts';
import { goStruct } from '../rules/go_struct.ts';
import { dns1123Label, dns1123Subdomain } from '../rules/names.ts';

const supportedVerbs = [
  'create',
  'delete',
  'deletecollection',
  'get',
  'list',
  'patch',
  'proxy',
  'update',
  'watch',
];

const everything: Pick<PolicyRulesWithSubjects, 'resourceRules' | 'nonResourceRules'> = {
  resourceRules: [
    { verbs: ['*'], apiGroups: ['*'], resources: ['*'], namespaces: ['*'], clusterScope: true },
  ],
  nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }],
};

const ofGroup = (name: string): FlowcontrolV1Subject => ({ kind: 'Group', group: { name } });

/** Schemas that every server has and nobody may change (flowcontrol/bootstrap). */
const fixed = new Map<string, FlowSchemaSpec>([
  [
    'exempt',
    {
      priorityLevelConfiguration: { name: 'exempt' },
      matchingPrecedence: 1,
      rules: [{ subjects: [ofGroup('system:masters')], ...everything }],
    },
  ],
  [
    'catch-all',
    {
      priorityLevelConfiguration: { name: 'catch-all' },
      matchingPrecedence: 10_000,
      distinguisherMethod: { type: 'ByUser' },
      rules: [
        { subjects: [ofGroup('system:unauthenticated'), ofGroup('system:authenticated')], ...everything },
      ],
    },
  ],
]);

export function validateFlowSchema({ metadata, spec }: FlowSchema): FieldError[] {
  const errors = validatePrecedence(spec.matchingPrecedence ?? 0, metadata.name);
  const method = spec.distinguisherMethod;
  if (method && method.type !== 'ByNamespace' && method.type !== 'ByUser')
    errors.push(
      notSupported(
        'spec.distinguisherMethod.type',
        goStruct(method, 'flowcontrol.v1.FlowDistinguisherMethod'),
        ['ByNamespace', 'ByUser'],
      ),
    );
  const levelPath = 'spec.priorityLevelConfiguration.name';
  const level = spec.priorityLevelConfiguration?.name;
  if (!level) errors.push(required(levelPath, 'must reference a priority level'));
  else errors.push(...dns1123Subdomain(level).map((message) => invalidValue(levelPath, level, message)));
  spec.rules?.forEach((rule, i) => {
    errors.push(...validateRule(rule, `spec.rules[${i}]`));
  });
  const wanted = fixed.get(metadata.name);
  if (wanted && !sameValue(spec, wanted, 'flowcontrol.v1.FlowSchemaSpec'))
    errors.push(invalidValue('spec', spec, `spec of '${metadata.name}' must equal the fixed value`));
  return errors;
}

function validatePrecedence(precedence: number, name: string): FieldError[] {
  const wrong = (detail: string) => [invalidValue('spec.matchingPrecedence', precedence, detail)];
  if (precedence <= 0) return wrong('must be a positive value');
  if (precedence > 10_000) return wrong('must not be greater than 10000');
  if (precedence === 1 && name !== 'exempt')
    return wrong("only the schema named 'exempt' may have matchingPrecedence 1");
  return [];
}

function validateRule(rule: PolicyRulesWithSubjects, path: string): FieldError[] {
  const { subjects = [], resourceRules = [], nonResourceRules = [] } = rule;
  const errors = subjects.flatMap((subject, i) => validateSubject(subject, `${path}.subjects[${i}]`));
  if (subjects.length === 0)
    errors.push(required(`${path}.subjects`, 'subjects must contain at least one value'));
  if (resourceRules.length === 0 && nonResourceRules.length === 0)
    errors.push(required(path, 'at least one of resourceRules and nonResourceRules has to be non-empty'));
  return [
    ...errors,
    ...resourceRules.flatMap((entry, i) => validateResourceRule(entry, `${path}.resourceRules[${i}]`)),
    ...nonResourceRules.flatMap((entry, i) =>
      validateNonResourceRule(entry, `${path}.nonResourceRules[${i}]`),
    ),
  ];
}

const subjectFields = { ServiceAccount: 'serviceAccount', User: 'user', Group: 'group' } as const;

function validateSubject(subject: FlowcontrolV1Subject, path: string): FieldError[] {
  const kinds = Object.keys(subjectFields) as (keyof typeof subjectFields)[];
  const kind = kinds.find((known) => known === subject.kind);
  if (!kind) return [notSupported(`${path}.kind`, subject.kind ?? '', [...kinds].sort())];
  return kinds.flatMap((other) => {
    const field = subjectFields[other];
    if (other === kind) return validateSubjectField(subject[field], kind, `${path}.${field}`);
    if (subject[field] === undefined) return [];
    return [forbiddenField(`${path}.${field}`, `${field} is forbidden when subject kind is not '${other}'`)];
  });
}

function validateSubjectField(
  value: { name: string; namespace?: string } | undefined,
  kind: keyof typeof subjectFields,
  path: string,
): FieldError[] {
  if (!value) return [required(path, `${subjectFields[kind]} is required when subject kind is '${kind}'`)];
  const { name, namespace } = value;
  const errors = name ? [] : [required(`${path}.name`)];
  if (kind !== 'ServiceAccount') return errors;
  if (name && name !== '*')
    errors.push(...dns1123Subdomain(name).map((message) => invalidValue(`${path}.name`, name, message)));
  if (!namespace) errors.push(required(`${path}.namespace`, 'must specify namespace for service account'));
  else
    errors.push(
      ...dns1123Label(namespace).map((message) => invalidValue(`${path}.namespace`, namespace, message)),
    );
  return errors;
}

function validateNonResourceRule({ verbs, nonResourceURLs = [] }: NonResourcePolicyRule, path: string) {
  const at = `${path}.nonResourceURLs`;
  const errors = validateVerbs(verbs, `${path}.verbs`);
  if (nonResourceURLs.length === 0)
    errors.push(required(at, 'nonResourceURLs must contain at least one value'));
  else if (!nonResourceURLs.includes('*'))
    errors.push(...nonResourceURLs.flatMap((url, i) => validateUrlPath(url, `${at}[${i}]`)));
  else errors.push(...aloneWithStar(nonResourceURLs, at, 'non-resource URLs'));
  return errors;
}

function validateResourceRule(rule: ResourcePolicyRule, path: string): FieldError[] {
  const { verbs, apiGroups, resources, namespaces = [], clusterScope } = rule;
  const errors = validateVerbs(verbs, `${path}.verbs`);
  for (const [field, values = [], one, many] of [
    ['apiGroups', apiGroups, 'api group', 'api groups'],
    ['resources', resources, 'resource', 'resources'],
  ] as const) {
    if (values.length === 0)
      errors.push(required(`${path}.${field}`, `resource rules must supply at least one ${one}`));
    else errors.push(...aloneWithStar(values, `${path}.${field}`, many));
  }
  const at = `${path}.namespaces`;
  if (namespaces.length === 0 && !clusterScope)
    errors.push(
      required(at, 'resource rules that are not cluster scoped must supply at least one namespace'),
    );
  else if (namespaces.includes('*')) errors.push(...aloneWithStar(namespaces, at, 'namespaces'));
  else
    namespaces.forEach((namespace, i) => {
      for (const message of dns1123Label(namespace)) {
        const detail = `each member of this list must be '*' or a DNS-1123 label; ${message}`;
        errors.push(invalidValue(`${at}[${i}]`, namespace, detail));
      }
    });
  return errors;
}

function validateVerbs(verbs: string[] = [], path: string): FieldError[] {
  if (verbs.length === 0) return [required(path, 'verbs must contain at least one value')];
  if (verbs.includes('*')) return aloneWithStar(verbs, path, 'verbs');
  return verbs.every((verb) => supportedVerbs.includes(verb))
    ? []
    : [notSupported(path, verbs, supportedVerbs)];
}

function aloneWithStar(values: readonly string[], path: string, plural: string): FieldError[] {
  return values.includes('*') && values.length > 1
    ? [invalidValue(path, values, `if '*' is present, must not specify other ${plural}`)]
    : [];
}

function validateUrlPath(url: string, path: string): FieldError[] {
  const wrong = (detail: string) => [invalidValue(path, url, detail)];
  if (url === '') return wrong('must not be empty');
  if (url === '/') return [];
  if (!url.startsWith('/')) return wrong('must start with slash');
  if (url.includes(' ')) return wrong('must not contain white-space');
  if (url.includes('//')) return wrong('must not contain double slash');
  const stars = url.split('*').length - 1;
  return stars > 1 || (stars === 1 && !url.endsWith('/*'))
    ? wrong('wildcard can only do suffix matching')
    : [];
}
