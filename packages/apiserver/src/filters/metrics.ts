import type { Call, Filter } from '../call.ts';
import { type RequestLabels, RequestSeries } from '../health/request_series.ts';
import type { AnswerObserver, ApiResult, WatchEvents } from '../request.ts';
import type { ServerContext } from '../server_context.ts';
import { isLongRunning } from './long_running.ts';

/** Distinct label sets that are kept at hand; the families have a bound of their own. */
const maxKept = 5_000;

/** Counts and times requests by verb and route: labels come from the route table, never from what a user typed. */
export function measureRequests(server: ServerContext): Filter {
  const { metrics, clock } = server;
  const kept = new Map<string, RequestSeries>();
  const seriesOf = (call: Call): RequestSeries => {
    const labels = labelsOf(server, call);
    const { verb, group, version, resource, subresource, scope, dryRun } = labels;
    const key = `${verb} ${group} ${version} ${resource} ${subresource} ${scope} ${dryRun}`;
    let found = kept.get(key);
    if (!found) {
      found = new RequestSeries(metrics, labels);
      if (kept.size < maxKept) kept.set(key, found);
    }
    return found;
  };
  return async (call, next) => {
    const { info } = call;
    const series = seriesOf(call);
    const longRunning = isLongRunning(info.verb, info.subresource);
    const startedMs = clock.now();
    call.request.observer = info.verb === 'watch' ? watchObserver(server, call, series) : series;
    let code = 500;
    try {
      const result = await next(call);
      code = result.type === 'proxy' ? 200 : result.status;
      if (result.type === 'watch') return countWhileOpen(result, series);
      return result;
    } catch (error) {
      code = (error as { code?: number }).code ?? 500;
      throw error;
    } finally {
      series.answered(code);
      if (code === 429) series.turnedAway(code);
      if (!longRunning) series.timed((clock.now() - startedMs) / 1000, (call.waitedMs ?? 0) / 1000);
    }
  };
}

function watchObserver({ metrics }: ServerContext, { info }: Call, series: RequestSeries): AnswerObserver {
  const { group, version, resource } = info;
  const events = metrics.watchEvents.with(group, version, resource);
  const sizes = metrics.watchEventSizes.with(group, version, resource);
  return {
    sized: (bytes) => series.sized(bytes),
    event(bytes) {
      events.inc();
      sizes.observe(bytes);
    },
  };
}

// By hand: a generator around each watch costs more than handing its events on.
function countWhileOpen(result: ApiResult & { type: 'watch' }, { longRunning }: RequestSeries): ApiResult {
  const { events } = result;
  const open = (): (() => void) => {
    let isOpen = true;
    longRunning.inc();
    return () => {
      if (isOpen) longRunning.inc(-1);
      isOpen = false;
    };
  };
  const counted: WatchEvents = {
    [Symbol.asyncIterator]() {
      const inner = events[Symbol.asyncIterator]();
      const close = open();
      return {
        next: () =>
          inner.next().then(
            (step) => {
              if (step.done) close();
              return step;
            },
            (error) => {
              close();
              throw error;
            },
          ),
        async return() {
          close();
          return (await inner.return?.()) ?? { done: true, value: undefined };
        },
      };
    },
    tap:
      events.tap &&
      ((wake) => {
        const inner = events.tap!(wake);
        const close = open();
        return {
          take: () => inner.take(),
          get isEnded() {
            return inner.isEnded;
          },
          close() {
            close();
            inner.close();
          },
        };
      }),
  };
  return { ...result, events: counted };
}

const verbNames: Readonly<Record<string, string>> = {
  create: 'POST',
  update: 'PUT',
  patch: 'PATCH',
  get: 'GET',
  list: 'LIST',
  watch: 'WATCH',
  delete: 'DELETE',
  deletecollection: 'DELETECOLLECTION',
};
const methods = new Set(['get', 'post', 'put', 'patch', 'delete', 'head', 'options']);
const connects = new Set(['exec', 'attach', 'portforward', 'proxy']);
/** Paths that have a name of their own in the metrics; others are counted together. */
const ownPaths = /^\/(?:healthz|livez|readyz|metrics|version|openapi\/v[23]|api|apis)$/;

function labelsOf({ routes }: ServerContext, { info, request }: Call): RequestLabels {
  const { group, version, resource, subresource, namespace, name, verb } = info;
  if (!info.isResource || !routes.find(group, version, resource)) {
    const method = methods.has(verb) ? verb.toUpperCase() : (verbNames[verb] ?? 'other');
    const path = ownPaths.test(info.path) ? info.path : '';
    return { ...noResource, verb: method, subresource: path };
  }
  const connect = connects.has(subresource);
  const apply = verb === 'patch' && request.headers['content-type']?.startsWith('application/apply-patch');
  return {
    verb: connect ? 'CONNECT' : apply ? 'APPLY' : (verbNames[verb] ?? 'other'),
    group,
    version,
    resource,
    subresource: routes.hasSubresource(info) ? subresource : '',
    scope: name ? 'resource' : namespace ? 'namespace' : 'cluster',
    component: 'apiserver',
    dryRun: request.query.size > 0 && request.query.has('dryRun'),
  };
}

const noResource: RequestLabels = {
  verb: '',
  group: '',
  version: '',
  resource: '',
  subresource: '',
  scope: '',
  component: '',
  dryRun: false,
};
