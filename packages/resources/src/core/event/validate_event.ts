import { type Event, type FieldError, invalidValue, required } from '@kubets/api';
import { dns1123Subdomain, qualifiedName } from '../../rules/names.ts';

/** The rules of both versions; those of the newer API bind events that have an eventTime. */
export function validateEvent(event: Event): FieldError[] {
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
  if (event.eventTime) errors.push(...validateReport(event));
  return [
    ...errors,
    ...dns1123Subdomain(namespace).map((message) => invalidValue('namespace', namespace, message)),
  ];
}

function validateReport(event: Event): FieldError[] {
  const { reportingComponent: component = '', message = '' } = event;
  const errors: FieldError[] = component ? [] : [required('reportingComponent')];
  for (const text of qualifiedName(component))
    errors.push(invalidValue('reportingComponent', component, text));
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
  const { series, type = '', source } = event;
  const errors: FieldError[] = [];
  if (series && (series.count ?? 0) < 2)
    errors.push(invalidValue('series.count', '', 'should be at least 2'));
  if (series && !series.lastObservedTime) errors.push(required('series.lastObservedTime'));
  if (!event.eventTime) errors.push(required('eventTime'));
  if (type !== 'Normal' && type !== 'Warning')
    errors.push(invalidValue('type', '', `has invalid value: ${type}`));
  for (const field of ['firstTimestamp', 'lastTimestamp', 'count'] as const)
    if (event[field]) errors.push(invalidValue(field, '', 'needs to be unset'));
  if (source?.component || source?.host) errors.push(invalidValue('source', '', 'needs to be unset'));
  return errors;
}
