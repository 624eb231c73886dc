// Counts who was known and who was allowed, around the filters that find out.
import type { Clock } from '@kubets/base';
import type { Call, Filter } from '../call.ts';
import type { Counter, Histogram } from '../health/metric_family.ts';
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
  const { authentications: attempts, authenticationDurations: durations } = metrics;
  return measured(filter, clock, {
    passed: { attempts, durations, label: 'success' },
    refused: { attempts, durations, label: 'failure' },
    onPass({ user: { username = '' } }) {
      metrics.authenticatedRequests.with(named.has(username) ? username : 'other').inc();
    },
  });
}

export function measureAuthorization({ metrics, clock }: ServerContext, filter: Filter): Filter {
  const { authorizations: attempts, authorizationDurations: durations } = metrics;
  return measured(filter, clock, {
    passed: { attempts, durations, label: 'allowed' },
    refused: { attempts, durations, label: 'denied' },
  });
}

interface Outcome {
  attempts: Counter;
  durations: Histogram;
  label: string;
}

interface Outcomes {
  passed: Outcome;
  refused: Outcome;
  onPass?(call: Call): void;
}

/** `filter`, timed up to where it passes a call on or refuses it; what comes later is not its doing. */
function measured(filter: Filter, clock: Clock, { passed, refused, onPass }: Outcomes): Filter {
  const noteFor = ({ attempts, durations, label }: Outcome) => {
    const attempt = attempts.with(label);
    const duration = durations.with(label);
    return (startedMs: number) => {
      attempt.inc();
      duration.observe((clock.now() - startedMs) / 1000);
    };
  };
  const notePassed = noteFor(passed);
  const noteRefused = noteFor(refused);
  return (call, next) => {
    const startedMs = clock.now();
    let isPassed = false;
    return filter(call, (each) => {
      isPassed = true;
      notePassed(startedMs);
      onPass?.(each);
      return next(each);
    }).catch((error) => {
      if (!isPassed) noteRefused(startedMs);
      throw error;
    });
  };
}
