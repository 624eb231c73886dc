// What containers and pods use, for the summary and for metrics.
import type { ContainerStats } from '@kubets/api/generated/cri.ts';
import { containerNameLabel, podUidLabel } from '../container/labels.ts';
import { latestContainer } from '../pod/observed.ts';
import { CpuRates } from './cpu_rate.ts';
import type { KubeletApi } from './kubelet_request.ts';

export interface ContainerUsage {
  name: string;
  startedAtMs: number;
  atMs: number;
  cpuNanoSeconds: number;
  cpuNanoCores: number | undefined;
  memoryWorkingSetBytes: number;
  memoryUsageBytes: number;
  memoryRssBytes: number;
  writableBytes: number;
  writableInodes: number;
}

export interface PodUsage {
  namespace: string;
  name: string;
  uid: string;
  startTime: string;
  containers: ContainerUsage[];
}

export function usageReader(api: KubeletApi): () => Promise<PodUsage[]> {
  const rates = new CpuRates();
  return async () => {
    const stats = await api.runtime.listContainerStats();
    rates.keep(new Set(stats.map(({ attributes }) => attributes?.id ?? '')));
    const byPod = new Map<string, ContainerStats[]>();
    for (const each of stats) {
      const uid = each.attributes?.labels?.[podUidLabel] ?? '';
      byPod.set(uid, [...(byPod.get(uid) ?? []), each]);
    }
    return api.kubelet.podObjects().map(({ metadata, status }) => ({
      namespace: metadata.namespace ?? '',
      name: metadata.name,
      uid: metadata.uid,
      startTime: status?.startTime ?? metadata.creationTimestamp,
      containers: (byPod.get(metadata.uid) ?? []).flatMap((each) =>
        containerUsage(api, metadata.uid, each, rates),
      ),
    }));
  };
}

function containerUsage(
  { kubelet, clock }: KubeletApi,
  uid: string,
  { attributes, cpu, memory, writableLayer }: ContainerStats,
  rates: CpuRates,
): ContainerUsage[] {
  const name = attributes?.labels?.[containerNameLabel] ?? attributes?.metadata?.name ?? '';
  const observed = kubelet.pods.get(uid)?.memory.observed;
  const container = observed && latestContainer(observed, name);
  // Runs that have ended are listed too; they use nothing any more.
  if (container?.state !== 'running' || container.id !== attributes?.id) return [];
  const atMs = Math.round((cpu?.timestamp ?? 0) / 1e6) || clock.now();
  const cpuNanoSeconds = cpu?.usageCoreNanoSeconds?.value ?? 0;
  return [
    {
      name,
      startedAtMs: container.startedAt ?? container.createdAt,
      atMs,
      cpuNanoSeconds,
      cpuNanoCores: cpu?.usageNanoCores?.value ?? rates.rate(container.id, cpuNanoSeconds, atMs),
      memoryWorkingSetBytes: memory?.workingSetBytes?.value ?? 0,
      memoryUsageBytes: memory?.usageBytes?.value ?? memory?.workingSetBytes?.value ?? 0,
      memoryRssBytes: memory?.rssBytes?.value ?? 0,
      writableBytes: writableLayer?.usedBytes?.value ?? 0,
      writableInodes: writableLayer?.inodesUsed?.value ?? 0,
    },
  ];
}
