import { type FieldError, forbiddenField, invalidValue, type PriorityClass } from '@kubets/api';
import { define, kindsOf } from '../define.ts';
import { validateOneOfListed } from '../rules/enums.ts';
import { immutableText } from '../rules/labels.ts';
import { ageColumn, countColumn, nameColumn, textColumn } from '../table/columns.ts';

/** The most that users may give: above it are the system's own classes. */
const highestUserPriority = 1_000_000_000;
const systemClasses: Record<string, number> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

export const priorityClass = define<PriorityClass>({
  id: kindsOf('scheduling.k8s.io', 'v1')('priorityclasses', 'PriorityClass', { shortNames: ['pc'] }),
  scope: 'Cluster',
  columns: [
    nameColumn,
    countColumn<PriorityClass>('Value', 'The priority of pods of this class.', ({ value }) => value),
    {
      name: 'Global-Default',
      type: 'boolean',
      description: 'Whether pods that name no class get this one.',
      value: ({ globalDefault }: PriorityClass) => globalDefault ?? false,
    },
    ageColumn,
    textColumn<PriorityClass>(
      'PreemptionPolicy',
      'Whether its pods push others out.',
      ({ preemptionPolicy }) => preemptionPolicy,
    ),
  ],
  defaults(object) {
    object.value ??= 0;
    object.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  // It has no spec, and what counts of it can't change, so its generation stays 1.
  prepareCreate({ metadata }) {
    metadata.generation = 1;
  },
  // Neither can change, so an update need not look at them again.
  validate: (object, old) => [
    ...(old ? [] : validateValue(object)),
    ...(old || object.preemptionPolicy === undefined
      ? []
      : validateOneOfListed(object.preemptionPolicy, ['PreemptLowerPriority', 'Never'], 'preemptionPolicy')),
  ],
  validateUpdate: (next, old) => [
    ...((next.value ?? 0) === (old.value ?? 0)
      ? []
      : [forbiddenField('value', 'may not be changed in an update.')]),
    ...(next.preemptionPolicy === old.preemptionPolicy
      ? []
      : [invalidValue('preemptionPolicy', next.preemptionPolicy ?? null, immutableText)]),
  ],
});

function validateValue({ metadata, value = 0, globalDefault }: PriorityClass): FieldError[] {
  const name = metadata.name ?? '';
  if (!name.startsWith('system-'))
    return value > highestUserPriority
      ? [
          forbiddenField(
            'value',
            `maximum allowed value of a user defined priority is ${highestUserPriority}`,
          ),
        ]
      : [];
  const known = systemClasses[name];
  const fault =
    known === undefined
      ? `${name} is not a known system priority class`
      : known !== value
        ? `value of ${name} PriorityClass must be ${known}`
        : globalDefault
          ? `globalDefault of ${name} PriorityClass must be false`
          : undefined;
  if (!fault) return [];
  const text = "priority class names with 'system-' prefix are reserved for system use only. error: ";
  return [forbiddenField('metadata.name', text + fault)];
}
