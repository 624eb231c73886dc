import type { PriorityLevelConfiguration } from '@kubets/api';
import { define } from '../define.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { flowcontrolKind, validateConditionTypes } from './flowcontrol_kinds.ts';
import { validatePriorityLevel } from './validate_priority_level.ts';

const queuing = (level: PriorityLevelConfiguration) => level.spec?.limited?.limitResponse?.queuing;

export const priorityLevelConfiguration = define<PriorityLevelConfiguration>({
  id: flowcontrolKind('prioritylevelconfigurations', 'PriorityLevelConfiguration'),
  scope: 'Cluster',
  columns: columnsOf<PriorityLevelConfiguration>(
    textColumn('Type', 'Whether its requests are limited.', ({ spec }) => spec?.type),
    textColumn(
      'NominalConcurrencyShares',
      'Its share of the requests that the server handles at once.',
      ({ spec }) => spec?.limited?.nominalConcurrencyShares ?? '<none>',
    ),
    textColumn('Queues', 'How many queues it has.', (level) => queuing(level)?.queues ?? '<none>'),
    textColumn(
      'HandSize',
      'Among how many queues a flow chooses.',
      (level) => queuing(level)?.handSize ?? '<none>',
    ),
    textColumn(
      'QueueLengthLimit',
      'How many requests wait in one queue at most.',
      (level) => queuing(level)?.queueLengthLimit ?? '<none>',
    ),
  ),
  generation: 'spec',
  defaults({ spec = {} as never }) {
    const { exempt, limited } = spec;
    if (exempt) {
      exempt.nominalConcurrencyShares ??= 0;
      exempt.lendablePercent ??= 0;
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
  validate: (level) => [...validatePriorityLevel(level), ...validateConditionTypes(level.status?.conditions)],
  status: {
    metadata: 'keep',
    validate: ({ status }) => validateConditionTypes(status?.conditions),
  },
});
