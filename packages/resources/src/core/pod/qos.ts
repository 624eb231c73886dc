import { type PodSpec, parseQuantity } from '@kubets/api';
import type { Amounts } from '../../rules/quantities.ts';
import { addAmounts } from './pod_resources.ts';

export type QosClass = 'Guaranteed' | 'Burstable' | 'BestEffort';

/**
 * Guaranteed: every container has limits of cpu and memory, and asks for as much. BestEffort: nothing asks for
 * anything. Resources of the pod as a whole, where set, decide alone.
 */
export function podQosClass(spec: PodSpec): QosClass {
  const owners = spec.resources ? [spec] : [...(spec.containers ?? []), ...(spec.initContainers ?? [])];
  const requests: Amounts = {};
  const limits: Amounts = {};
  let allLimited = true;
  for (const { resources } of owners) {
    addAmounts(requests, compute(resources?.requests));
    const own = compute(resources?.limits);
    addAmounts(limits, own);
    const podHasNoLimits = spec.resources && !Object.keys(resources?.limits ?? {}).length;
    if (!podHasNoLimits && !(own.cpu && own.memory)) allLimited = false;
  }
  const asked = Object.keys(requests);
  if (asked.length === 0 && Object.keys(limits).length === 0) return 'BestEffort';
  const asMuch = asked.every(
    (name) => limits[name] && parseQuantity(limits[name]!).cmp(parseQuantity(requests[name]!)) === 0,
  );
  const guaranteed = allLimited && asMuch && asked.length === Object.keys(limits).length;
  return guaranteed ? 'Guaranteed' : 'Burstable';
}

function compute(amounts: Amounts = {}): Amounts {
  const found: Amounts = {};
  for (const name of ['cpu', 'memory'])
    if (amounts[name] && parseQuantity(amounts[name]!).sign() > 0) found[name] = amounts[name]!;
  return found;
}
