// Counts who was known and who was allowed, around the filters that find out.
import type { Filter } from '../call.ts';
import type { ServerContext } from '../server_context.ts';

/** Upstream shows these names; all others count as one, so that users don't make series. */
const named = new Set([
  'admin',
  'client',
  'kube_proxy',
  'kubelet',
  'system:serviceaccount:kube-system:default',
]);

export function measureAuthentication({ metrics, clock }: ServerContext, filter: Filter): Filter {
  const outcome = (result: string) => ({
    attempts: metrics.authentications.with(result),
    durations: metrics.authenticationDurations.with(result),
  });
  const success = outcome('success');
  const failure = outcome('failure');
  const note = ({ attempts, durations }: typeof success, startedMs: number) => {
    attempts.inc();
    durations.observe((clock.now() - startedMs) / 1000);
  };
  return (call, next) => {
    const startedMs = clock.now();
    let known = false;
    return filter(call, (passed) => {
      known = true;
      const { username = '' } = passed.user;
      note(success, startedMs);
      metrics.authenticatedRequests.with(named.has(username) ? username : 'other').inc();
      return next(passed);
    }).catch((error) => {
      if (!known) note(failure, startedMs);
      throw error;
    });
  };
}

export function measureAuthorization({ metrics, clock }: ServerContext, filter: Filter): Filter {
  const outcome = (result: string) => ({
    attempts: metrics.authorizations.with(result),
    durations: metrics.authorizationDurations.with(result),
  });
  const allowed = outcome('allowed');
  const denied = outcome('denied');
  const note = ({ attempts, durations }: typeof allowed, startedMs: number) => {
    attempts.inc();
    durations.observe((clock.now() - startedMs) / 1000);
  };
  return (call, next) => {
    const startedMs = clock.now();
    let passedOn = false;
    return filter(call, (passed) => {
      passedOn = true;
      note(allowed, startedMs);
      return next(passed);
    }).catch((error) => {
      if (!passedOn) note(denied, startedMs);
      throw error;
    });
  };
}
