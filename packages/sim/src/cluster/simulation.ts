import type { KubeObject } from '@kubets/api';
import type { ApiServer } from '@kubets/apiserver';
import { FakeClock, invariant, type Logger, type Ms, seededRandom, silentLogger } from '@kubets/base';
import type { Client } from '@kubets/client';
import { applyManifest } from '../kubectl/apply_manifest.ts';
import { Kubectl } from '../kubectl/kubectl.ts';
import { clientOf, createControlPlane } from './control_plane.ts';
import { settle } from './settle.ts';
import { SimulatedNode } from './simulated_node.ts';
import { Trace } from './trace.ts';

export interface SimulationOptions {
  /** What a run is repeated from: every chance in it comes from here. */
  seed: number;
  /** How many nodes, `sim-1` and so on, or their names. Default 3. */
  nodes?: number | readonly string[];
  /** When time begins, in milliseconds since the epoch. */
  startMs?: Ms;
  /** From the decision to start a container to its running; default 1 s. */
  startLatencyMs?: Ms;
  log?: Logger;
  /** Called for each object that the server named by itself (`generateName`). */
  onGeneratedName?: (object: KubeObject) => void;
}

/**
 * A whole cluster in one thread, whose time passes only in `advance`. After each method everything that could
 * happen at that instant has happened.
 */
export interface Simulation {
  readonly client: Client;
  readonly api: ApiServer;
  readonly clock: FakeClock;
  readonly kubectl: Kubectl;
  /** Applies all documents of a manifest; `deployment.apps/web created` for each. */
  apply(yaml: string): Promise<string>;
  advance(ms: Ms): Promise<void>;
  /** Does something with the cluster, letting time pass where it has to (a wait for a retry, say). */
  act<T>(action: () => Promise<T>): Promise<T>;
  /** Takes the power of a node away. */
  killNode(name: string): Promise<void>;
  /** Boots a node that was killed, or a new one. */
  startNode(name: string): Promise<void>;
  /** Cuts a node's network; what runs on it goes on. */
  cutNode(name: string): Promise<void>;
  mendNode(name: string): Promise<void>;
  /** All writes so far, one line each: the same for two runs of one seed. */
  trace(): string;
  stop(): Promise<void>;
}

/** How long an action may take in the cluster's time. */
const maxActionMs: Ms = 5 * 60_000;

export async function createSimulation(options: SimulationOptions): Promise<Simulation> {
  const {
    seed,
    nodes = 3,
    startMs,
    startLatencyMs = 1_000,
    log = silentLogger,
    onGeneratedName = () => {},
  } = options;
  const clock = new FakeClock(startMs);
  const random = seededRandom(seed);
  const fork = () => seededRandom(Math.floor(random.next() * 2 ** 32));
  const trace = new Trace({ startMs: clock.now(), onCreate: onGeneratedName });
  let requests = 0;
  let failure: { error: unknown } | undefined;
  const failed = (error: unknown) => {
    failure ??= { error };
  };
  const rest = async () => {
    await settle(() => requests);
    if (failure) throw failure.error;
  };

  const plane = createControlPlane({
    clock,
    fork,
    log,
    audit: (event) => {
      requests++;
      trace.record(event);
    },
  });
  const { api } = plane;
  const stop = new AbortController();
  const running = plane.run(stop.signal).catch(failed);
  const byName = new Map<string, SimulatedNode>();

  async function act<T>(action: () => Promise<T>): Promise<T> {
    let outcome: { value: T } | { error: unknown } | undefined;
    action().then(
      (value) => (outcome = { value }),
      (error) => (outcome = { error }),
    );
    await rest();
    const endMs = clock.now() + maxActionMs;
    for (let next = clock.nextTimerAt(); !outcome; next = clock.nextTimerAt()) {
      if (next === undefined || next > endMs) throw new Error('an action waits for what does not come');
      await clock.advance(next - clock.now(), rest);
    }
    if ('error' in outcome) throw outcome.error;
    return outcome.value;
  }

  function node(name: string): SimulatedNode {
    const known = byName.get(name);
    if (!known) throw new Error(`there is no node ${name}`);
    return known;
  }

  function addNode(name: string): SimulatedNode {
    const index = byName.size;
    const added = new SimulatedNode({
      name,
      index,
      handle: api.handle,
      clock,
      fork,
      log,
      startLatencyMs,
      failed,
    });
    byName.set(name, added);
    return added;
  }

  // Threads other than this one answer during the start, and only then: their answers are awaited for real.
  await Promise.race([plane.ready(), running.then(() => {})]);
  if (failure) throw (failure as { error: unknown }).error;
  const client = clientOf(api, 'kubernetes-admin');
  const kubectl = new Kubectl({ api, client, clock });
  const names = typeof nodes === 'number' ? Array.from({ length: nodes }, (_, i) => `sim-${i + 1}`) : nodes;
  for (const name of names) addNode(name).start();
  await rest();

  return {
    client,
    api,
    clock,
    kubectl,
    act,
    apply: (yaml) => act(() => applyManifest(client, kubectl.resources, yaml)),
    advance: (ms) => clock.advance(ms, rest),
    async killNode(name) {
      node(name).kill();
      await rest();
    },
    async startNode(name) {
      (byName.get(name) ?? addNode(name)).start();
      await rest();
    },
    async cutNode(name) {
      node(name).cut();
      await rest();
    },
    async mendNode(name) {
      node(name).mend();
      await rest();
    },
    trace: () => trace.toString(),
    async stop() {
      for (const each of byName.values()) each.kill();
      stop.abort(new Error('the simulation has ended'));
      await running;
      invariant(!failure, 'the cluster stopped without a failure');
    },
  };
}
