// The sandboxes and containers of a simulated runtime.
import type * as cri from '@kubets/api/generated/cri.ts';
import { podUidLabel } from '../../container/labels.ts';

export interface FakeSandbox {
  status: cri.PodSandboxStatus;
  config: cri.PodSandboxConfig;
}

export interface FakeContainer {
  status: cri.ContainerStatus;
  sandbox: FakeSandbox;
  /** Takes back the end that its process would have by itself. */
  cancelExit: () => void;
  command: readonly string[];
}

/** Kept by pod, for the kubelet asks by pod. */
export class FakeState {
  readonly sandboxes = new Map<string, FakeSandbox>();
  readonly containers = new Map<string, FakeContainer>();
  readonly #byPod = new Map<string, { sandboxes: Set<FakeSandbox>; containers: Set<FakeContainer> }>();

  addSandbox(sandbox: FakeSandbox): void {
    this.sandboxes.set(sandbox.status.id!, sandbox);
    this.#pod(sandbox.status.labels).sandboxes.add(sandbox);
  }

  removeSandbox(sandbox: FakeSandbox): void {
    this.sandboxes.delete(sandbox.status.id!);
    this.#pod(sandbox.status.labels).sandboxes.delete(sandbox);
    this.#sweep(sandbox.status.labels);
  }

  addContainer(container: FakeContainer): void {
    this.containers.set(container.status.id!, container);
    this.#pod(container.status.labels).containers.add(container);
  }

  removeContainer(container: FakeContainer): void {
    this.containers.delete(container.status.id!);
    this.#pod(container.status.labels).containers.delete(container);
    this.#sweep(container.status.labels);
  }

  selectSandboxes(filter: cri.PodSandboxFilter | undefined): FakeSandbox[] {
    const uid = filter?.labelSelector?.[podUidLabel];
    const from = uid === undefined ? this.sandboxes.values() : (this.#byPod.get(uid)?.sandboxes ?? []);
    return [...from].filter(
      ({ status }) =>
        (filter?.id === undefined || status.id === filter.id) &&
        (filter?.state === undefined || status.state === (filter.state.state ?? 0)) &&
        hasLabels(status.labels, filter?.labelSelector),
    );
  }

  selectContainers(filter: cri.ContainerFilter | undefined): FakeContainer[] {
    const uid = filter?.labelSelector?.[podUidLabel];
    const from = uid === undefined ? this.containers.values() : (this.#byPod.get(uid)?.containers ?? []);
    return [...from].filter(
      ({ status, sandbox }) =>
        (filter?.id === undefined || status.id === filter.id) &&
        (filter?.podSandboxId === undefined || sandbox.status.id === filter.podSandboxId) &&
        (filter?.state === undefined || status.state === (filter.state.state ?? 0)) &&
        hasLabels(status.labels, filter?.labelSelector),
    );
  }

  #pod(labels: Record<string, string> | undefined) {
    const uid = labels?.[podUidLabel] ?? '';
    let pod = this.#byPod.get(uid);
    if (!pod) this.#byPod.set(uid, (pod = { sandboxes: new Set(), containers: new Set() }));
    return pod;
  }

  #sweep(labels: Record<string, string> | undefined): void {
    const pod = this.#pod(labels);
    if (pod.sandboxes.size === 0 && pod.containers.size === 0)
      this.#byPod.delete(labels?.[podUidLabel] ?? '');
  }
}

function hasLabels(labels: Record<string, string> = {}, wanted: Record<string, string> = {}): boolean {
  return Object.entries(wanted).every(([key, value]) => labels[key] === value);
}
