// The groups of pods that an application is made of (KEP-4671).
import {
  type SchedulingV1alpha2TypedLocalObjectReference as ControllerReference,
  type FieldError,
  invalidValue,
  type PodGroupTemplate,
  required,
  type Workload,
} from '@kubets/api';
import { define, kindsOf } from '../define.ts';
import { validateSet } from '../resource/device_rules.ts';
import { sameValue } from '../rules/equality.ts';
import { immutableText } from '../rules/labels.ts';
import { dns1123Subdomain, pathSegmentName } from '../rules/names.ts';
import { columnsOf } from '../table/columns.ts';
import { dropUnfinished, validatePolicy, validateShortName } from './pod_group_rules.ts';

const immutable = ['controllerRef', 'podGroupTemplates'] as const;

export const workload = define<Workload>({
  id: kindsOf('scheduling.k8s.io', 'v1alpha2')('workloads', 'Workload'),
  featureGate: 'GenericWorkload',
  scope: 'Namespaced',
  columns: columnsOf<Workload>(),
  prepareCreate: ({ spec }) => {
    for (const template of spec.podGroupTemplates ?? []) dropUnfinished(template);
  },
  prepareUpdate: ({ spec }, old) => {
    for (const [i, template] of (spec.podGroupTemplates ?? []).entries())
      dropUnfinished(template, old.spec.podGroupTemplates?.[i]);
  },
  validate({ spec }, old) {
    if (old) return [];
    const { controllerRef, podGroupTemplates: templates = [] } = spec;
    return [
      ...(controllerRef ? validateController(controllerRef, 'spec.controllerRef') : []),
      ...(templates.length ? [] : [required('spec.podGroupTemplates')]),
      ...validateSet(templates, 8, validateTemplate, ({ name = '' }) => name, 'spec.podGroupTemplates'),
    ];
  },
  validateUpdate: ({ spec }, old) =>
    immutable.flatMap((field) => {
      const [next, before] = [spec[field], old.spec[field]];
      return sameValue(next, before) ? [] : [invalidValue(`spec.${field}`, null, immutableText)];
    }),
});

function validateTemplate({ name, schedulingPolicy }: PodGroupTemplate, path: string): FieldError[] {
  return [
    ...validateShortName(name, `${path}.name`),
    ...validatePolicy(schedulingPolicy, `${path}.schedulingPolicy`),
  ];
}

function validateController({ apiGroup, kind, name }: ControllerReference, path: string): FieldError[] {
  const rule = (value: string | undefined, field: string) =>
    value
      ? pathSegmentName(value).map((message) => invalidValue(`${path}.${field}`, value, message))
      : [required(`${path}.${field}`)];
  return [
    ...(apiGroup
      ? dns1123Subdomain(apiGroup).map((message) => invalidValue(`${path}.apiGroup`, apiGroup, message))
      : []),
    ...rule(kind, 'kind'),
    ...rule(name, 'name'),
  ];
}
