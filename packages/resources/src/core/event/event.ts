import type { Event, FieldError } from '@kubets/api';
import { define } from '../../define.ts';
import type { Column, Resource, SelectableField } from '../../resource.ts';
import { nameIsPathSegment } from '../../rules/names.ts';
import { ageSince } from '../../table/age.ts';
import { nameColumn, textColumn, wide } from '../../table/columns.ts';
import { coreKind } from '../core_kinds.ts';
import { eventsGroupVersion } from './events_group.ts';
import { validateChangedEvent, validateEvent, validateNewEvent } from './validate_event.ts';

const involved = (field: string): SelectableField<Event> => {
  return ({ involvedObject }) => String((involvedObject as Record<string, unknown>)?.[field] ?? '');
};

const involvedFields = ['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'];

const defined = define<Event>({
  id: coreKind('events', 'Event', { shortNames: ['ev'] }),
  scope: 'Namespaced',
  allowCreateOnUpdate: true,
  ttlSeconds: 3600,
  ignoresPropagation: true,
  columns: eventColumns(),
  defaults(object) {
    object.source ??= {};
    object.involvedObject ??= {};
  },
  // Names of events made up of names and times have never been held to more.
  validateName: nameIsPathSegment,
  selectableFields: {
    ...Object.fromEntries(involvedFields.map((field) => [`involvedObject.${field}`, involved(field)])),
    reason: ({ reason }) => reason ?? '',
    reportingComponent: ({ reportingComponent }) => reportingComponent ?? '',
    source: ({ source, reportingComponent }) => source?.component || reportingComponent || '',
    type: ({ type }) => type ?? '',
  },
});

export const event: Resource<Event> = {
  ...defined,
  validateCreate: (object) => thenMeta(validateEvent(object, 'v1'), defined.validateCreate(object)),
  validateUpdate: (next, old) => [...defined.validateUpdate(next, old), ...validateEvent(next, 'v1')],
  otherVersions: [
    {
      ...eventsGroupVersion,
      validateCreate: (object) =>
        thenMeta(
          [...validateEvent(object, 'events.k8s.io/v1'), ...validateNewEvent(object)],
          defined.validateCreate(object),
        ),
      validateUpdate: (next, old) => [
        ...defined.validateUpdate(next, old),
        ...validateEvent(next, 'events.k8s.io/v1'),
        ...validateChangedEvent(next, old),
      ],
    },
  ],
};

// What all objects must be like is asked only of events that are right in themselves.
function thenMeta(own: FieldError[], meta: FieldError[]): FieldError[] {
  return own.length > 0 ? own : meta;
}

function eventColumns(): Column<Event>[] {
  return [
    textColumn('Last Seen', 'Time since it happened last.', lastSeen),
    textColumn('Type', 'Normal, or a warning.', ({ type }) => type),
    textColumn('Reason', 'Why, in one word.', ({ reason }) => reason),
    textColumn('Object', 'What it happened to.', ({ involvedObject: { kind = '', name } }) =>
      name ? `${kind.toLowerCase()}/${name}` : kind.toLowerCase(),
    ),
    wide(textColumn('Subobject', 'Which part of it.', ({ involvedObject }) => involvedObject.fieldPath)),
    wide(textColumn('Source', 'Who reports it.', sourceText)),
    textColumn('Message', 'What happened.', ({ message }) => message?.trim()),
    wide(textColumn('First Seen', 'Time since it happened first.', firstSeen)),
    wide(textColumn('Count', 'How often it happened.', ({ series, count }) => series?.count ?? (count || 1))),
    wide(nameColumn as Column<Event>),
  ];
}

function firstSeen({ firstTimestamp, eventTime }: Event, nowMs: number): string {
  return ageSince(firstTimestamp ?? eventTime, nowMs);
}

function lastSeen(object: Event, nowMs: number): string {
  if (object.series) return ageSince(object.series.lastObservedTime, nowMs);
  return object.lastTimestamp ? ageSince(object.lastTimestamp, nowMs) : firstSeen(object, nowMs);
}

function sourceText({ source, reportingComponent, reportingInstance }: Event): string {
  const instance = source?.host || reportingInstance;
  const component = source?.component || reportingComponent || '';
  return instance ? `${component}, ${instance}` : component;
}
