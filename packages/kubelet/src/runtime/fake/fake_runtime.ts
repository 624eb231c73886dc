// A container runtime of nothing but a clock: for clusters without machines. Everything that CRI calls do can be
// seen in what it lists afterwards; no process ever runs.
import {
  ContainerEventType,
  ContainerState,
  NamespaceMode,
  PodSandboxState,
  type PodSandboxStatus,
} from '@kubets/api/generated/cri.ts';
import type { Clock, Ms, Random } from '@kubets/base';
import type { ContainerRuntime } from '../runtime.ts';
import { RuntimeError } from '../runtime_error.ts';
import { AddressPool } from './address_pool.ts';
import { FakeEvents } from './fake_events.ts';
import { fakeImages } from './fake_images.ts';
import { fakeProcess } from './fake_process.ts';
import { type FakeContainer, type FakeSandbox, FakeState } from './fake_state.ts';
import { fakeStats } from './fake_stats.ts';

export interface FakeRuntimeOptions {
  clock: Clock;
  random: Random;
  /** Where pods get their addresses; 10.244.0.0/16 where absent. */
  podCidr?: string;
  /** From the call to a running container. */
  startLatencyMs?: Ms;
  pullLatencyMs?: Ms;
  /** Images that no registry has; all others are there already. */
  missing?(image: string): boolean;
  /** Makes a call fail, to see what becomes of it. */
  fault?(call: keyof ContainerRuntime): Error | undefined;
}

