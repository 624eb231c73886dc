// Does what was decided for a pod, in order.
import type { ResourceRequirements } from '@kubets/api';
import { errorMessage, type Ms } from '@kubets/base';
import { amount, containerResources } from '../container/resources.ts';
import { killContainer } from '../containers/container_kill.ts';
import { removeContainer } from '../containers/container_remove.ts';
import { startContainer } from '../containers/container_start.ts';
import { killPod } from '../containers/pod_kill.ts';
import { createSandbox } from '../containers/sandbox_create.ts';
import { containerEvent, type KubeletParts } from '../kubelet_parts.ts';
import { hostIPs, podText } from '../node/node_config.ts';
import type { PodTask } from '../steps/pod_step.ts';
import { StepFailure } from '../steps/pod_step.ts';
import { backOffKey, formatSeconds } from './crash_back_off.ts';
import type { Decision, Start } from './decision.ts';
import type { ObservedPod, ObservedSandbox } from './observed.ts';
import type { PodMemory } from './pod_memory.ts';
import { resizeSummary } from './resize.ts';
import { isSidecar } from './restart_policy.ts';

export interface CarryOutOptions {
  parts: KubeletParts;
  task: PodTask;
  memory: PodMemory;
  observed: ObservedPod;
  decision: Decision;
  signal: AbortSignal;
}

export interface Outcome {
  /** Something was changed at the runtime: look again. */
  acted: boolean;
  /** Something could not be done: try again. */
  failed: boolean;
  /** When a container may be tried again. */
  retryAt?: Ms;
}

export async function carryOut(options: CarryOutOptions): Promise<Outcome> {
  const { parts, task, memory, observed, decision } = options;
  const outcome: Outcome = { acted: false, failed: false };
  const podIP = parts.writer.latest(task.pod.metadata.uid)?.podIP ?? '';
  if (decision.createSandbox?.replaces)
    parts.recorder.event(
      task.pod,
      'Normal',
      'SandboxChanged',
      'Pod sandbox changed, it will be killed and re-created.',
    );
  if (decision.killPod) {
    const alive = observed.sandboxes.some(({ ready }) => ready);
    await killPod({ parts, pod: task.pod, podIP }, observed);
    outcome.acted = alive;
  }
  for (const kill of decision.kill) {
    await killContainer({ parts, pod: task.pod, podIP }, kill);
    outcome.acted = true;
  }
  if (decision.nextBackOff) memory.backOffs.set(decision.nextBackOff.key, decision.nextBackOff.entry);
  for (const { id, state } of decision.reset) {
    if (state !== 'exited') await parts.runtime.stopContainer(id, 0);
    await parts.runtime.removeContainer(id);
    outcome.acted = true;
  }
  for (const container of decision.remove) await removeContainer(parts, container);
  for (const { id } of decision.removeSandboxes) await parts.runtime.removePodSandbox(id);
  let { sandbox } = decision;
  if (decision.createSandbox) {
    sandbox = await newSandbox(options, decision.createSandbox.attempt);
    outcome.acted = true;
  }
  await resizeAll(options, outcome);
  if (sandbox) await startAll(options, sandbox, outcome);
  return outcome;
}

async function newSandbox(
  { parts, task, signal }: CarryOutOptions,
  attempt: number,
): Promise<ObservedSandbox> {
  signal.throwIfAborted();
  try {
    return await createSandbox(parts, task.pod, attempt);
  } catch (error) {
    throw new StepFailure('FailedCreatePodSandBox', `Failed to create pod sandbox: ${errorMessage(error)}`);
  }
}

async function startAll(options: CarryOutOptions, sandbox: ObservedSandbox, outcome: Outcome): Promise<void> {
  const { parts, task, memory, observed, decision, signal } = options;
  const podIPs = task.pod.spec.hostNetwork ? hostIPs(parts.node) : sandbox.ips;
  for (const start of decision.start) {
    signal.throwIfAborted();
    const { name } = start.container;
    let failure: { reason: string; message: string; until?: Ms } | undefined;
    if (start.backOff) failure = backOff(options, start);
    else {
      if (start.nextBackOff) memory.backOffs.set(backOffKey(start.container), start.nextBackOff);
      const result = await startContainer(
        {
          parts,
          pod: task.pod,
          podIPs,
          sandbox,
          observed,
          volumes: task.volumes,
          pullSecrets: task.pullSecrets,
          signal,
        },
        start,
      );
      if (result.ok) {
        memory.waiting.delete(name);
        memory.actual.set(result.containerId, start.container.resources ?? {});
        outcome.acted = true;
      } else failure = result;
    }
    if (!failure) continue;
    memory.waiting.set(name, { reason: failure.reason, message: failure.message });
    if (failure.until !== undefined)
      outcome.retryAt = Math.min(outcome.retryAt ?? failure.until, failure.until);
    if (!start.backOff) outcome.failed = true;
    // Those after it need what an init container would have done.
    if (start.kind === 'init' && !isSidecar(start.container)) return;
  }
}

/** What is given back comes first, so that it is there for those that get more. */
async function resizeAll(
  { parts, task, memory, decision }: CarryOutOptions,
  outcome: Outcome,
): Promise<void> {
  const limit = (resources: ResourceRequirements | undefined, name: string) =>
    resources?.limits?.[name] === undefined ? Number.POSITIVE_INFINITY : amount(name, resources.limits[name]);
  const growth = ({ id, container }: Decision['update'][number]) =>
    limit(container.resources, 'memory') - limit(memory.actual.get(id), 'memory') || 0;
  for (const { id, container } of [...decision.update].sort((a, b) => growth(a) - growth(b))) {
    try {
      const { memoryCapacityBytes } = parts;
      await parts.runtime.updateContainerResources(
        id,
        containerResources({ pod: task.pod, container, memoryCapacityBytes }),
      );
      memory.actual.set(id, container.resources ?? {});
      memory.resizeError = '';
      outcome.acted = true;
    } catch (error) {
      memory.resizeError = errorMessage(error);
      outcome.failed = true;
      const message = `Pod resize error: ${resizeSummary(task.pod, memory.resizeError)}`;
      parts.recorder.event(task.pod, 'Warning', 'ResizeError', message);
    }
  }
}

function backOff({ parts, task }: CarryOutOptions, { container, backOff: wait }: Start) {
  const { pod } = task;
  containerEvent(parts, pod, container, {
    type: 'Warning',
    reason: 'BackOff',
    message: `Back-off restarting failed container ${container.name} in pod ${podText(pod)}`,
  });
  return {
    reason: 'CrashLoopBackOff',
    message: `back-off ${formatSeconds(wait!.delayMs)} restarting failed container=${container.name} pod=${podText(pod)}`,
    until: wait!.until,
  };
}
