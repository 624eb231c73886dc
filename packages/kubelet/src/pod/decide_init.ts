// Init containers run one after another; sidecars (restartPolicy Always, KEP-753) start in their place and stay.
import type { Container } from '@kubets/api';
import { containerHash } from './container_hash.ts';
import type { DecideOptions } from './decide.ts';
import type { Decision, Kill } from './decision.ts';
import { latestContainer, type ObservedContainer } from './observed.ts';
import { containerResize } from './resize.ts';
import { isSidecar, restartsAfterExit, restartsAfterKill } from './restart_policy.ts';

export interface InitDecision {
  /** Regular containers may run. */
  initialized: boolean;
  /** An init container failed for good: so has the pod. */
  failed: boolean;
  /** In the order of the spec. */
  start: Container[];
}

type Step = 'done' | 'wait' | 'fail' | 'restart' | 'doneAndRestart';

/**
 * The last init container that left a trace tells how far the pod has come: earlier ones must have ended, even
 * if the runtime has forgotten them. So the list is walked backwards; before the point that was reached only
 * sidecars still matter.
 */
export function decideInitContainers(
  options: DecideOptions,
  decision: Pick<Decision, 'kill' | 'update'>,
): InitDecision {
  const { pod, observed } = options;
  const all = pod.spec.initContainers ?? [];
  const start = new Set<Container>();
  let initialized = all.length === 0 || anyRegularStarted(options);
  let reached = initialized;

  for (let i = all.length - 1; i >= 0; i--) {
    const container = all[i]!;
    const latest = latestContainer(observed, container.name);
    if (!latest) {
      if (reached && isSidecar(container)) start.add(container);
      continue;
    }
    if (reached && !isSidecar(container)) continue;

    const step = isSidecar(container)
      ? sidecarStep(container, latest, options, decision)
      : initStep(container, latest, options, decision.kill);
    if (step === 'fail') return { initialized: false, failed: true, start: [] };
    if (step === 'restart' || step === 'doneAndRestart') start.add(container);
    if (step === 'done' || step === 'doneAndRestart') {
      if (i === all.length - 1) initialized = true;
      else if (!reached) start.add(all[i + 1]!);
    }
    reached = true;
  }
  if (!reached) start.add(all[0]!);
  return { initialized, failed: false, start: all.filter((container) => start.has(container)) };
}

/**
 * Exited ones don't count: after a reboot they are those of the old sandbox, and in the new one init
 * containers have to run again.
 */
function anyRegularStarted({ pod, observed }: DecideOptions): boolean {
  return pod.spec.containers.some(({ name }) => {
    const state = latestContainer(observed, name)?.state;
    return state === 'created' || state === 'running';
  });
}

function initStep(
  container: Container,
  latest: ObservedContainer,
  { pod }: DecideOptions,
  kill: Kill[],
): Step {
  switch (latest.state) {
    case 'created':
      // Created and started are one step; one that is only created failed to start.
      return 'restart';
    case 'running':
      return 'wait';
    case 'exited':
      if (latest.exitCode === 0) return 'done';
      return restartsAfterExit(container, pod.spec, latest.exitCode) ? 'restart' : 'fail';
    default:
      if (!restartsAfterKill(container, pod.spec)) return 'fail';
      kill.push(unknownState(latest));
      return 'restart';
  }
}

function sidecarStep(
  container: Container,
  latest: ObservedContainer,
  { probes, actual }: DecideOptions,
  { kill, update }: Pick<Decision, 'kill' | 'update'>,
): Step {
  const { name } = container;
  if (latest.state === 'unknown') kill.push(unknownState(latest));
  if (latest.state !== 'running') return 'restart';
  if (container.startupProbe) {
    const startup = probes.result('startup', latest.id);
    if (startup === 'failure') {
      kill.push({
        container: latest,
        reason: 'StartupProbe',
        message: `Init container ${name} failed startup probe`,
      });
      return 'restart';
    }
    if (startup !== 'success') return 'wait';
  }
  if (latest.hash !== containerHash(container)) {
    kill.push({ container: latest, reason: '', message: `Init container ${name} definition changed` });
    return 'doneAndRestart';
  }
  if (probes.result('liveness', latest.id) === 'failure') {
    kill.push({
      container: latest,
      reason: 'LivenessProbe',
      message: `Init container ${name} failed liveness probe`,
    });
    return 'doneAndRestart';
  }
  const resize = containerResize(container, actual?.get(latest.id));
  if (resize === 'restart') {
    kill.push({ container: latest, reason: '', message: `Container ${name} resize requires restart` });
    return 'doneAndRestart';
  }
  if (resize === 'update') update.push({ id: latest.id, container });
  return 'done';
}

function unknownState(container: ObservedContainer): Kill {
  return {
    container,
    reason: 'Unknown',
    message: 'Init container is in "unknown" state, try killing it before restart',
  };
}
