import {
  type ExemptPriorityLevelConfiguration,
  type FieldError,
  forbiddenField,
  invalidValue,
  type LimitedPriorityLevelConfiguration,
  type LimitResponse,
  notSupported,
  type PriorityLevelConfiguration,
  type PriorityLevelConfigurationSpec,
  type QueuingConfiguration,
  required,
} from '@kubets/api';
import { sameValue } from '../rules/equality.ts';

const maxQueues = 10_000_000;
const maxHashBits = 60;
const preserveZero = 'flowcontrol.k8s.io/v1beta3-preserve-zero-concurrency-shares';

/** Levels that every server has and nobody may change (flowcontrol/bootstrap). */
const fixed: Readonly<Record<string, PriorityLevelConfigurationSpec>> = {
  exempt: { type: 'Exempt', exempt: { nominalConcurrencyShares: 0, lendablePercent: 0 } },
  'catch-all': {
    type: 'Limited',
    limited: { nominalConcurrencyShares: 5, lendablePercent: 0, limitResponse: { type: 'Reject' } },
  },
};

export function validatePriorityLevel({ metadata, spec }: PriorityLevelConfiguration): FieldError[] {
  const errors: FieldError[] = [];
  if (metadata.annotations?.[preserveZero] !== undefined)
    errors.push(forbiddenField('metadata.annotations', `annotation '${preserveZero}' is forbidden`));
  if ((metadata.name === 'exempt') !== (spec.type === 'Exempt'))
    errors.push(
      invalidValue('spec.type', spec.type ?? '', "must be 'Exempt' if and only if `name` is 'exempt'"),
    );
  return [...errors, ...validateByType(spec), ...validateFixed(metadata.name, spec)];
}

function validateByType({ type, exempt, limited }: PriorityLevelConfigurationSpec): FieldError[] {
  if (type === 'Exempt')
    return [
      ...(limited ? [forbiddenField('spec.limited', 'must be nil if the type is not Limited')] : []),
      ...(exempt ? validateShares(exempt, 'spec.exempt') : []),
    ];
  if (type !== 'Limited') return [notSupported('spec.type', type ?? '', ['Exempt', 'Limited'])];
  return [
    ...(exempt ? [forbiddenField('spec.exempt', 'must be nil if the type is Limited')] : []),
    ...(limited
      ? validateLimited(limited, 'spec.limited')
      : [required('spec.limited', 'must not be empty when type is Limited')]),
  ];
}

function validateLimited(limited: LimitedPriorityLevelConfiguration, path: string): FieldError[] {
  const [shares, lendable] = [
    validateShares({ nominalConcurrencyShares: limited.nominalConcurrencyShares }, path),
    validateShares({ lendablePercent: limited.lendablePercent }, path),
  ];
  const borrowing = limited.borrowingLimitPercent;
  return [
    ...shares,
    ...validateLimitResponse(limited.limitResponse, `${path}.limitResponse`),
    ...lendable,
    ...(borrowing !== undefined && borrowing < 0
      ? [
          invalidValue(
            `${path}.borrowingLimitPercent`,
            borrowing,
            'if specified, must be a non-negative integer',
          ),
        ]
      : []),
  ];
}

function validateShares(
  { nominalConcurrencyShares = 0, lendablePercent = 0 }: ExemptPriorityLevelConfiguration,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (nominalConcurrencyShares < 0)
    errors.push(
      invalidValue(
        `${path}.nominalConcurrencyShares`,
        nominalConcurrencyShares,
        'must be a non-negative integer',
      ),
    );
  if (lendablePercent < 0 || lendablePercent > 100)
    errors.push(
      invalidValue(`${path}.lendablePercent`, lendablePercent, 'must be between 0 and 100, inclusive'),
    );
  return errors;
}

function validateLimitResponse(response: Partial<LimitResponse> = {}, path: string): FieldError[] {
  const { type, queuing } = response;
  if (type === 'Reject')
    return queuing
      ? [forbiddenField(`${path}.queuing`, 'must be nil if limited.limitResponse.type is not Limited')]
      : [];
  if (type !== 'Queue') return [notSupported(`${path}.type`, type ?? '', ['Queue', 'Reject'])];
  return queuing
    ? validateQueuing(queuing, `${path}.queuing`)
    : [required(`${path}.queuing`, 'must not be empty if limited.limitResponse.type is Limited')];
}

function validateQueuing(queuing: QueuingConfiguration, path: string): FieldError[] {
  const { queueLengthLimit = 0, queues = 0, handSize = 0 } = queuing;
  const errors: FieldError[] = [];
  const wrong = (field: string, value: number, detail: string) =>
    errors.push(invalidValue(`${path}.${field}`, value, detail));
  if (queueLengthLimit <= 0) wrong('queueLengthLimit', queueLengthLimit, 'must be positive');
  if (queues <= 0) wrong('queues', queues, 'must be positive');
  else if (queues > maxQueues) wrong('queues', queues, `must not be greater than ${maxQueues}`);
  if (handSize <= 0) wrong('handSize', handSize, 'must be positive');
  else if (handSize > queues) wrong('handSize', handSize, `should not be greater than queues (${queues})`);
  else if (Math.ceil(Math.log2(queues) * handSize) > maxHashBits)
    wrong(
      'handSize',
      handSize,
      `required entropy bits of deckSize ${queues} and handSize ${handSize} should not be greater than ${maxHashBits}`,
    );
  return errors;
}

function validateFixed(name: string, spec: PriorityLevelConfigurationSpec): FieldError[] {
  const wanted = Object.hasOwn(fixed, name) ? fixed[name] : undefined;
  if (!wanted) return [];
  // Shares of the exempt level are open.
  const compared = name === 'exempt' ? { ...spec, exempt: wanted.exempt } : spec;
  if (sameValue(compared, wanted, 'flowcontrol.v1.PriorityLevelConfigurationSpec')) return [];
  const but = name === 'exempt' ? " except the 'spec.exempt' field" : '';
  return [invalidValue('spec', spec, `spec of '${name}'${but} must equal the fixed value`)];
}
