// A node without a machine: the real kubelet over simulated containers.
import type { Quantity } from '@kubets/api';
import type { Handler } from '@kubets/apiserver';
import { type Clock, type Logger, type Ms, type Random, runComponents } from '@kubets/base';
import { createClient, createEventRecorder, createInformers, inProcessTransport } from '@kubets/client';
import { agreeableProbeIo, createKubelet, fakeRuntime, type NodeConfig, nullHost } from '@kubets/kubelet';
import { version } from './control_plane.ts';
import { type Link, severable } from './severable_transport.ts';

export interface SimulatedNodeOptions {
  name: string;
  /** Tells nodes apart: addresses are made of it. */
  index: number;
  handle: Handler;
  clock: Clock;
  fork: () => Random;
  log: Logger;
  labels?: Readonly<Record<string, string>>;
  capacity?: Readonly<Record<string, Quantity>>;
  /** From the decision to start a container to its running. */
  startLatencyMs: Ms;
  /** A part of the node ended by itself: a bug. */
  failed(error: unknown): void;
}

const capacity = { cpu: '4', memory: '16Gi', pods: '110', 'ephemeral-storage': '100Gi' };

export class SimulatedNode {
  readonly #options: SimulatedNodeOptions;
  #running: { stop: AbortController; link: Link } | undefined;

  constructor(options: SimulatedNodeOptions) {
    this.#options = options;
  }

  get running(): boolean {
    return this.#running !== undefined;
  }

  /** Boots the node: nothing of what ran on it before is left. */
  start(): void {
    if (this.#running) return;
    const { name, index, handle, clock, fork, failed, startLatencyMs } = this.#options;
    const log = this.#options.log.with({ node: name });
    const user = { username: `system:node:${name}`, groups: ['system:nodes', 'system:authenticated'] };
    const link = severable(inProcessTransport(handle, user));
    const client = createClient(link.transport);
    const informers = createInformers({ client, clock, random: fork(), log });
    const kubelet = createKubelet({
      client,
      informers,
      runtime: fakeRuntime({
        clock,
        random: fork(),
        podCidr: `10.244.${index % 256}.0/24`,
        startLatencyMs,
      }),
      host: nullHost,
      probeIo: agreeableProbeIo,
      clock,
      random: fork(),
      log,
      recorder: createEventRecorder({ client, clock, random: fork(), component: 'kubelet', host: name, log }),
      node: this.#config(fork().uuid()),
    });
    const stop = new AbortController();
    this.#running = { stop, link };
    const parts = [kubelet, { name: 'informers', run: (signal: AbortSignal) => informers.run(signal) }];
    runComponents(parts, stop.signal).catch(failed);
  }

  /** Takes the power away: the node can't even say that it goes. */
  kill(): void {
    this.#running?.link.cut();
    this.#running?.stop.abort(new Error('the node has lost its power'));
    this.#running = undefined;
  }

  /** Cuts the node's network; what runs on it goes on. */
  cut(): void {
    this.#running?.link.cut();
  }

  mend(): void {
    this.#running?.link.mend();
  }

  #config(bootID: string): NodeConfig {
    const { name, index, labels } = this.#options;
    return {
      name,
      addresses: [
        // 198.18.0.0/15 is set aside for tests (RFC 2544): no simulated node is taken for a real one.
        { type: 'InternalIP', address: `198.18.${Math.floor(index / 250)}.${(index % 250) + 1}` },
        { type: 'Hostname', address: name },
      ],
      labels,
      capacity: this.#options.capacity ?? capacity,
      nodeInfo: {
        architecture: 'amd64',
        bootID,
        kernelVersion: 'simulated',
        machineID: name,
        operatingSystem: 'linux',
        osImage: 'simulated',
        systemUUID: name,
      },
      kubeletVersion: version,
      rootDir: '/var/lib/kubelet',
      podLogsDir: '/var/log/pods',
      cgroup: { driver: 'cgroupfs', root: '' },
      clusterDns: ['10.96.0.10'],
      clusterDomain: 'cluster.local',
      resolvConf: '',
      kubeletPort: 10_250,
    };
  }
}
