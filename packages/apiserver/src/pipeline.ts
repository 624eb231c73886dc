// The way of a request, in order. Each filter refuses (ApiError), answers, or passes the call on.
import { type UserInfo, unauthorized } from '@kubets/api';
import type { Endpoint, Filter } from './call.ts';
import { auditRequests } from './filters/audit.ts';
import { authenticate } from './filters/authentication.ts';
import { authorize } from './filters/authorization.ts';
import { limitTime } from './filters/deadline.ts';
import { warnOfDeprecations } from './filters/deprecations.ts';
import { impersonate } from './filters/impersonation.ts';
import { measureAuthentication, measureAuthorization } from './filters/measured_access.ts';
import { measureRequests } from './filters/metrics.ts';
import { answerErrors } from './filters/panic.ts';
import { shareFairly } from './filters/priority_and_fairness.ts';
import { collectWarnings } from './filters/warnings.ts';
import type { FlowControl } from './flowcontrol/flow_control.ts';
import type { Handler } from './request.ts';
import { parseRequestInfo, type RequestInfo } from './request_info.ts';
import type { ServerContext } from './server_context.ts';

export function filters(server: ServerContext, flowControl: FlowControl): readonly Filter[] {
  return [
    answerErrors(server),
    collectWarnings,
    requestInfo,
    measureRequests(server),
    limitTime(server),
    measureAuthentication(server, authenticate(server.authenticators)),
    auditRequests(server),
    impersonate(server.authorizers),
    shareFairly(server, flowControl),
    measureAuthorization(server, authorize(server.authorizers)),
    warnOfDeprecations,
  ];
}

/** Composes the filters once; a request then costs one closure call for each. */
export function pipeline(steps: readonly Filter[], endpoint: Endpoint): Handler {
  const run = steps.reduceRight<Endpoint>((next, step) => (call) => step(call, next), endpoint);
  return (request) =>
    run({
      request,
      info: unparsed,
      user: nobody,
      impersonator: undefined,
      warnings: [],
      audit: {},
    });
}

const requestInfo: Filter = (call, next) => {
  const { method, path, query } = call.request;
  call.info = parseRequestInfo(method, path, query);
  return next(call);
};

const unparsed: RequestInfo = parseRequestInfo('GET', '/', new URLSearchParams());

// Until authentication has run, reading the user is a mistake in the order of filters.
const nobody: UserInfo = new Proxy({} as UserInfo, {
  get() {
    throw unauthorized();
  },
});
