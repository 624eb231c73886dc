// Nodes without a machine, in the server's process: the real kubelet over simulated containers.

import type { Handler } from '@kubets/apiserver';
import { type Clock, type Component, type Logger, type Random, runComponents } from '@kubets/base';
import { createClient, createEventRecorder, type Informers, inProcessTransport, refs } from '@kubets/client';
import {
  agreeableProbeIo,
  createKubelet,
  fakeRuntime,
  informerObjects,
  type NodeConfig,
  nullHost,
  podRouter,
} from '@kubets/kubelet';
import type { ClusterConfig } from '../cluster/config.ts';
import { kubernetesVersion } from '../version.ts';

export interface SimulatedNodesOptions {
  config: ClusterConfig;
  handle: Handler;
  informers: Informers;
  clock: Clock;
  random: Random;
  log: Logger;
}

/** One component for all of them, or none. Each speaks to the API as the node that it is. */
export function simulatedNodes(options: SimulatedNodesOptions): Component[] {
  const { config, handle, informers, clock, random, log } = options;
  if (config.fakeNodes === 0) return [];
  const podsOf = podRouter(informers.for(refs.pods));
  const objects = informerObjects(informers);
  const kubelets = Array.from({ length: config.fakeNodes }, (_, index) => {
    const node = nodeConfig(config, index);
    const user = { username: `system:node:${node.name}`, groups: ['system:nodes', 'system:authenticated'] };
    const client = createClient(inProcessTransport(handle, user));
    return createKubelet({
      client,
      informers,
      pods: podsOf(node.name),
      objects,
      runtime: fakeRuntime({ clock, random, podCidr: podRange(config, index) }),
      host: nullHost,
      probeIo: agreeableProbeIo,
      clock,
      random,
      log: log.with({ node: node.name }),
      recorder: createEventRecorder({ client, clock, random, component: 'kubelet', host: node.name, log }),
      node,
    });
  });
  return [{ name: 'simulated nodes', run: (signal) => runComponents(kubelets, signal) }];
}

/** The /24 that nodes in order of their registration get from the cluster's range. */
function podRange(config: ClusterConfig, index: number): string {
  const [a, b] = config.podCidr.split('.');
  return `${a}.${Number(b)}.${index % 256}.0/24`;
}

function nodeConfig(config: ClusterConfig, index: number): NodeConfig {
  const name = config.simulatedNodes?.[index] ?? `node-${index + 1}`;
  return {
    name,
    addresses: [
      // 198.18.0.0/15 is set aside for tests (RFC 2544): no simulated node is taken for a real one.
      { type: 'InternalIP', address: `198.18.${Math.floor(index / 250)}.${(index % 250) + 1}` },
      { type: 'Hostname', address: name },
    ],
    labels: { 'kubets.dev/simulated': 'true' },
    capacity: { cpu: '32', memory: '256Gi', pods: '110', 'ephemeral-storage': '1Ti' },
    nodeInfo: {
      architecture: 'amd64',
      bootID: '',
      kernelVersion: 'simulated',
      machineID: name,
      operatingSystem: 'linux',
      osImage: 'simulated',
      systemUUID: name,
    },
    kubeletVersion: kubernetesVersion,
    rootDir: '/var/lib/kubelet',
    podLogsDir: '/var/log/pods',
    cgroup: { driver: 'cgroupfs', root: '' },
    clusterDns: [config.dnsAddress],
    clusterDomain: config.clusterDomain,
    resolvConf: '',
    kubeletPort: config.kubeletPort,
  };
}
