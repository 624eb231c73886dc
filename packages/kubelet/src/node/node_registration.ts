// The Node object: made once, its status kept up to date.
import { isAlreadyExists, isNotFound, type New, type Node, type NodeStatus } from '@kubets/api';
import { type Clock, type Component, errorMessage, type Logger, type Ms, type Random } from '@kubets/base';
import { type Client, type EventRecorder, refs } from '@kubets/client';
import { sameValue } from '../pod/status_patch.ts';
import type { NodeConfig } from './node_config.ts';

export interface NodeRegistration extends Component {
  /** The object as last seen; undefined before it is there. */
  known(): Node | undefined;
  /** Reads it anew; does nothing before it is there. */
  refresh(): Promise<void>;
  /** Something has changed: report it soon. */
  wake(): void;
}

export interface NodeRegistrationOptions {
  client: Client;
  clock: Clock;
  random: Random;
  log: Logger;
  recorder: EventRecorder;
  node: NodeConfig;
  status(known: Node | undefined): Promise<NodeStatus>;
}

/** How often the status is computed, and how often it is written though nothing has changed (upstream's defaults). */
const checkMs = 10_000;
const reportMs = 300_000;
const maxRetryMs = 7_000;

export function createNodeRegistration(options: NodeRegistrationOptions): NodeRegistration {
  const { client, clock, random, log, recorder, node } = options;
  const reference = { apiVersion: 'v1', kind: 'Node', name: node.name, uid: node.name };
  let known: Node | undefined;
  let reportedAt: Ms = -Infinity;
  let woken = false;
  let notify = () => {};

  async function register(): Promise<Node> {
    try {
      const existing = await client.get(refs.nodes, node.name);
      return await reconcileLabels(existing);
    } catch (error) {
      if (!isNotFound(error) || node.registerNode === false) throw error;
    }
    try {
      return await client.create(refs.nodes, await newNode());
    } catch (error) {
      if (!isAlreadyExists(error)) throw error;
      return client.get(refs.nodes, node.name);
    }
  }

  async function newNode(): Promise<New<Node>> {
    return {
      metadata: {
        name: node.name,
        labels: nodeLabels(node),
        annotations: { ...managedAnnotations, ...node.annotations },
      },
      spec: {
        ...(node.taints?.length && { taints: [...node.taints] }),
        ...(node.providerID && { providerID: node.providerID }),
      },
      status: await options.status(undefined),
    };
  }

  /** An object from an earlier life of the node gets the labels that a kubelet owns. */
  async function reconcileLabels(existing: Node): Promise<Node> {
    const wanted = Object.entries(nodeLabels(node));
    const changed = wanted.filter(([key, value]) => existing.metadata.labels?.[key] !== value);
    if (changed.length === 0) return existing;
    const patch = { metadata: { labels: Object.fromEntries(changed) } };
    return client.patch(refs.nodes, node.name, undefined, 'strategic', patch);
  }

  async function report(): Promise<void> {
    // As the server has it: others write the status too, the node controller above all.
    known = known ? await client.get(refs.nodes, node.name) : await register();
    const status = await options.status(known);
    const patch = nodeStatusPatch(known.status ?? {}, status);
    const due = clock.now() - reportedAt >= reportMs;
    if (!patch.changed && !due) return;
    tellConditions(known.status ?? {}, status);
    known = await client.patch(refs.nodes, node.name, undefined, 'strategic', patch.body, {
      subresource: 'status',
    });
    reportedAt = clock.now();
  }

  function tellConditions(before: NodeStatus, after: NodeStatus): void {
    for (const { type, status, reason } of after.conditions ?? []) {
      const old = before.conditions?.find((condition) => condition.type === type);
      if (old?.status === status) continue;
      const name =
        type === 'Ready' ? (status === 'True' ? 'NodeReady' : 'NodeNotReady') : nodeReason(reason!);
      recorder.event(reference, 'Normal', name, `Node ${node.name} status is now: ${name}`);
    }
  }

  return {
    name: 'nodeRegistration',
    known: () => known,
    async refresh() {
      if (known) known = await client.get(refs.nodes, node.name);
    },
    wake() {
      woken = true;
      notify();
    },
    async run(signal) {
      recorder.event(reference, 'Normal', 'Starting', 'Starting kubelet.');
      let retryMs = 200;
      while (!signal.aborted) {
        let wait = checkMs * (1 + random.next() * 0.04);
        woken = false;
        try {
          await report();
          retryMs = 200;
        } catch (error) {
          log.warn('node status not written', { node: node.name, reason: errorMessage(error) });
          if (isNotFound(error)) known = undefined;
          wait = retryMs;
          retryMs = Math.min(maxRetryMs, retryMs * 2);
        }
        const stop = new AbortController();
        notify = () => stop.abort();
        if (!woken) await clock.sleep(wait, AbortSignal.any([signal, stop.signal])).catch(() => {});
      }
    },
  };
}

const managedAnnotations = { 'volumes.kubernetes.io/controller-managed-attach-detach': 'true' };

function nodeLabels({ name, labels, nodeInfo, addresses }: NodeConfig): Record<string, string> {
  const hostname = addresses.find(({ type }) => type === 'Hostname')?.address ?? name;
  return {
    'beta.kubernetes.io/arch': nodeInfo.architecture,
    'beta.kubernetes.io/os': nodeInfo.operatingSystem,
    'kubernetes.io/arch': nodeInfo.architecture,
    'kubernetes.io/hostname': hostname,
    'kubernetes.io/os': nodeInfo.operatingSystem,
    ...labels,
  };
}

/** `KubeletHasSufficientMemory` is told of the node as `NodeHasSufficientMemory`. */
function nodeReason(reason: string): string {
  return reason.replace(/^Kubelet/, 'Node');
}

function nodeStatusPatch(from: NodeStatus, to: NodeStatus): { changed: boolean; body: object } {
  const status: Record<string, unknown> = {};
  let changed = false;
  for (const key of Object.keys(to) as (keyof NodeStatus)[]) {
    if (key === 'conditions' || sameValue(from[key], to[key])) continue;
    changed = true;
    // Addresses have their type as merge key, and a node may have two of one type.
    if (key === 'addresses') status[key] = [...(to.addresses ?? []), { $patch: 'replace' }];
    else if (key === 'capacity' || key === 'allocatable') {
      const gone = Object.keys(from[key] ?? {}).filter((name) => to[key]?.[name] === undefined);
      status[key] = { ...to[key], ...Object.fromEntries(gone.map((name) => [name, null])) };
    } else status[key] = to[key];
  }
  // Heartbeats alone are no change.
  const bare = (list: NodeStatus['conditions']) =>
    (list ?? []).map(({ lastHeartbeatTime: _, ...condition }) => condition);
  const own = new Set(to.conditions?.map(({ type }) => type));
  const before = bare(from.conditions).filter(({ type }) => own.has(type));
  if (!sameValue(before, bare(to.conditions))) changed = true;
  return { changed, body: { status: { ...status, conditions: to.conditions } } };
}
