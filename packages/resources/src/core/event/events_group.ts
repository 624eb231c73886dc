// `events.k8s.io/v1`: the same events under other names.
import type { Event, EventsV1Event } from '@kubets/api';
import type { OtherVersion } from '../../resource.ts';
import { validateNewEvent } from './validate_event.ts';

export const eventsGroupVersion: OtherVersion<Event> = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  type: 'events.v1.Event',
  fromStored(object): EventsV1Event {
    const {
      involvedObject,
      message,
      firstTimestamp,
      lastTimestamp,
      count,
      source,
      reportingComponent,
      ...same
    } = object;
    return compact({
      ...same,
      apiVersion: 'events.k8s.io/v1',
      regarding: involvedObject,
      note: message,
      deprecatedFirstTimestamp: firstTimestamp,
      deprecatedLastTimestamp: lastTimestamp,
      deprecatedCount: count,
      deprecatedSource: source,
      reportingController: reportingComponent,
    }) as EventsV1Event;
  },
  toStored(object: EventsV1Event): Event {
    const {
      regarding,
      note,
      deprecatedFirstTimestamp,
      deprecatedLastTimestamp,
      deprecatedCount,
      deprecatedSource,
      reportingController,
      ...same
    } = object;
    return compact({
      ...same,
      apiVersion: 'v1',
      involvedObject: regarding ?? {},
      message: note,
      firstTimestamp: deprecatedFirstTimestamp,
      lastTimestamp: deprecatedLastTimestamp,
      count: deprecatedCount,
      source: deprecatedSource ?? {},
      reportingComponent: reportingController,
    }) as Event;
  },
  validateCreate: validateNewEvent,
};

function compact<T extends object>(object: T): T {
  for (const key of Object.keys(object) as (keyof T)[]) if (object[key] === undefined) delete object[key];
  return object;
}
