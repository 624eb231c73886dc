// Nodes and pods as the scheduler believes them to be: what the API says, and its own decisions ahead of that.
import type { Node } from '@kubets/api';
import { NodeInfo } from './node_info.ts';
import type { PodInfo } from './pod_info.ts';

/** What schedulers may read. Nothing of it changes during a cycle. */
export interface Snapshot {
  /** Zones take turns, so that any run of neighbours is spread over them. */
  readonly nodes: readonly NodeInfo[];
  node(name: string): NodeInfo | undefined;
  /** Nodes that have pods with any affinity, or with required anti-affinity. */
  readonly nodesWithAffinity: ReadonlySet<NodeInfo>;
  readonly nodesWithAntiAffinity: ReadonlySet<NodeInfo>;
  /** Pods that are on a node, with the node. */
  podsIn(namespace: string): Iterable<Placed>;
  /** On how many nodes an image is. */
  imageNodes(image: string): number;
  /** Grows when a node comes, goes or changes in anything but its pods. */
  readonly nodesVersion: number;
  /** Array places for nodes: larger than any `slot`. */
  readonly slots: number;
  /** Pods that came or went after change number `after`; undefined when that is too long ago to tell. */
  podChanges(after: number): readonly PodChange[] | undefined;
  readonly lastPodChange: number;
}

export interface Placed {
  readonly pod: PodInfo;
  readonly node: NodeInfo;
}

export interface PodChange {
  pod: PodInfo;
  node: NodeInfo;
  delta: 1 | -1;
}

interface PlacedPod extends Placed {
  assumed: boolean;
}

const changesKept = 4096;
const zoneLabel = 'topology.kubernetes.io/zone';
const regionLabel = 'topology.kubernetes.io/region';

export class ClusterState implements Snapshot {
  readonly nodesWithAffinity = new Set<NodeInfo>();
  readonly nodesWithAntiAffinity = new Set<NodeInfo>();
  nodesVersion = 0;
  lastPodChange = 0;
  readonly #byName = new Map<string, NodeInfo>();
  readonly #pods = new Map<string, PlacedPod>();
  readonly #byNamespace = new Map<string, Set<PlacedPod>>();
  readonly #imageNodes = new Map<string, number>();
  readonly #changes: PodChange[] = [];
  readonly #freeSlots: number[] = [];
  #slots = 0;
  #ordered: NodeInfo[] | undefined;

  get nodes(): readonly NodeInfo[] {
    this.#ordered ??= inTurnsOfZones([...this.#byName.values()].filter((node) => node.node));
    return this.#ordered;
  }

  get slots(): number {
    return this.#slots;
  }

  node(name: string): NodeInfo | undefined {
    const info = this.#byName.get(name);
    return info?.node ? info : undefined;
  }

  imageNodes(image: string): number {
    return this.#imageNodes.get(image) ?? 0;
  }

