import type { Pod } from '@kubets/api';
import type { Clock } from '@kubets/base';
import { evaluatePod } from './checks.ts';
import { formatLevelVersion, type LevelVersion } from './policy.ts';

const maxPods = 3000;
const maxMs = 1000;

/** Warnings of the pods that are there already and would not be let in any more. */
export function violationsOfNamespace(
  namespace: string,
  all: readonly Pod[],
  enforce: LevelVersion,
  clock: Clock,
): string[] {
  const pods = differentFirst(all);
  const deadline = clock.now() + maxMs;
  const names = new Map<string, string[]>();
  let checked = 0;
  for (const { metadata, spec } of pods.slice(0, maxPods)) {
    checked++;
    const findings = evaluatePod(enforce, { metadata, spec });
    if (findings.length) {
      const reasons = findings.map(({ reason }) => reason).join(', ');
      const found = names.get(reasons);
      if (found) found.push(metadata.name);
      else names.set(reasons, [metadata.name]);
    }
    if (clock.now() > deadline) break;
  }
  const warnings: string[] = [];
  if (checked < pods.length)
    warnings.push(
      `new PodSecurity enforce level only checked against the first ${checked} of ${pods.length} existing pods`,
    );
  if (names.size)
    warnings.push(
      `existing pods in namespace "${namespace}" violate the new PodSecurity enforce level "${formatLevelVersion(enforce)}"`,
    );
  const ofPods = [...names].map(([reasons, pods]) => `${some(pods)}: ${reasons}`);
  return [...warnings, ...ofPods.sort()];
}

function some(pods: string[]): string {
  const first = pods.sort()[0]!;
  if (pods.length === 1) return first;
  return `${first} (and ${pods.length - 1} other ${pods.length === 2 ? 'pod' : 'pods'})`;
}

/** Pods of one controller are alike: its second one comes after all that might be different. */
function differentFirst(pods: readonly Pod[]): Pod[] {
  const controllers = new Set<string>();
  const first: Pod[] = [];
  const alike: Pod[] = [];
  for (const pod of pods) {
    const controller = pod.metadata.ownerReferences?.find((owner) => owner.controller)?.uid;
    if (controller !== undefined && controllers.has(controller)) alike.push(pod);
    else first.push(pod);
    if (controller !== undefined) controllers.add(controller);
  }
  return [...first, ...alike];
}
