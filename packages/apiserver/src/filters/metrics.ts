import type { Filter } from '../call.ts';
import type { ServerContext } from '../server_context.ts';
import { isLongRunning } from './max_in_flight.ts';

/** Counts and times requests by verb and route: labels come from the route table, never from what a user typed. */
export function measureRequests({ metrics, clock, routes }: ServerContext): Filter {
  return async (call, next) => {
    const { info } = call;
    const known = info.isResource && routes.find(info.group, info.version, info.resource) !== undefined;
    const labels = {
      verb: info.verb.toUpperCase(),
      group: known ? info.group : '',
      version: known ? info.version : '',
      resource: known ? info.resource : '',
      subresource: known && routes.hasSubresource(info) ? info.subresource : '',
      scope: !info.isResource ? '' : info.name ? 'resource' : info.namespace ? 'namespace' : 'cluster',
    };
    const startedMs = clock.now();
    let code = 500;
    try {
      const result = await next(call);
      code = result.type === 'proxy' ? 200 : result.status;
      return result;
    } catch (error) {
      code = (error as { code?: number }).code ?? 500;
      throw error;
    } finally {
      const seconds = isLongRunning(info.verb, info.subresource)
        ? undefined
        : (clock.now() - startedMs) / 1000;
      metrics.observeRequest(labels, code, seconds);
    }
  };
}
