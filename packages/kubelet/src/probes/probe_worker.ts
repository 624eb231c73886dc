// One probe of one container, through all runs of the container.
import type { Container, ContainerStatus, Pod, PodStatus, Probe } from '@kubets/api';
import type { Clock, Ms, Random } from '@kubets/base';
import type { ProbeKind, ProbeOutcome } from '../pod/probe_view.ts';
import type { ProbeAnswer, RunProbe } from './prober.ts';

export interface ProbeWorkerOptions {
  clock: Clock;
  random: Random;
  run: RunProbe;
  changed(podUid: string): void;
  /** When the kubelet began. */
  startedAt: Ms;
  kind: ProbeKind;
  probe: Probe;
  container: Container;
  entry: { readonly pod: Pod; readonly status: PodStatus };
}

/** Before the first result: not ready, but alive. */
const initialResults: Record<ProbeKind, ProbeOutcome> = {
  readiness: 'failure',
  liveness: 'success',
  startup: 'unknown',
};

export class ProbeWorker {
  readonly kind: ProbeKind;
  /** The run of the container that is probed; empty before the first. */
  containerId = '';
  /** Undefined for a container that ran before this kubelet did, until it has been probed. */
  result: ProbeOutcome | undefined;
  readonly #options: ProbeWorkerOptions;
  /** Condemned or started: nothing to find out until the next run of the container. */
  #onHold = false;
  #stopped = false;
  #busy = false;
  #last: ProbeAnswer['outcome'] | undefined;
  #lastCount = 0;
  #cancel: (() => void) | undefined;

  constructor(options: ProbeWorkerOptions) {
    this.#options = options;
    this.kind = options.kind;
  }

  /** Takes note of the container's state; a new run of it is probed as soon as its initial delay is over. */
  observe(status: PodStatus): void {
    const found = this.#find(status);
    const id = bareId(found);
    if (!found || id === '' || this.#stopped) return;
    const isNew = id !== this.containerId;
    if (isNew) this.#begin(found, id);
    if (!found.state?.running && !isNew) {
      this.#set('failure');
      return;
    }
    if (!this.#cancel && !this.#busy && !this.#onHold && this.#allowed(found))
      this.#schedule(this.#first(found));
  }

  stop(): void {
    this.#stopped = true;
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #begin(found: ContainerStatus, id: string): void {
    const { startedAt } = this.#options;
    this.containerId = id;
    this.#onHold = false;
    this.#last = undefined;
    this.#lastCount = 0;
    this.#cancel?.();
    this.#cancel = undefined;
    const since = Date.parse(found.state?.running?.startedAt ?? '');
    // A kubelet that restarts must not take readiness from containers that it finds running.
    const adopted = since < startedAt - 1000;
    if (adopted && this.kind === 'startup' && found.started) this.result = 'success';
    else this.result = adopted ? undefined : initialResults[this.kind];
  }

  /** Startup probes end, and the others begin, when the container has started. */
  #allowed(found: ContainerStatus): boolean {
    if (!found.state?.running) return false;
    return this.kind === 'startup' ? !found.started : (found.started ?? false);
  }

  #first(found: ContainerStatus): Ms {
    const { clock, random, probe, startedAt } = this.#options;
    const periodMs = this.#periodMs();
    const since = Date.parse(found.state!.running!.startedAt ?? '') || clock.now();
    const delay = Math.max(0, since + (probe.initialDelaySeconds ?? 0) * 1000 - clock.now());
    // After a restart of the kubelet the probes of all containers would else come at once.
    const adopted = since < startedAt && clock.now() - startedAt < periodMs;
    return delay + (adopted ? random.next() * periodMs : 0);
  }

  #schedule(delayMs: Ms): void {
    if (this.#stopped || this.#onHold) return;
    this.#cancel?.();
    this.#cancel = this.#options.clock.after(delayMs, () => void this.#probe());
  }

  async #probe(): Promise<void> {
    this.#cancel = undefined;
    const { clock, run, container, entry } = this.#options;
    const { pod, status } = entry;
    const found = this.#find(status);
    const id = this.containerId;
    if (this.#stopped || !found || bareId(found) !== id || !this.#allowed(found)) return;
    const begunAt = clock.now();
    this.#busy = true;
    const answer = await run(this.kind, { pod, container, containerId: id, podIP: status.podIP ?? '' });
    this.#busy = false;
    // Meanwhile the container may be another one.
    if (this.#stopped) return;
    if (this.containerId === id) this.#judge(answer);
    this.#schedule(Math.max(0, begunAt + this.#periodMs() - clock.now()));
  }

  #judge(answer: ProbeAnswer): void {
    const { failureThreshold = 3, successThreshold = 1 } = this.#options.probe;
    if (answer.outcome === 'error') return;
    this.#lastCount = answer.outcome === this.#last ? this.#lastCount + 1 : 1;
    this.#last = answer.outcome;
    const threshold = answer.outcome === 'failure' ? failureThreshold : successThreshold;
    if (this.#lastCount < threshold) return;
    if (this.kind === 'startup' || (this.kind === 'liveness' && answer.outcome === 'failure')) {
      this.#onHold = true;
      this.#lastCount = 0;
    }
    this.#set(answer.outcome);
  }

  #set(result: ProbeOutcome): void {
    if (this.result === result) return;
    this.result = result;
    this.#options.changed(this.#options.entry.pod.metadata.uid);
  }

  #find({ containerStatuses = [], initContainerStatuses = [] }: PodStatus): ContainerStatus | undefined {
    const { name } = this.#options.container;
    return [...containerStatuses, ...initContainerStatuses].find((status) => status.name === name);
  }

  #periodMs(): Ms {
    return (this.#options.probe.periodSeconds ?? 10) * 1000;
  }
}

function bareId(status: ContainerStatus | undefined): string {
  const id = status?.containerID ?? '';
  return id.slice(id.indexOf('://') + 3);
}
