// Everything that the plugins have to say about one pod, and about all that are equal to it: what was found out
// of a node is kept until the node changes.

import {
  type Failure,
  isRefusal,
  type PodFilter,
  type PodScore,
  type SchedulerPlugin,
} from '../plugins/plugin.ts';
import type { ClusterObjects } from '../state/cluster_objects.ts';
import type { Snapshot } from '../state/cluster_state.ts';
import type { NodeInfo } from '../state/node_info.ts';
import type { PodInfo } from '../state/pod_info.ts';

export interface PluginFailure extends Failure {
  readonly plugin: string;
}

export interface PlannedScore {
  readonly weight: number;
  readonly score: PodScore;
  /** Ratings by slot, for scores that look at the node alone. */
  readonly rates: Float64Array | undefined;
}

interface PlannedFilter {
  plugin: string;
  filter: PodFilter;
}

const unknown = -1;

export class PodPlan {
  /** No node will do. */
  readonly refusal: { readonly plugin: string; readonly message: string } | undefined;
  /** Set when only some nodes can do, with the plugins that say so. */
  readonly onlyNodes:
    | { readonly names: ReadonlySet<string>; readonly plugins: readonly string[] }
    | undefined;
  readonly scores: readonly PlannedScore[];
  /** Those that look at the node alone, and those that look at pods elsewhere. */
  readonly #narrow: readonly PlannedFilter[];
  readonly #allWide: readonly PlannedFilter[];
  #wide: readonly PlannedFilter[];
  readonly #wideScores: readonly PodScore[];
  readonly #nodesVersion: number;
  #lastPodChange: number;
  /** By slot: the generation of the node of which failure and ratings are known. */
  readonly #generation: Float64Array;
  readonly #failure: (PluginFailure | undefined)[];

  constructor(
    pod: PodInfo,
    context: { snapshot: Snapshot; objects: ClusterObjects; plugins: readonly SchedulerPlugin[] },
  ) {
    const { snapshot, plugins } = context;
    const filters: PlannedFilter[] = [];
    let refusal: PodPlan['refusal'];
    for (const plugin of plugins) {
      const filter = plugin.filter?.(pod, context);
      if (!filter) continue;
      if (isRefusal(filter)) {
        refusal = { plugin: plugin.name, message: filter.refused };
        break;
      }
      filters.push({ plugin: plugin.name, filter });
    }
    this.refusal = refusal;
    this.onlyNodes = intersection(filters);
    this.#narrow = filters.filter(({ filter }) => !filter.podChanged);
    this.#allWide = filters.filter(({ filter }) => filter.podChanged);
    this.#wide = this.#allWide;
    this.scores = plugins.flatMap((plugin) => {
      const score = refusal ? undefined : plugin.score?.(pod, context);
      if (!score) return [];
      const rates = score.podChanged || score.begin ? undefined : new Float64Array(snapshot.slots);
      return [{ weight: plugin.weight ?? 1, score, rates }];
    });
    this.#wideScores = this.scores.map(({ score }) => score).filter((score) => score.podChanged);
    this.#nodesVersion = snapshot.nodesVersion;
    this.#lastPodChange = snapshot.lastPodChange;
    this.#generation = new Float64Array(snapshot.slots).fill(unknown);
    this.#failure = new Array(snapshot.slots);
  }

  /** Takes in what happened to pods since the plan was used last. False: it is out of date beyond that. */
  catchUp(snapshot: Snapshot): boolean {
    if (this.#nodesVersion !== snapshot.nodesVersion || this.#generation.length !== snapshot.slots)
      return false;
    const changes = snapshot.podChanges(this.#lastPodChange);
    if (!changes) return false;
    for (const { pod, node, delta } of changes) this.#podChanged(pod, node, delta);
    this.#lastPodChange = snapshot.lastPodChange;
    return true;
  }

  /** Why the pod can't run on the node as it is; undefined when it can. */
  evaluate(node: NodeInfo): PluginFailure | undefined {
    const { slot } = node;
    if (this.#generation[slot] !== node.generation) {
      const failure = firstFailure(this.#narrow, node);
      this.#failure[slot] = failure;
      if (!failure) for (const { rates, score } of this.scores) if (rates) rates[slot] = score.rate(node);
      this.#generation[slot] = node.generation;
    }
    return this.#failure[slot] ?? (this.#wide.length > 0 ? firstFailure(this.#wide, node) : undefined);
  }

  /** Call before a round of `evaluate`: filters that would pass every node are left out of it. */
  beginRound(): void {
    this.#wide = this.#allWide.filter(({ filter }) => !filter.idle?.());
  }

  /** Lets pods come to and go from a copy of the node, to see whether the pod would fit then. Call `end` after. */
  tryOut(node: NodeInfo): NodeTrial {
    const copy = node.copy();
    const done: { pod: PodInfo; delta: 1 | -1 }[] = [];
    const change = (pod: PodInfo, delta: 1 | -1) => {
      if (delta > 0) copy.addPod(pod);
      else copy.removePod(pod);
      for (const { filter } of this.#allWide) filter.podChanged!(pod, copy, delta);
    };
    return {
      node: copy,
      add(pod) {
        change(pod, 1);
        done.push({ pod, delta: 1 });
      },
      remove(pod) {
        change(pod, -1);
        done.push({ pod, delta: -1 });
      },
      evaluate: () => firstFailure(this.#narrow, copy) ?? firstFailure(this.#allWide, copy),
      end() {
        for (const { pod, delta } of done.splice(0).reverse()) change(pod, delta > 0 ? -1 : 1);
      },
    };
  }

  #podChanged(pod: PodInfo, node: NodeInfo, delta: 1 | -1): void {
    for (const { filter } of this.#allWide) filter.podChanged!(pod, node, delta);
    for (const score of this.#wideScores) score.podChanged!(pod, node, delta);
  }
}

export interface NodeTrial {
  readonly node: NodeInfo;
  add(pod: PodInfo): void;
  remove(pod: PodInfo): void;
  evaluate(): PluginFailure | undefined;
  end(): void;
}

function firstFailure(filters: readonly PlannedFilter[], node: NodeInfo): PluginFailure | undefined {
  for (const { plugin, filter } of filters) {
    const failure = filter.test(node);
    if (failure) return { plugin, ...failure };
  }
  return undefined;
}

function intersection(filters: readonly PlannedFilter[]): PodPlan['onlyNodes'] {
  const limited = filters.filter(({ filter }) => filter.onlyNodes);
  if (limited.length === 0) return undefined;
  const names = [...limited[0]!.filter.onlyNodes!].filter((name) =>
    limited.every(({ filter }) => filter.onlyNodes!.has(name)),
  );
  return { names: new Set(names), plugins: limited.map(({ plugin }) => plugin).sort() };
}
