// What a pod needs before its containers, in order; taken down in the opposite order.
import type { KubeletParts } from '../kubelet_parts.ts';
import { dataDirectories } from './data_directories.ts';
import { objectReferences } from './object_references.ts';
import { podCgroup } from './pod_cgroup.ts';
import type { PodStep } from './pod_step.ts';
import { probing } from './probing.ts';
import { volumes } from './volumes.ts';

export function podSteps(parts: KubeletParts): PodStep[] {
  return [podCgroup(parts), dataDirectories(parts), objectReferences(parts), volumes(parts), probing(parts)];
}
