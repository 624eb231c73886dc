// The sandbox of a pod, as the runtime takes it.

import type { Pod } from '@kubets/api';
import {
  type DNSConfig,
  type PodSandboxConfig,
  type PortMapping,
  ProfileType,
  Protocol,
  SupplementalGroupsPolicy,
} from '@kubets/api/generated/cri.ts';
import type { NodeConfig } from '../node/node_config.ts';
import { podLogDir } from '../node/pod_paths.ts';
import { isSidecar } from '../pod/restart_policy.ts';
import { podCgroup } from './cgroup_parent.ts';
import { kernelHostname, podHostname } from './hostname.ts';
import { podLabels } from './labels.ts';
import { namespaceOptions, supplementalGroups } from './security_context.ts';

export interface SandboxConfigOptions {
  pod: Pod;
  node: NodeConfig;
  attempt: number;
  dns: DNSConfig;
}

export function sandboxConfig({ pod, node, attempt, dns }: SandboxConfigOptions): PodSandboxConfig {
  const { spec, metadata } = pod;
  const context = spec.securityContext ?? {};
  const containers = [...(spec.initContainers ?? []), ...spec.containers];
  const config: PodSandboxConfig = {
    metadata: { name: metadata.name, namespace: metadata.namespace, uid: metadata.uid, attempt },
    labels: podLabels(pod),
    annotations: metadata.annotations ?? {},
    logDirectory: podLogDir(node, pod),
    dnsConfig: dns,
    linux: {
      cgroupParent: podCgroup(pod, node),
      // runc knows sysctls by dots only; the API takes slashes too.
      sysctls: Object.fromEntries((context.sysctls ?? []).map(({ name, value }) => [dotted(name), value])),
      securityContext: {
        privileged: containers.some(({ securityContext }) => securityContext?.privileged),
        seccomp: { profileType: ProfileType.RuntimeDefault },
        namespaceOptions: namespaceOptions(pod),
        supplementalGroups: supplementalGroups(pod),
        ...(context.runAsUser !== undefined && { runAsUser: { value: context.runAsUser } }),
        ...(context.runAsGroup !== undefined && { runAsGroup: { value: context.runAsGroup } }),
        ...(context.supplementalGroupsPolicy === 'Strict' && {
          supplementalGroupsPolicy: SupplementalGroupsPolicy.Strict,
        }),
      },
    },
  };
  if (!spec.hostNetwork) {
    config.hostname = kernelHostname(podHostname(pod, node.clusterDomain), spec.setHostnameAsFQDN);
    config.portMappings = portMappings(pod);
  }
  return config;
}

/** For CNI plugins with the portMappings capability; only ports that are opened on the host matter to them. */
function portMappings({ spec }: Pod): PortMapping[] {
  const sidecars = (spec.initContainers ?? []).filter(isSidecar);
  return [...sidecars, ...spec.containers].flatMap(({ ports = [] }) =>
    ports.map(({ protocol = 'TCP', containerPort, hostPort = 0, hostIP = '' }) => ({
      protocol: Protocol[protocol as keyof typeof Protocol],
      containerPort,
      hostPort,
      hostIp: hostIP,
    })),
  );
}

/** `net/ipv4/conf/eth0.100/x` is `net.ipv4.conf.eth0/100.x` with dots (sysctl.d(5)). */
function dotted(name: string): string {
  const firstSeparator = /[./]/.exec(name)?.[0];
  if (firstSeparator !== '/') return name;
  return name.replaceAll(/[./]/g, (char) => (char === '/' ? '.' : '/'));
}
