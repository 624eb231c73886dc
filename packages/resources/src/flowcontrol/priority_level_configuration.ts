import {
  type FieldError,
  forbiddenField,
  notSupported,
  type PriorityLevelConfiguration,
  required,
} from '@kubets/api';
import { define } from '../define.ts';
import { ageColumn, nameColumn, textColumn } from '../table/columns.ts';

type Shown = string | number | undefined;

const queuing = (level: PriorityLevelConfiguration) => level.spec?.limited?.limitResponse?.queuing;
const cell = (name: string, description: string, value: (level: PriorityLevelConfiguration) => Shown) =>
  textColumn<PriorityLevelConfiguration>(name, description, (level) => value(level) ?? '<none>');

export const priorityLevelConfiguration = define<PriorityLevelConfiguration>({
  id: {
    group: 'flowcontrol.apiserver.k8s.io',
    version: 'v1',
    resource: 'prioritylevelconfigurations',
    kind: 'PriorityLevelConfiguration',
  },
  scope: 'Cluster',
  generation: 'spec',
  status: {},
  columns: [
    nameColumn,
    cell('Type', 'Whether its requests are limited.', ({ spec }) => spec?.type),
    cell(
      'NominalConcurrencyShares',
      'Its part of the server.',
      ({ spec }) => spec?.limited?.nominalConcurrencyShares,
    ),
    cell('Queues', 'How many queues it has.', (level) => queuing(level)?.queues),
    cell('HandSize', 'Queues among which a flow chooses.', (level) => queuing(level)?.handSize),
    cell('QueueLengthLimit', 'Requests that a queue holds.', (level) => queuing(level)?.queueLengthLimit),
    ageColumn,
  ],
  defaults({ spec }) {
    const limited = spec?.limited;
    if (spec?.exempt) {
      spec.exempt.nominalConcurrencyShares ??= 0;
      spec.exempt.lendablePercent ??= 0;
    }
    if (!limited) return;
    limited.nominalConcurrencyShares ??= 30;
    limited.lendablePercent ??= 0;
    const queues = limited.limitResponse?.queuing;
    if (!queues) return;
    queues.handSize ||= 8;
    queues.queues ||= 64;
    queues.queueLengthLimit ||= 50;
  },
  validate({ spec }) {
    const problems: FieldError[] = [];
    const types = ['Exempt', 'Limited'];
    if (!types.includes(spec.type)) problems.push(notSupported('spec.type', spec.type ?? '', types));
    if (spec.type === 'Exempt' && spec.limited) {
      problems.push(forbiddenField('spec.limited', 'must be nil if the type is not Limited'));
    }
    if (spec.type === 'Limited') {
      if (spec.exempt) problems.push(forbiddenField('spec.exempt', 'must be nil if the type is Limited'));
      if (!spec.limited) problems.push(required('spec.limited', 'must not be empty when type is Limited'));
      const response = spec.limited?.limitResponse;
      const responses = ['Queue', 'Reject'];
      if (spec.limited && !responses.includes(response?.type ?? '')) {
        problems.push(notSupported('spec.limited.limitResponse.type', response?.type ?? '', responses));
      }
    }
    return problems;
  },
});
