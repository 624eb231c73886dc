// decide() looks at a pod and at what runs of it and says what to do now. No I/O, no promise, no clock.
import type { Container, Pod, ResourceRequirements } from '@kubets/api';
import type { Ms } from '@kubets/base';
import { containerHash } from './container_hash.ts';
import { backOffKey, type CrashBackOff, judgeRestart } from './crash_back_off.ts';
import { decideInitContainers } from './decide_init.ts';
import type { ContainerKind, Decision, Start } from './decision.ts';
import { latestContainer, type ObservedContainer, type ObservedPod } from './observed.ts';
import type { ProbeView } from './probe_view.ts';
import { containerResize } from './resize.ts';
import { restartAllTrigger, restartsAfterKill, shouldStart } from './restart_policy.ts';
import { judgeSandbox } from './sandbox_changed.ts';

export interface DecideOptions {
  pod: Pod;
  observed: ObservedPod;
  probes: ProbeView;
  /** By `backOffKey`. */
  backOffs: ReadonlyMap<string, CrashBackOff>;
  /** Requests and limits that running containers have, by id. */
  actual?: ReadonlyMap<string, ResourceRequirements>;
  now: Ms;
}

/** For pods that are to run; a pod that is being deleted or has ended is not decided but stopped. */
export function decide(options: DecideOptions): Decision {
  const { pod, observed } = options;
  const verdict = judgeSandbox(pod, observed);
  if (!verdict.usable) return withNewSandbox(options, verdict);

  const decision: Decision = { ...nothing(), sandbox: verdict.sandbox };
  if (decideRestartAll(options, decision)) return decision;
  for (const container of pod.spec.ephemeralContainers ?? []) {
    // Never restarted, and not held up by init containers (KEP-277).
    if (!latestContainer(observed, container.name)) addStart(decision, options, 'ephemeral', container);
  }
  const init = decideInitContainers(options, decision);
  decision.remove.push(...remains(options));
  decision.removeSandboxes.push(...emptySandboxes(options));
  if (init.failed) return { ...decision, killPod: true, kill: [], update: [], start: [] };
  for (const container of init.start) addStart(decision, options, 'init', container);
  if (init.initialized) decideRegularContainers(options, decision);
  return decision;
}

function nothing(): Decision {
  return { killPod: false, kill: [], reset: [], remove: [], removeSandboxes: [], update: [], start: [] };
}

/** True when the end of a container takes the whole pod with it; like any restart it waits after failures. */
function decideRestartAll(options: DecideOptions, decision: Decision): boolean {
  const { pod, observed, backOffs, now } = options;
  const trigger = restartAllTrigger(pod, observed);
  if (!trigger) return false;
  const isInit = pod.spec.initContainers?.some(({ name }) => name === trigger.name);
  const list = isInit ? pod.spec.initContainers! : pod.spec.containers;
  const container = list.find(({ name }) => name === trigger.name)!;
  const verdict = judgeRestart(backOffs.get(backOffKey(container)), trigger.finishedAt ?? now, now);
  if (verdict.wait) {
    addStart(decision, options, isInit ? 'init' : 'regular', container);
    return true;
  }
  decision.nextBackOff = { key: backOffKey(container), entry: verdict.next };
  // The one that brought it about goes last, so that a reset that is broken off is taken up again.
  decision.reset = [...observed.containers].sort((a, b) => Number(a === trigger) - Number(b === trigger));
  return true;
}

function withNewSandbox(
  options: DecideOptions,
  verdict: { attempt: number; replaces?: Decision['sandbox'] },
): Decision {
  const { pod, observed } = options;
  const { spec } = pod;
  const decision: Decision = { ...nothing(), killPod: true };
  // A pod that may run once and has run stays as it ended.
  if (spec.restartPolicy === 'Never' && verdict.attempt > 0 && observed.containers.length > 0)
    return decision;

  const regular = spec.containers.filter((container) => {
    if ((container.restartPolicy ?? spec.restartPolicy) !== 'OnFailure') return true;
    const latest = latestContainer(observed, container.name);
    return !(latest?.state === 'exited' && latest.exitCode === 0);
  });
  const created = spec.containers.some((container) => {
    const state = latestContainer(observed, container.name)?.state;
    return state !== undefined && state !== 'unknown';
  });
  if (regular.length === 0 && created) return decision;

  decision.createSandbox = { attempt: verdict.attempt, replaces: verdict.replaces };
  // All start over in the new sandbox, so what init containers did in the old one says nothing any more.
  const init = spec.initContainers ?? [];
  const initNames = new Set(init.map(({ name }) => name));
  decision.remove = observed.containers.filter(({ name }) => initNames.has(name));
  if (init.length > 0) addStart(decision, options, 'init', init[0]!);
  else for (const container of regular) addStart(decision, options, 'regular', container);
  return decision;
}

