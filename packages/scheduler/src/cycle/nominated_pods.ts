// Pods for which room is being made: each on the node where others were asked to leave for it.
import type { PodInfo } from '../state/pod_info.ts';

const none: readonly PodInfo[] = [];

export class NominatedPods {
  readonly #byNode = new Map<string, Map<string, PodInfo>>();
  readonly #nodeOf = new Map<string, string>();

  set(pod: PodInfo, node: string): void {
    this.delete(pod.uid);
    if (!node) return;
    this.#nodeOf.set(pod.uid, node);
    const pods = this.#byNode.get(node);
    if (pods) pods.set(pod.uid, pod);
    else this.#byNode.set(node, new Map([[pod.uid, pod]]));
  }

  delete(uid: string): void {
    const node = this.#nodeOf.get(uid);
    if (node === undefined) return;
    this.#nodeOf.delete(uid);
    const pods = this.#byNode.get(node)!;
    pods.delete(uid);
    if (pods.size === 0) this.#byNode.delete(node);
  }

  nodeOf(uid: string): string | undefined {
    return this.#nodeOf.get(uid);
  }

  at(node: string): readonly PodInfo[] {
    const pods = this.#byNode.get(node);
    return pods ? [...pods.values()] : none;
  }

  get empty(): boolean {
    return this.#byNode.size === 0;
  }

  /** Others at `node` that `pod` must leave room for. */
  aheadOf(pod: PodInfo, node: string): readonly PodInfo[] {
    return this.at(node).filter((other) => other.uid !== pod.uid && other.priority >= pod.priority);
  }
}