export function fakeRuntime(options: FakeRuntimeOptions): ContainerRuntime {
  const { clock, random, startLatencyMs = 0 } = options;
  const state = new FakeState();
  const events = new FakeEvents();
  const addresses = new AddressPool(options.podCidr ?? '10.244.0.0/16');
  const now = () => clock.now() * 1e6;
  const newId = () => Array.from(random.bytes(32), (byte) => byte.toString(16).padStart(2, '0')).join('');
  const check = (call: keyof ContainerRuntime) => {
    const error = options.fault?.(call);
    if (error) throw error;
  };

  function tell(
    type: keyof typeof ContainerEventType,
    containerId: string,
    podSandboxStatus: PodSandboxStatus,
  ) {
    events.push({
      containerId,
      containerEventType: ContainerEventType[type],
      createdAt: now(),
      podSandboxStatus,
    });
  }

  function sandboxOf(id: string): FakeSandbox {
    const sandbox = state.sandboxes.get(id);
    if (!sandbox)
      throw new RuntimeError('NotFound', `an error occurred when try to find sandbox "${id}": not found`);
    return sandbox;
  }

  function containerOf(id: string): FakeContainer {
    const container = state.containers.get(id);
    if (!container)
      throw new RuntimeError('NotFound', `an error occurred when try to find container "${id}": not found`);
    return container;
  }

  function exit(container: FakeContainer, exitCode: number, reason?: string): void {
    if (container.status.state !== ContainerState.CONTAINER_RUNNING) return;
    container.cancelExit();
    container.status = {
      ...container.status,
      state: ContainerState.CONTAINER_EXITED,
      finishedAt: now(),
      exitCode,
      reason: reason ?? (exitCode === 0 ? 'Completed' : 'Error'),
    };
    tell('CONTAINER_STOPPED_EVENT', container.status.id!, container.sandbox.status);
  }

  function stopSandbox(sandbox: FakeSandbox): void {
    for (const container of state.selectContainers({ podSandboxId: sandbox.status.id })) exit(container, 137);
    if (sandbox.status.state !== PodSandboxState.SANDBOX_READY) return;
    const { network } = sandbox.status;
    if (network?.ip) addresses.release(network.ip);
    sandbox.status = { ...sandbox.status, state: PodSandboxState.SANDBOX_NOTREADY, network: { ip: '' } };
    tell('CONTAINER_STOPPED_EVENT', sandbox.status.id!, sandbox.status);
  }

  return {
    ...fakeImages({ ...options, check }),
    ...fakeStats({ state, clock }),
    async version() {
      check('version');
      return {
        version: '0.1.0',
        runtimeName: 'fake',
        runtimeVersion: '1.0.0',
        runtimeApiVersion: 'v1',
      };
    },
    async status() {
      check('status');
      const conditions = ['RuntimeReady', 'NetworkReady'].map((type) => ({ type, status: true }));
      return { status: { conditions } };
    },
    async runPodSandbox(config) {
      check('runPodSandbox');
      const hostNetwork = config.linux?.securityContext?.namespaceOptions?.network === NamespaceMode.NODE;
      const ip = hostNetwork ? '' : addresses.take();
      if (ip === undefined) throw new RuntimeError('Other', 'no IP addresses available in range set');
      const status: PodSandboxStatus = {
        id: newId(),
        metadata: config.metadata,
        state: PodSandboxState.SANDBOX_READY,
        createdAt: now(),
        network: { ip },
        linux: { namespaces: { options: config.linux?.securityContext?.namespaceOptions } },
        labels: config.labels,
        annotations: config.annotations,
      };
      state.addSandbox({ status, config });
      return status.id!;
    },
    async stopPodSandbox(id) {
      check('stopPodSandbox');
      const sandbox = state.sandboxes.get(id);
      if (sandbox) stopSandbox(sandbox);
    },
    async removePodSandbox(id) {
      check('removePodSandbox');
      const sandbox = state.sandboxes.get(id);
      if (!sandbox) return;
      stopSandbox(sandbox);
      for (const container of state.selectContainers({ podSandboxId: id })) state.removeContainer(container);
      state.removeSandbox(sandbox);
      tell('CONTAINER_DELETED_EVENT', id, sandbox.status);
    },
    async podSandboxStatus(id) {
      return state.sandboxes.get(id)?.status;
    },
    async listPodSandboxes(filter) {
      check('listPodSandboxes');
      return state.selectSandboxes(filter).map(({ status }) => status);
    },
    async createContainer(sandboxId, config) {
      check('createContainer');
      const sandbox = sandboxOf(sandboxId);
      const id = newId();
      state.addContainer({
        sandbox,
        command: [...(config.command ?? []), ...(config.args ?? [])],
        cancelExit: () => {},
        status: {
          id,
          metadata: config.metadata,
          state: ContainerState.CONTAINER_CREATED,
          createdAt: now(),
          image: { image: config.image?.userSpecifiedImage ?? config.image?.image },
          imageRef: config.image?.image,
          labels: config.labels,
          annotations: config.annotations,
          mounts: config.mounts,
          logPath: `${sandbox.config.logDirectory}/${config.logPath}`,
        },
      });
      return id;
    },
    async startContainer(id) {
      check('startContainer');
      const container = containerOf(id);
      if (startLatencyMs > 0) await clock.sleep(startLatencyMs);
      const name = container.status.metadata?.name ?? '';
      const process = fakeProcess(name, container.command, container.sandbox.config.annotations ?? {});
      container.status = { ...container.status, state: ContainerState.CONTAINER_RUNNING, startedAt: now() };
      tell('CONTAINER_STARTED_EVENT', id, container.sandbox.status);
      if (process.exitAfterMs !== undefined)
        container.cancelExit = clock.after(process.exitAfterMs, () =>
          exit(container, process.exitCode, process.reason),
        );
    },
    async stopContainer(id) {
      check('stopContainer');
      const container = state.containers.get(id);
      // It obeys SIGTERM at once.
      if (container) exit(container, 143);
    },
    async removeContainer(id) {
      check('removeContainer');
      const container = state.containers.get(id);
      if (!container) return;
      exit(container, 137);
      state.removeContainer(container);
      tell('CONTAINER_DELETED_EVENT', id, container.sandbox.status);
    },
    async containerStatus(id) {
      return state.containers.get(id)?.status;
    },
    async listContainers(filter) {
      check('listContainers');
      return state.selectContainers(filter).map(({ status, sandbox }) => ({
        ...status,
        podSandboxId: sandbox.status.id,
      }));
    },
    async updateContainerResources(id, resources) {
      check('updateContainerResources');
      const container = containerOf(id);
      container.status = { ...container.status, resources: { linux: resources } };
    },
    async reopenContainerLog() {},
    async execSync() {
      check('execSync');
      return { exitCode: 0 };
    },
    exec: () => Promise.reject(noStreams()),
    attach: () => Promise.reject(noStreams()),
    portForward: () => Promise.reject(noStreams()),
    events: (signal) => events.read(signal),
  };
}

function noStreams(): RuntimeError {
  return new RuntimeError('Unimplemented', 'simulated containers have no streams');
}
