import type { FlowSchema } from '@kubets/api';
import { define } from '../define.ts';
import { ageColumn, nameColumn, textColumn } from '../table/columns.ts';
import { flowcontrolKind, validateConditionTypes } from './flowcontrol_kinds.ts';
import { validateFlowSchema } from './validate_flow_schema.ts';

export const flowSchema = define<FlowSchema>({
  id: flowcontrolKind('flowschemas', 'FlowSchema'),
  scope: 'Cluster',
  columns: [
    nameColumn,
    textColumn<FlowSchema>(
      'PriorityLevel',
      'The priority level in which its requests are handled.',
      ({ spec }) => spec?.priorityLevelConfiguration?.name,
    ),
    // A number, which upstream's column calls a string.
    textColumn<FlowSchema>(
      'MatchingPrecedence',
      'Schemas with a lower number are tried first.',
      ({ spec }) => spec?.matchingPrecedence ?? 0,
    ),
    textColumn<FlowSchema>(
      'DistinguisherMethod',
      'By what requests are sorted into flows.',
      ({ spec }) => spec?.distinguisherMethod?.type ?? '<none>',
    ),
    ageColumn,
    textColumn<FlowSchema>(
      'MissingPL',
      'Whether its priority level does not exist.',
      ({ status }) => status?.conditions?.find(({ type }) => type === 'Dangling')?.status ?? '?',
    ),
  ],
  generation: 'spec',
  defaults({ spec = {} as never }) {
    spec.matchingPrecedence ||= 1000;
  },
  validate: (schema) => [...validateFlowSchema(schema), ...validateConditionTypes(schema.status?.conditions)],
  status: {
    metadata: 'keep',
    validate: ({ status }) => validateConditionTypes(status?.conditions),
  },
});
