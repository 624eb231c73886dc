import { type Event, type FieldError, invalidValue, required } from '@kubets/api';
import { sameField } from '../../rules/equality.ts';
import { goStruct } from '../../rules/go_struct.ts';
import { immutableText } from '../../rules/labels.ts';
import { dns1123Subdomain, nameIsSubdomain, qualifiedName } from '../../rules/names.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from '../../rules/object_meta.ts';

type Version = 'v1' | 'events.k8s.io/v1';

/** The rules of both versions; those of the newer API bind events that have an eventTime. */
export function validateEvent(event: Event, version: Version): FieldError[] {
  const namespace = event.metadata.namespace ?? '';
  const about = event.involvedObject?.namespace ?? '';
  const errors: FieldError[] = [];
  const elsewhere = event.eventTime
    ? !about && namespace !== 'default' && namespace !== 'kube-system'
    : about
      ? namespace !== about
      : namespace !== '' && namespace !== 'default';
  if (elsewhere)
    errors.push(invalidValue('involvedObject.namespace', about, 'does not match event.namespace'));
  if (event.eventTime) errors.push(...validateReport(event, version));
  return [
    ...errors,
    ...dns1123Subdomain(namespace).map((message) => invalidValue('namespace', namespace, message)),
  ];
}

function validateReport(event: Event, version: Version): FieldError[] {
  const { reportingComponent: component = '', message = '' } = event;
  const field = version === 'v1' ? 'reportingComponent' : 'reportingController';
  const errors: FieldError[] = component ? [] : [required(field)];
  for (const text of qualifiedName(component)) errors.push(invalidValue(field, component, text));
  for (const field of ['reportingInstance', 'action', 'reason'] as const) {
    const value = event[field] ?? '';
    if (!value) errors.push(required(field));
    if (value.length > 128) errors.push(invalidValue(field, '', 'can have at most 128 characters'));
  }
  if (message.length > 1024) errors.push(invalidValue('message', '', 'can have at most 1024 characters'));
  return errors;
}

/** What only `events.k8s.io/v1` asks of a new event: nothing of the old form. */
export function validateNewEvent(event: Event): FieldError[] {
  const { type = '', source } = event;
  const errors = [
    ...validateObjectMeta(event.metadata, { namespaced: true, name: nameIsSubdomain }),
    ...validateSeries(event),
  ];
  if (!event.eventTime) errors.push(required('eventTime'));
  if (type !== 'Normal' && type !== 'Warning')
    errors.push(invalidValue('type', '', `has invalid value: ${type}`));
  for (const field of ['firstTimestamp', 'lastTimestamp', 'count'] as const)
    if (event[field]) errors.push(invalidValue(field, '', 'needs to be unset'));
  if (source?.component || source?.host) errors.push(invalidValue('source', '', 'needs to be unset'));
  return errors;
}

function validateSeries({ series }: Event): FieldError[] {
  if (!series) return [];
  return [
    ...((series.count ?? 0) < 2 ? [invalidValue('series.count', '', 'should be at least 2')] : []),
    ...(series.lastObservedTime ? [] : [required('series.lastObservedTime')]),
  ];
}

// Once in the new form, an event only counts up. `reason` stands twice, as upstream asks twice.
const keptFields: [field: keyof Event, type?: string, shown?: string][] = [
  ['involvedObject', 'core.v1.ObjectReference'],
  ['reason'],
  ['message'],
  ['source', 'core.v1.EventSource'],
  ['firstTimestamp'],
  ['lastTimestamp'],
  ['count'],
  ['reason'],
  ['type'],
  ['eventTime'],
  ['action'],
  ['related', 'core.v1.ObjectReference'],
  ['reportingComponent', undefined, 'reportingController'],
  ['reportingInstance'],
];

/** What `events.k8s.io/v1` lets an update change: the series. */
export function validateChangedEvent(next: Event, old: Event): FieldError[] {
  return [
    ...validateObjectMetaUpdate(next.metadata, old.metadata),
    ...(sameField(next, old, 'series', 'core.v1.Event') ? [] : validateSeries(next)),
    ...keptFields
      .filter(([field]) => !sameField(next, old, field, 'core.v1.Event'))
      .map(([field, type, shown]) =>
        invalidValue(shown ?? field, shownValue(next[field], field, type), immutableText),
      ),
  ];
}

function shownValue(value: unknown, field: keyof Event, type: string | undefined): unknown {
  if (type) return goStruct((value ?? (field === 'related' ? undefined : {})) as object | undefined, type);
  return value ?? (field === 'count' ? 0 : field.endsWith('imestamp') || field === 'eventTime' ? null : '');
}
