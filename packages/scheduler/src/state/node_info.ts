// A node with its pods, and sums kept as pods come and go.
import type { Node, Taint } from '@kubets/api';
import { hasTerms } from './affinity_term.ts';
import type { HostPort, PodInfo } from './pod_info.ts';
import { type Allocatable, allocatableOf } from './resources.ts';

const noLabels: Readonly<Record<string, string>> = {};
const noTaints: readonly Taint[] = [];

export class NodeInfo {
  readonly name: string;
  /** A small number of its own: the place in arrays by node. */
  readonly slot: number;
  /** Undefined for a node that pods name but that is not there (yet). */
  node: Node | undefined;
  labels: Readonly<Record<string, string>> = noLabels;
  taints: readonly Taint[] = noTaints;
  unschedulable = false;
  allocatable: Allocatable = allocatableOf(undefined);
  /** Bytes by image name. */
  images: ReadonlyMap<string, number> = new Map();
  readonly pods = new Map<string, PodInfo>();
  /** Those with any pod affinity, and those with required anti-affinity. */
  readonly podsWithAffinity = new Set<PodInfo>();
  readonly podsWithRequiredAntiAffinity = new Set<PodInfo>();
  readonly requested = { milliCpu: 0, memory: 0, ephemeralStorage: 0, scalars: new Map<string, number>() };
  readonly requestedForScore = { milliCpu: 0, memory: 0 };
  readonly hostPorts: HostPort[] = [];
  /** Pods by claim, `namespace/name`. */
  readonly claims = new Map<string, number>();
  /** Grows with each change. */
  generation = 0;

  constructor(name: string, slot: number) {
    this.name = name;
    this.slot = slot;
  }

  setNode(node: Node | undefined): void {
    this.node = node;
    this.labels = node?.metadata.labels ?? noLabels;
    this.taints = node?.spec?.taints ?? noTaints;
    this.unschedulable = node?.spec?.unschedulable ?? false;
    this.allocatable = allocatableOf(node?.status?.allocatable);
    const images = new Map<string, number>();
    for (const { names, sizeBytes } of node?.status?.images ?? [])
      for (const name of names ?? []) images.set(name, sizeBytes ?? 0);
    this.images = images;
    this.generation++;
  }

  addPod(pod: PodInfo): void {
    this.pods.set(pod.key, pod);
    if (hasTerms(pod.terms)) this.podsWithAffinity.add(pod);
    if (pod.terms.requiredAnti.length > 0) this.podsWithRequiredAntiAffinity.add(pod);
    this.hostPorts.push(...pod.hostPorts);
    this.#count(pod, 1);
  }

  /** `pod` is what was added. */
  removePod(pod: PodInfo): void {
    this.pods.delete(pod.key);
    this.podsWithAffinity.delete(pod);
    this.podsWithRequiredAntiAffinity.delete(pod);
    for (const port of pod.hostPorts) this.hostPorts.splice(this.hostPorts.indexOf(port), 1);
    this.#count(pod, -1);
  }

  /** A private copy, for what-if questions. */
  copy(): NodeInfo {
    const copy = new NodeInfo(this.name, this.slot);
    copy.node = this.node;
    copy.labels = this.labels;
    copy.taints = this.taints;
    copy.unschedulable = this.unschedulable;
    copy.allocatable = this.allocatable;
    copy.images = this.images;
    for (const pod of this.pods.values()) copy.addPod(pod);
    return copy;
  }

  #count(pod: PodInfo, sign: 1 | -1): void {
    const { requested, requestedForScore, claims } = this;
    requested.milliCpu += sign * pod.requests.milliCpu;
    requested.memory += sign * pod.requests.memory;
    requested.ephemeralStorage += sign * pod.requests.ephemeralStorage;
    for (const [name, amount] of pod.requests.scalars)
      requested.scalars.set(name, (requested.scalars.get(name) ?? 0) + sign * amount);
    requestedForScore.milliCpu += sign * pod.requestsForScore.milliCpu;
    requestedForScore.memory += sign * pod.requestsForScore.memory;
    for (const claim of pod.claims) {
      const key = `${pod.namespace}/${claim.name}`;
      const count = (claims.get(key) ?? 0) + sign;
      if (count > 0) claims.set(key, count);
      else claims.delete(key);
    }
    this.generation++;
  }
}