  podChanges(after: number): readonly PodChange[] | undefined {
    const missed = this.lastPodChange - after;
    if (missed > this.#changes.length) return undefined;
    return missed === 0 ? [] : this.#changes.slice(-missed);
  }

  setNode(node: Node): void {
    const info = this.#nodeInfo(node.metadata.name);
    this.#countImages(info, -1);
    info.setNode(node);
    this.#countImages(info, 1);
    this.#nodesChanged();
  }

  deleteNode(name: string): void {
    const info = this.#byName.get(name);
    if (!info?.node) return;
    this.#countImages(info, -1);
    info.setNode(undefined);
    this.#forgetIfEmpty(info);
    this.#nodesChanged();
  }

  /** Where the pod is, by what the API says or what was assumed. */
  whereIs(podKey: string): Readonly<PlacedPod> | undefined {
    return this.#pods.get(podKey);
  }

  podsIn(namespace: string): Iterable<Placed> {
    return this.#byNamespace.get(namespace) ?? [];
  }

  /** A pod that the API says is on `nodeName`: confirms, corrects or adds. */
  setPod(pod: PodInfo, nodeName: string): void {
    const known = this.#pods.get(pod.key);
    if (known && known.node.name === nodeName && sameForScheduling(known.pod, pod)) {
      known.assumed = false;
      return;
    }
    this.#place(pod, nodeName, false);
  }

  /** A decision whose binding is under way. */
  assume(pod: PodInfo, nodeName: string): void {
    this.#place(pod, nodeName, true);
  }

  /** Takes a decision back, unless the API has confirmed it meanwhile. */
  forget(podKey: string): void {
    if (this.#pods.get(podKey)?.assumed) this.removePod(podKey);
  }

  /** Returns what was known of the pod. */
  removePod(podKey: string): PodInfo | undefined {
    const known = this.#pods.get(podKey);
    if (!known) return undefined;
    this.#pods.delete(podKey);
    const neighbours = this.#byNamespace.get(known.pod.namespace)!;
    neighbours.delete(known);
    if (neighbours.size === 0) this.#byNamespace.delete(known.pod.namespace);
    known.node.removePod(known.pod);
    this.#podChanged({ pod: known.pod, node: known.node, delta: -1 });
    this.#forgetIfEmpty(known.node);
    return known.pod;
  }

  #place(pod: PodInfo, nodeName: string, assumed: boolean): void {
    this.removePod(pod.key);
    const node = this.#nodeInfo(nodeName);
    const placed = { pod, node, assumed };
    this.#pods.set(pod.key, placed);
    const neighbours = this.#byNamespace.get(pod.namespace);
    if (neighbours) neighbours.add(placed);
    else this.#byNamespace.set(pod.namespace, new Set([placed]));
    node.addPod(pod);
    this.#podChanged({ pod, node, delta: 1 });
  }

  #podChanged(change: PodChange): void {
    const { node } = change;
    keep(this.nodesWithAffinity, node, node.podsWithAffinity.size > 0);
    keep(this.nodesWithAntiAffinity, node, node.podsWithRequiredAntiAffinity.size > 0);
    this.lastPodChange++;
    this.#changes.push(change);
    if (this.#changes.length > 2 * changesKept) this.#changes.splice(0, changesKept);
  }

  #nodeInfo(name: string): NodeInfo {
    let info = this.#byName.get(name);
    if (!info) {
      info = new NodeInfo(name, this.#freeSlots.pop() ?? this.#slots++);
      this.#byName.set(name, info);
    }
    return info;
  }

  #forgetIfEmpty(info: NodeInfo): void {
    if (info.node || info.pods.size > 0) return;
    this.#byName.delete(info.name);
    this.#freeSlots.push(info.slot);
  }

  #countImages(info: NodeInfo, sign: 1 | -1): void {
    for (const image of info.images.keys()) {
      const count = (this.#imageNodes.get(image) ?? 0) + sign;
      if (count > 0) this.#imageNodes.set(image, count);
      else this.#imageNodes.delete(image);
    }
  }

  #nodesChanged(): void {
    this.nodesVersion++;
    this.#ordered = undefined;
  }
}

function keep(set: Set<NodeInfo>, node: NodeInfo, wanted: boolean): void {
  if (wanted) set.add(node);
  else set.delete(node);
}

/** Most updates of a pod on a node are of its status, and change nothing here. */
function sameForScheduling(a: PodInfo, b: PodInfo): boolean {
  return (
    a.uid === b.uid &&
    a.terminating === b.terminating &&
    a.priority === b.priority &&
    sameLabels(a.labels, b.labels) &&
    sameAmounts(a, b)
  );
}

function sameAmounts(a: PodInfo, b: PodInfo): boolean {
  const [x, y] = [a.requests, b.requests];
  if (x.milliCpu !== y.milliCpu || x.memory !== y.memory || x.ephemeralStorage !== y.ephemeralStorage)
    return false;
  if (x.scalars.size !== y.scalars.size) return false;
  for (const [name, amount] of x.scalars) if (y.scalars.get(name) !== amount) return false;
  return true;
}

function sameLabels(a: PodInfo['labels'], b: PodInfo['labels']): boolean {
  if (a === b) return true;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

function inTurnsOfZones(nodes: readonly NodeInfo[]): NodeInfo[] {
  const zones = new Map<string, NodeInfo[]>();
  for (const node of nodes) {
    const zone = `${node.labels[regionLabel] ?? ''}/${node.labels[zoneLabel] ?? ''}`;
    const list = zones.get(zone);
    if (list) list.push(node);
    else zones.set(zone, [node]);
  }
  if (zones.size === 1) return [...nodes];
  const ordered: NodeInfo[] = [];
  for (let i = 0; ordered.length < nodes.length; i++)
    for (const list of zones.values()) if (i < list.length) ordered.push(list[i]!);
  return ordered;
}