function decideRegularContainers(options: DecideOptions, decision: Decision): void {
  const { pod, observed } = options;
  let kept = 0;
  let starting = 0;
  for (const container of pod.spec.containers) {
    const latest = latestContainer(observed, container.name);
    if (latest?.state !== 'running') {
      if (!shouldStart(container, pod, observed)) continue;
      starting++;
      // It may run after all; stop it first, so that there are never two.
      if (latest?.state === 'unknown')
        decision.kill.push({
          container: latest,
          reason: 'Unknown',
          message: 'Container is in "unknown" state, try killing it before restart',
        });
      addStart(decision, options, 'regular', container);
      continue;
    }
    const condemned = condemnation(container, latest, options);
    if (!condemned) {
      kept++;
      if (containerResize(container, options.actual?.get(latest.id)) === 'update')
        decision.update.push({ id: latest.id, container });
      continue;
    }
    const restart = condemned.changed || restartsAfterKill(container, pod.spec);
    decision.kill.push({
      container: latest,
      reason: condemned.reason,
      message: restart ? `${condemned.message}, will be restarted` : condemned.message,
    });
    if (!restart) continue;
    starting++;
    addStart(decision, options, 'regular', container);
  }
  if (kept === 0 && starting === 0) {
    decision.killPod = true;
    // Sidecars end with the last container that they serve.
    decision.start = decision.start.filter(({ kind }) => kind !== 'init');
  }
}

function condemnation(container: Container, latest: ObservedContainer, options: DecideOptions) {
  const { name } = container;
  const { probes, actual } = options;
  if (latest.hash !== containerHash(container))
    return { reason: '', changed: true, message: `Container ${name} definition changed` } as const;
  if (probes.result('liveness', latest.id) === 'failure')
    return {
      reason: 'LivenessProbe',
      changed: false,
      message: `Container ${name} failed liveness probe`,
    } as const;
  if (probes.result('startup', latest.id) === 'failure')
    return {
      reason: 'StartupProbe',
      changed: false,
      message: `Container ${name} failed startup probe`,
    } as const;
  if (containerResize(container, actual?.get(latest.id)) === 'restart')
    return { reason: '', changed: true, message: `Container ${name} resize requires restart` } as const;
  return undefined;
}

function addStart(
  decision: Decision,
  options: DecideOptions,
  kind: ContainerKind,
  container: Container,
): void {
  const { observed, backOffs, now } = options;
  const latest = latestContainer(observed, container.name);
  const start: Start = { kind, container, restartCount: latest && latest.restartCount + 1 };
  const ended = observed.containers.find(({ name, state }) => name === container.name && state === 'exited');
  if (ended) {
    const verdict = judgeRestart(
      backOffs.get(backOffKey(container)),
      ended.finishedAt ?? ended.createdAt,
      now,
    );
    if (verdict.wait) start.backOff = { until: verdict.until, delayMs: verdict.delayMs };
    else start.nextBackOff = verdict.next;
  }
  decision.start.push(start);
}

/**
 * The newest two runs of a container are kept, the second for `logs --previous`; of init containers, which a
 * node has many of, one that has ended.
 */
function remains({ pod, observed }: DecideOptions): ObservedContainer[] {
  const init = new Set(pod.spec.initContainers?.map(({ name }) => name));
  const names = new Set(observed.containers.map(({ name }) => name));
  return [...names].flatMap((name) => {
    const runs = observed.containers.filter((container) => container.name === name);
    if (!init.has(name))
      return runs.slice(2).filter(({ state }) => state === 'exited' || state === 'created');
    return runs.filter(({ state }) => state === 'exited' || state === 'unknown').slice(1);
  });
}

function emptySandboxes({ observed }: DecideOptions) {
  const used = new Set(observed.containers.map(({ sandboxId }) => sandboxId));
  return observed.sandboxes.slice(1).filter(({ id, ready }) => !ready && !used.has(id));
}
