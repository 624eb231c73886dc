// `kubets agent`: what makes a machine a node. Kubelet, service network and DNS, in one process.
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { aborted, type Component, type Logger, runComponents, systemClock, systemRandom } from '@kubets/base';
import { createClient, createEventRecorder, createInformers, refs } from '@kubets/client';
import { httpTransport } from '@kubets/client/http/index.ts';
import { createKubelet, type NodeConfig } from '@kubets/kubelet';
import { delegatedAuth, serveKubelet } from '@kubets/kubelet/http/index.ts';
import { linuxHost, linuxProbeIo } from '@kubets/kubelet/linux/index.ts';
import { criRuntime } from '@kubets/kubelet/runtime/cri/index.ts';
import {
  bridgeName,
  conntrackFlows,
  dnsServer,
  healthCheckServer,
  nftBackend,
  serviceProxy,
  setUpPodNetwork,
} from '@kubets/network';
import { type Identity, readKeyPair } from '../certificates/cluster_pki.ts';
import type { ClusterConfig } from '../cluster/config.ts';
import type { ClusterPaths } from '../cluster/paths.ts';
import { ensureContainerd, ensurePauseImage } from '../containerd/containerd_start.ts';
import { isCgroupV2, isSystemdInit } from '../host/capabilities.ts';
import { dnsLinkName, ensureDnsLink } from '../host/dns_link.ts';
import { pauseImageName } from '../images/pause_image.ts';
import { machineCapacity, machineInfo } from '../node/machine_facts.ts';
import { cgroupName } from '../node/remove_node.ts';
import { kubernetesVersion } from '../version.ts';

export interface RunAgentOptions {
  paths: ClusterPaths;
  config: ClusterConfig;
  signal: AbortSignal;
  log: Logger;
}

const clock = systemClock;
const random = systemRandom;

export async function runAgent(options: RunAgentOptions): Promise<void> {
  const { paths, config, signal, log } = options;
  for (const folder of [paths.kubelet, paths.podLogs]) mkdirSync(folder, { recursive: true, mode: 0o711 });
  ensureDnsLink(dnsLinkName(paths.machineName), config.dnsAddress);
  await ensureContainerd(paths);
  ensurePauseImage(paths);
  const runtime = criRuntime({ endpoint: `unix://${paths.containerdSocket}` });
  const node = nodeConfig(paths, config);
  const kubeletSide = connect(options, 'kubelet');
  const networkSide = connect(options, 'agent');
  try {
    const kubelet = createKubelet({
      client: kubeletSide.client,
      informers: kubeletSide.informers,
      runtime,
      host: linuxHost({ imageMountSocket: paths.containerdSocket }),
      probeIo: linuxProbeIo,
      clock,
      random,
      log: log.with({ part: 'kubelet' }),
      recorder: createEventRecorder({
        client: kubeletSide.client,
        clock,
        random,
        component: 'kubelet',
        host: node.name,
        log,
      }),
      node,
    });
    const api = serveKubelet({
      ...delegatedAuth({ client: kubeletSide.client, clock, nodeName: node.name }),
      kubelet,
      runtime,
      node,
      host: '0.0.0.0',
      port: config.kubeletPort,
      tls: { ...tlsOf(paths, 'kubelet-server'), clientCa: readKeyPair(paths, 'ca').certificate },
      clock,
      log: log.with({ part: 'kubelet API' }),
    });
    await runComponents(
      [
        kubelet,
        api,
        ...networkParts(options, networkSide),
        { name: 'informers of the kubelet', run: (stop) => kubeletSide.informers.run(stop) },
        { name: 'informers of the network', run: (stop) => networkSide.informers.run(stop) },
      ],
      signal,
    );
  } finally {
    kubeletSide.close();
    networkSide.close();
    runtime.close();
  }
}

type Side = ReturnType<typeof connect>;

/** A client with the certificate of an identity, and informers over it. */
function connect({ paths, config, log }: RunAgentOptions, identity: Identity) {
  const transport = httpTransport({
    server: `https://127.0.0.1:${config.apiPort}`,
    ca: readKeyPair(paths, 'ca').certificate,
    ...tlsOf(paths, identity),
  });
  const client = createClient(transport);
  const informers = createInformers({
    client,
    clock,
    random,
    log: log.with({ part: `informers of ${identity}` }),
  });
  return { client, informers, close: () => transport.close() };
}

/** DNS and the service rules, and the pods' bridge as soon as the node has been given its range. */
function networkParts({ paths, config, log }: RunAgentOptions, { informers }: Side): Component[] {
  const nodes = informers.for(refs.nodes, { fieldSelector: `metadata.name=${config.nodeName}` });
  const network = log.with({ part: 'network' });
  const health = healthCheckServer({ log: network });
  const podNetwork: Component = {
    name: 'pod network',
    async run(signal) {
      const podCidr = await new Promise<string>((resolve) => {
        nodes.onChange((node) => {
          if (node?.spec.podCIDR) resolve(node.spec.podCIDR);
        });
        signal.addEventListener('abort', () => resolve(''), { once: true });
      });
      if (podCidr !== '') {
        await setUpPodNetwork({
          clusterName: paths.machineName,
          podCidrs: [podCidr],
          serviceCidrs: [config.serviceCidr],
          configDir: paths.cniConfig,
          stateDir: paths.cniState,
          log: network,
        });
      }
      await aborted(signal);
    },
  };
  return [
    podNetwork,
    serviceProxy({
      informers,
      backend: nftBackend({ clusterName: paths.machineName, log: network }),
      onHealthChecks: (services) => health.update(services),
      forgetFlows: conntrackFlows({ log: network }),
      clock,
      log: network,
      node: {
        name: config.nodeName,
        podCidrs: [config.podCidr],
        serviceCidrs: [config.serviceCidr],
        servedHere: [config.dnsAddress],
        bridge: bridgeName(paths.machineName),
        masqueradeOnBridge: !existsSync('/proc/sys/net/bridge'),
        masqueradePods: true,
      },
    }),
    dnsServer({
      informers,
      clock,
      random,
      log: log.with({ part: 'dns' }),
      listen: [{ address: config.dnsAddress, port: 53 }],
      clusterDomain: config.clusterDomain,
    }),
  ];
}

function nodeConfig(paths: ClusterPaths, config: ClusterConfig): NodeConfig {
  const systemd = isCgroupV2() && isSystemdInit();
  return {
    name: config.nodeName,
    addresses: [
      { type: 'InternalIP', address: config.nodeAddress },
      { type: 'Hostname', address: config.nodeName },
    ],
    capacity: machineCapacity(paths.root),
    nodeInfo: machineInfo(),
    kubeletVersion: kubernetesVersion,
    rootDir: paths.kubelet,
    podLogsDir: paths.podLogs,
    seccompDir: join(paths.kubelet, 'seccomp'),
    cgroup: { driver: systemd ? 'systemd' : 'cgroupfs', root: cgroupName(paths.machineName) },
    clusterDns: [config.dnsAddress],
    clusterDomain: config.clusterDomain,
    resolvConf: existsSync('/run/systemd/resolve/resolv.conf')
      ? '/run/systemd/resolve/resolv.conf'
      : '/etc/resolv.conf',
    kubeletPort: config.kubeletPort,
    // A person's machine has its disk for more than this: nothing is thrown out because others filled it.
    evictionHard: {},
    imageGcPercent: { high: 100, low: 100 },
    pinnedImages: [pauseImageName],
  };
}

function tlsOf(paths: ClusterPaths, identity: Identity) {
  const pair = readKeyPair(paths, identity);
  return { cert: pair.certificate, key: pair.key };
}
