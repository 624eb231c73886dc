// Pods that are scheduled together (KEP-4671).
import { type FieldError, invalidValue, type PodGroup } from '@kubets/api';
import { define, kindsOf } from '../define.ts';
import { validateConditions } from '../rules/conditions.ts';
import { sameValue } from '../rules/equality.ts';
import { immutableText } from '../rules/labels.ts';
import { columnsOf, textColumn } from '../table/columns.ts';
import { dropUnfinished, validateLongName, validatePolicy, validateShortName } from './pod_group_rules.ts';

const immutable = ['podGroupTemplateRef', 'schedulingPolicy'] as const;

export const podGroup = define<PodGroup>({
  id: kindsOf('scheduling.k8s.io', 'v1alpha2')('podgroups', 'PodGroup'),
  featureGate: 'GenericWorkload',
  scope: 'Namespaced',
  columns: columnsOf<PodGroup>(
    textColumn('Policy', 'Whether all of its pods have to start together.', ({ spec }) =>
      spec.schedulingPolicy?.gang ? 'Gang' : 'Basic',
    ),
    textColumn(
      'Workload',
      'The workload that it is part of.',
      ({ spec }) => spec.podGroupTemplateRef?.workload?.workloadName ?? '<none>',
    ),
    textColumn('Status', 'How far it is.', stateText),
  ),
  prepareCreate({ spec }) {
    dropUnfinished(spec);
    spec.disruptionMode = 'Pod';
  },
  prepareUpdate: ({ spec }, old) => dropUnfinished(spec, old.spec),
  validate: ({ spec }, old) => (old ? [] : validateSpec(spec)),
  validateUpdate: ({ spec }, old) =>
    immutable.flatMap((field) =>
      sameValue(spec[field], old.spec[field]) ? [] : [invalidValue(`spec.${field}`, null, immutableText)],
    ),
  status: {
    metadata: 'keep',
    prepare({ status }) {
      delete status?.resourceClaimStatuses;
    },
    validate: ({ status }) => validateConditions(status?.conditions, 'status.conditions'),
  },
});

function validateSpec({ podGroupTemplateRef: reference, schedulingPolicy }: PodGroup['spec']): FieldError[] {
  const errors: FieldError[] = [];
  if (reference) {
    const path = 'spec.podGroupTemplateRef';
    const { workload } = reference;
    if (workload)
      errors.push(
        ...validateLongName(workload.workloadName, `${path}.workload.workloadName`),
        ...validateShortName(workload.podGroupTemplateName, `${path}.workload.podGroupTemplateName`),
      );
    else errors.push(invalidValue(path, '', 'must specify one of: `workload`'));
  }
  return [...errors, ...validatePolicy(schedulingPolicy, 'spec.schedulingPolicy')];
}

function stateText({ status }: PodGroup): string {
  const byType = new Map((status?.conditions ?? []).map((each) => [each.type, each]));
  const disrupted = byType.get('DisruptionTarget');
  if (disrupted) return disrupted.reason;
  const scheduled = byType.get('PodGroupScheduled');
  if (!scheduled) return 'Pending';
  return scheduled.status === 'True' ? 'Scheduled' : 'Unschedulable';
}
