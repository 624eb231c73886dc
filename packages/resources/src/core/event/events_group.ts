// `events.k8s.io/v1`: the same events under other names.
import type { Event, EventsV1Event } from '@kubets/api';
import type { OtherVersion } from '../../resource.ts';

export const eventsGroupVersion: OtherVersion<Event> = {
  group: 'events.k8s.io',
  version: 'v1',
  kind: 'Event',
  type: 'events.v1.Event',
  selectableFields: {
    reason: 'reason',
    type: 'type',
    reportingController: 'reportingComponent',
    'regarding.kind': 'involvedObject.kind',
    'regarding.namespace': 'involvedObject.namespace',
    'regarding.name': 'involvedObject.name',
    'regarding.uid': 'involvedObject.uid',
    'regarding.apiVersion': 'involvedObject.apiVersion',
    'regarding.resourceVersion': 'involvedObject.resourceVersion',
    'regarding.fieldPath': 'involvedObject.fieldPath',
  },
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
      // Always there in v1, left out here when empty.
      reportingController: reportingComponent || undefined,
      reportingInstance: same.reportingInstance || undefined,
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
};

function compact<T extends object>(object: T): T {
  for (const key of Object.keys(object) as (keyof T)[]) if (object[key] === undefined) delete object[key];
  return object;
}
