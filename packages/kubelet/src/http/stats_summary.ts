// GET /stats/summary: what the node and its pods use (stats/v1alpha1 Summary).
import { rfc3339 } from '@kubets/base';
import type { FsUsage } from '../host/host.ts';
import { CpuRates } from './cpu_rate.ts';
import { json, type KubeletAnswer, type KubeletApi } from './kubelet_request.ts';
import type { ContainerUsage, PodUsage } from './pod_usage.ts';

export function summaryHandler(api: KubeletApi, usage: () => Promise<PodUsage[]>) {
  const rates = new CpuRates();
  const beganAt = api.clock.now();
  return async (): Promise<KubeletAnswer> => {
    const [pods, machine] = await Promise.all([usage(), api.machine()]);
    const now = api.clock.now();
    const time = rfc3339(now);
    const nanoCores = rates.rate('node', machine.cpuNanoSeconds, now);
    return json({
      node: {
        nodeName: api.node.name,
        startTime: rfc3339(beganAt),
        cpu: {
          time,
          ...(nanoCores !== undefined && { usageNanoCores: nanoCores }),
          usageCoreNanoSeconds: machine.cpuNanoSeconds,
        },
        memory: {
          time,
          availableBytes: machine.memoryAvailableBytes,
          usageBytes: machine.memoryUsedBytes,
          workingSetBytes: machine.memoryWorkingSetBytes,
        },
        fs: fsOf(machine.fs, time),
        runtime: { imageFs: fsOf(machine.fs, time) },
      },
      pods: pods.map(podStats),
    });
  };
}

function podStats(pod: PodUsage) {
  const sum = (of: (container: ContainerUsage) => number | undefined) =>
    pod.containers.reduce((total, container) => total + (of(container) ?? 0), 0);
  const time = rfc3339(Math.max(0, ...pod.containers.map(({ atMs }) => atMs)));
  const known = pod.containers.some(({ cpuNanoCores }) => cpuNanoCores !== undefined);
  return {
    podRef: { name: pod.name, namespace: pod.namespace, uid: pod.uid },
    startTime: pod.startTime,
    containers: pod.containers.map(containerStats),
    ...(pod.containers.length > 0 && {
      cpu: {
        time,
        ...(known && { usageNanoCores: sum(({ cpuNanoCores }) => cpuNanoCores) }),
        usageCoreNanoSeconds: sum(({ cpuNanoSeconds }) => cpuNanoSeconds),
      },
      memory: {
        time,
        usageBytes: sum(({ memoryUsageBytes }) => memoryUsageBytes),
        workingSetBytes: sum(({ memoryWorkingSetBytes }) => memoryWorkingSetBytes),
        rssBytes: sum(({ memoryRssBytes }) => memoryRssBytes),
      },
      'ephemeral-storage': { time, usedBytes: sum(({ writableBytes }) => writableBytes) },
    }),
  };
}

function containerStats(container: ContainerUsage) {
  const time = rfc3339(container.atMs);
  const { cpuNanoCores } = container;
  return {
    name: container.name,
    startTime: rfc3339(container.startedAtMs),
    cpu: {
      time,
      ...(cpuNanoCores !== undefined && { usageNanoCores: cpuNanoCores }),
      usageCoreNanoSeconds: container.cpuNanoSeconds,
    },
    memory: {
      time,
      usageBytes: container.memoryUsageBytes,
      workingSetBytes: container.memoryWorkingSetBytes,
      rssBytes: container.memoryRssBytes,
    },
    rootfs: { time, usedBytes: container.writableBytes, inodesUsed: container.writableInodes },
  };
}

function fsOf({ capacityBytes, availableBytes, usedBytes, inodes, inodesFree }: FsUsage, time: string) {
  return {
    time,
    availableBytes,
    capacityBytes,
    usedBytes,
    inodesFree,
    inodes,
    inodesUsed: inodes - inodesFree,
  };
}
