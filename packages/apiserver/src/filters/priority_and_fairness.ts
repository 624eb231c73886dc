import type { Filter } from '../call.ts';
import type { FlowControl, Turn } from '../flowcontrol/flow_control.ts';
import { estimateSeats } from '../flowcontrol/work_estimate.ts';
import type { ApiResult } from '../request.ts';
import type { ServerContext } from '../server_context.ts';
import { isLongRunning } from './long_running.ts';

const mutating = new Set(['create', 'update', 'patch', 'delete', 'deletecollection', 'post', 'put']);

/**
 * Lets requests start in their turn (API priority and fairness). Streams take no seat; a watch keeps its seat
 * until it has begun.
 */
export function shareFairly(server: ServerContext, flowControl: FlowControl): Filter {
  const { metrics, routes } = server;
  const reads = metrics.inFlight.with('readOnly');
  const writes = metrics.inFlight.with('mutating');
  return async (call, next) => {
    const { info, request, user } = call;
    if (info.verb !== 'watch' && isLongRunning(info.verb, info.subresource)) return next(call);
    const classification = flowControl.classify(user, info);
    request.flow = classification;
    let seats = 1;
    if (!classification.level.exempt && (info.verb === 'list' || info.verb === 'watch')) {
      const target = routes.find(info.group, info.version, info.resource)?.target;
      seats = estimateSeats(info, request.query, target?.history.size ?? 0);
    }
    const answer = flowControl.admit(classification, { user, info, seats, caller: request });
    const turn: Turn = answer instanceof Promise ? await answer : answer;
    if (turn.type === 'rejected') return tooManyRequests;
    call.waitedMs = turn.waitedMs;
    const kind = mutating.has(info.verb) ? writes : reads;
    kind.inc();
    try {
      return await next(call);
    } finally {
      kind.inc(-1);
      turn.finish();
    }
  };
}

const tooManyRequests: ApiResult = {
  type: 'raw',
  status: 429,
  contentType: 'text/plain; charset=utf-8',
  body: 'Too many requests, please try again later.\n',
  headers: { 'retry-after': '1', 'x-content-type-options': 'nosniff' },
};
