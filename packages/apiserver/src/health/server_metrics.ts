// Everything that `/metrics` shows, under upstream's names and with its labels and buckets.
import type { ServerContext } from '../server_context.ts';
import { Counter, exponential, Gauge, Histogram } from './metric_family.ts';

const secondsBuckets = [
  0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1, 1.25, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 45, 60,
];
const accessBuckets = exponential(0.001, 2, 15);
const requestLabels = ['verb', 'group', 'version', 'resource', 'subresource', 'scope', 'component'];

export function createMetrics() {
  return {
    requests: new Counter({
      name: 'apiserver_request_total',
      help: 'Requests answered, by verb, resource, scope and HTTP code.',
      stability: 'STABLE',
      labels: [...requestLabels, 'dry_run', 'code'],
    }),
    durations: new Histogram({
      name: 'apiserver_request_duration_seconds',
      help: 'How long requests took, without watches and streams.',
      stability: 'STABLE',
      labels: [...requestLabels, 'dry_run'],
      buckets: secondsBuckets,
    }),
    sliDurations: new Histogram({
      name: 'apiserver_request_sli_duration_seconds',
      help: 'How long requests took once they had a seat, without watches and streams.',
      labels: requestLabels,
      buckets: secondsBuckets,
    }),
    responseSizes: new Histogram({
      name: 'apiserver_response_sizes',
      help: 'Bytes of the answers to reads.',
      stability: 'STABLE',
      labels: requestLabels,
      buckets: exponential(1000, 10, 7),
    }),
    terminations: new Counter({
      name: 'apiserver_request_terminations_total',
      help: 'Requests turned away before an endpoint saw them.',
      labels: [...requestLabels, 'code'],
    }),
    inFlight: new Gauge({
      name: 'apiserver_current_inflight_requests',
      help: 'Requests being answered now.',
      stability: 'STABLE',
      labels: ['request_kind'],
    }),
    longRunning: new Gauge({
      name: 'apiserver_longrunning_requests',
      help: 'Watches and streams under way.',
      stability: 'STABLE',
      labels: requestLabels,
    }),
    watchEvents: new Counter({
      name: 'apiserver_watch_events_total',
      help: 'Events sent to watchers.',
      labels: ['group', 'version', 'resource'],
    }),
    watchEventSizes: new Histogram({
      name: 'apiserver_watch_events_sizes',
      help: 'Bytes of the events sent to watchers.',
      labels: ['group', 'version', 'resource'],
      buckets: exponential(1024, 2, 8),
    }),
    storageObjects: new Gauge({
      name: 'apiserver_storage_objects',
      help: 'Objects stored, by resource; apiserver_resource_objects says the same.',
      stability: 'STABLE',
      labels: ['resource'],
    }),
    resourceObjects: new Gauge({
      name: 'apiserver_resource_objects',
      help: 'Objects stored, by group and resource.',
      labels: ['group', 'resource'],
    }),
    cacheRevision: new Gauge({
      name: 'apiserver_watch_cache_resource_version',
      help: 'The revision that the caches hold.',
      labels: ['group', 'resource'],
    }),
    storeRequests: new Counter({
      name: 'etcd_requests_total',
      help: 'Requests of the store, by operation and resource.',
      labels: ['operation', 'group', 'resource'],
    }),
    storeDurations: new Histogram({
      name: 'etcd_request_duration_seconds',
      help: 'How long requests of the store took.',
      labels: ['operation', 'group', 'resource'],
      buckets: secondsBuckets,
    }),
    admissionDurations: new Histogram({
      name: 'apiserver_admission_controller_admission_duration_seconds',
      help: 'How long admission plugins took.',
      stability: 'STABLE',
      labels: ['name', 'operation', 'type', 'rejected'],
      buckets: [0.005, 0.025, 0.1, 0.5, 1, 2.5],
    }),
    authentications: new Counter({
      name: 'authentication_attempts',
      help: 'Attempts to find out who asks.',
      labels: ['result'],
    }),
    authenticationDurations: new Histogram({
      name: 'authentication_duration_seconds',
      help: 'How long it took to find out who asks.',
      labels: ['result'],
      buckets: accessBuckets,
    }),
    authenticatedRequests: new Counter({
      name: 'authenticated_user_requests',
      help: 'Requests of known users; all but a few names count as other.',
      labels: ['username'],
    }),
    authorizations: new Counter({
      name: 'authorization_attempts_total',
      help: 'Questions to the authorizers, by their answer.',
      labels: ['result'],
    }),
    authorizationDurations: new Histogram({
      name: 'authorization_duration_seconds',
      help: 'How long authorizers took, by their answer.',
      labels: ['result'],
      buckets: accessBuckets,
    }),
    auditEvents: new Counter({
      name: 'apiserver_audit_event_total',
      help: 'Audit events handed to the audit log.',
    }),
    requestedDeprecated: new Gauge({
      name: 'apiserver_requested_deprecated_apis',
      help: 'Deprecated APIs that somebody asked for since the start.',
      stability: 'STABLE',
      labels: ['group', 'version', 'resource', 'subresource', 'removed_release'],
    }),
    health: new Gauge({
      name: 'kubernetes_healthcheck',
      help: 'Whether a health check passed when it was last asked.',
      stability: 'STABLE',
      labels: ['name', 'type'],
    }),
    healthChecks: new Counter({
      name: 'kubernetes_healthchecks_total',
      help: 'Health checks asked, by how they went.',
      stability: 'STABLE',
      labels: ['name', 'type', 'status'],
    }),
    buildInfo: new Gauge({
      name: 'kubernetes_build_info',
      help: 'Always 1; the labels say which version runs.',
      stability: 'BETA',
      labels: ['major', 'minor', 'git_version', 'compiler'],
    }),
  };
}

export type ServerMetrics = ReturnType<typeof createMetrics>;

/** Everything, line by line; what the caches know is read now. */
export function* metricLines({ cache, metrics }: ServerContext): Generator<string> {
  for (const { resource, size } of cache.histories()) {
    const { group, resource: plural } = resource.id;
    metrics.storageObjects.with(group ? `${plural}.${group}` : plural).set(size);
    metrics.resourceObjects.with(group, plural).set(size);
    metrics.cacheRevision.with(group, plural).set(cache.revision);
  }
  // Health checks have a page of their own.
  for (const family of Object.values(metrics))
    if (family !== metrics.health && family !== metrics.healthChecks) yield* family.lines();
}
