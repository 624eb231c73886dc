import { type FieldError, forbiddenField, invalidValue, notSupported, type PriorityClass } from '@kubets/api';
import { define } from '../define.ts';
import { ageColumn, countColumn, nameColumn, textColumn } from '../table/columns.ts';

/** Above it are the system's own classes. */
const highestUserPriority = 1_000_000_000;
const systemClasses: Record<string, number> = {
  'system-node-critical': 2_000_001_000,
  'system-cluster-critical': 2_000_000_000,
};

export const priorityClass = define<PriorityClass>({
  id: {
    group: 'scheduling.k8s.io',
    version: 'v1',
    resource: 'priorityclasses',
    kind: 'PriorityClass',
    shortNames: ['pc'],
  },
  scope: 'Cluster',
  generation: (object) => [object.value, object.globalDefault, object.preemptionPolicy, object.description],
  columns: [
    nameColumn,
    countColumn<PriorityClass>('Value', 'The priority of pods of this class.', (object) => object.value),
    {
      name: 'Global-Default',
      type: 'boolean',
      description: 'Whether pods that name no class get this one.',
      value: (object: PriorityClass) => object.globalDefault ?? false,
    },
    ageColumn,
    textColumn<PriorityClass>(
      'PreemptionPolicy',
      'Whether its pods push others out.',
      (object) => object.preemptionPolicy,
    ),
  ],
  defaults: (object) => {
    object.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  validate(object) {
    const { name } = object.metadata;
    const problems: FieldError[] = [];
    if (name?.startsWith('system-')) {
      if (systemClasses[name] !== object.value) {
        problems.push(
          forbiddenField(
            'metadata.name',
            "priority class names with 'system-' prefix are reserved for system use only. error: " +
              `${name} is not a known system priority class`,
          ),
        );
      }
    } else if ((object.value ?? 0) > highestUserPriority) {
      problems.push(
        forbiddenField('value', `maximum allowed value of a user defined priority is ${highestUserPriority}`),
      );
    }
    const policies = ['Never', 'PreemptLowerPriority'];
    if (!policies.includes(object.preemptionPolicy!)) {
      problems.push(notSupported('preemptionPolicy', object.preemptionPolicy, policies));
    }
    return problems;
  },
  validateUpdate(next, old) {
    const problems: FieldError[] = [];
    if ((next.value ?? 0) !== (old.value ?? 0))
      problems.push(forbiddenField('value', 'may not be changed in an update.'));
    if (next.preemptionPolicy !== old.preemptionPolicy) {
      problems.push(invalidValue('preemptionPolicy', next.preemptionPolicy, 'field is immutable'));
    }
    return problems;
  },
});
