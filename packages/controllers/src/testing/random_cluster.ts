// A cluster with simulated kubelets and users who do this and that, all from a seed; and what must hold of it once
// they leave it alone.
import { isApiError, type Pod } from '@kubets/api';
import { type Random, rfc3339 } from '@kubets/base';
import { refs } from '@kubets/client';
import { isPodFinished } from '../runtime/pod_state.ts';
import { podTemplate, type TestCluster } from './test_cluster.ts';

const namespace = 'default';
const names = ['a', 'b', 'c'];

export interface Luck {
  /** Chances, 0 to 1, in each round. */
  podFails: number;
  jobPodEnds: number;
  jobPodFails: number;
  podGoes: number;
}

/** One round of all kubelets: pods are bound, start, fail, end and go; nodes say that they live. */
export async function runKubelets(cluster: TestCluster, random: Random, luck: Luck): Promise<void> {
  const { client, clock } = cluster;
  const now = rfc3339(clock.now());
  const nodes = (await client.list(refs.nodes)).items.map(({ metadata }) => metadata.name);
  for (const name of nodes) {
    const conditions = [{ type: 'Ready', status: 'True', lastHeartbeatTime: now }];
    await refused(
      client.patch(
        refs.nodes,
        name,
        undefined,
        'strategic',
        { status: { conditions } },
        { subresource: 'status' },
      ),
    );
  }
  for (const pod of (await client.list(refs.pods)).items) await refused(runPod(pod));

  async function runPod(pod: Pod): Promise<unknown> {
    const { name, deletionTimestamp, ownerReferences } = pod.metadata;
    if (deletionTimestamp) {
      if (random.next() >= luck.podGoes) return;
      return client.delete(refs.pods, name, pod.metadata.namespace, { gracePeriodSeconds: 0 });
    }
    if (!pod.spec.nodeName) {
      const node = daemonNode(pod) ?? nodes[Math.floor(random.next() * nodes.length)]!;
      const target = { kind: 'Node', name: node };
      const binding = { apiVersion: 'v1', kind: 'Binding', metadata: { name }, target };
      return nodes.includes(node)
        ? client.createSubresource(refs.pods, name, namespace, 'binding', binding)
        : undefined;
    }
    const ready = (status: string) => [{ type: 'Ready', status, lastTransitionTime: now }];
    if (pod.status?.phase === 'Pending') {
      const podIP = `10.0.0.${1 + Math.floor(random.next() * 250)}`;
      return cluster.setPod(pod, { phase: 'Running', startTime: now, podIP, conditions: ready('True') });
    }
    const ofJob = ownerReferences?.[0]?.kind === 'Job';
    if (pod.status?.phase !== 'Running' || random.next() >= (ofJob ? luck.jobPodEnds : luck.podFails)) return;
    const failed = !ofJob || random.next() < luck.jobPodFails;
    return cluster.setPod(pod, { phase: failed ? 'Failed' : 'Succeeded', conditions: ready('False') });
  }
}

/** Somebody does something; what the server refuses is not done. */
export async function act({ client, ...cluster }: TestCluster, random: Random): Promise<void> {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random.next() * list.length)]!;
  const count = (max: number) => Math.floor(random.next() * (max + 1));
  const name = pick(names);
  const selecting = (kind: string) => {
    const labels = { app: `${kind}-${name}` };
    return { selector: { matchLabels: labels }, template: podTemplate(labels) };
  };
  const metadata = { name, namespace };
  const image = () => ({
    spec: { template: { spec: { containers: [{ name: 'web', image: `v${count(3)}` }] } } },
  });
  const workload = pick([refs.deployments, refs.statefulSets] as const) as typeof refs.deployments;
  const rollingUpdate = pick([{ maxUnavailable: 1 }, { maxSurge: 1, maxUnavailable: 0 }]);
  const podManagementPolicy = pick(['Parallel', 'OrderedReady']);
  const template = { spec: { restartPolicy: 'Never', containers: [{ name: 'web', image: 'v1' }] } };
  const completionMode = pick(['Indexed', 'NonIndexed']);
  const actions: (() => Promise<unknown>)[] = [
    () =>
      client.create(refs.deployments, { metadata, spec: { replicas: count(5), ...selecting('deployment') } }),
    () =>
      client.create(refs.statefulSets, {
        metadata,
        spec: { replicas: count(3), serviceName: 's', podManagementPolicy, ...selecting('statefulset') },
      }),
    () =>
      client.create(refs.daemonSets, {
        metadata,
        spec: { updateStrategy: { type: 'RollingUpdate', rollingUpdate }, ...selecting('daemonset') },
      }),
    () =>
      client.create(refs.jobs, {
        metadata: { generateName: 'job-', namespace },
        spec: { completions: 1 + count(4), parallelism: 2, backoffLimit: 3, completionMode, template },
      }),
    () =>
      client.create(refs.services, {
        metadata,
        spec: { selector: { app: `${pick(['deployment', 'daemonset'])}-${name}` }, ports: [{ port: 80 }] },
      }),
    () => client.patch(workload, name, namespace, 'merge', { spec: { replicas: count(5) } }),
    () => client.patch(workload, name, namespace, 'strategic', image()),
    () => client.patch(refs.daemonSets, name, namespace, 'strategic', image()),
    () =>
      client.delete(workload, name, namespace, {
        propagationPolicy: pick(['Background', 'Foreground'] as const),
      }),
    () => cluster.createNode(`node-${count(8)}`),
    async () => {
      const { items } = await client.list(refs.nodes);
      if (items.length > 2) await client.delete(refs.nodes, pick(items).metadata.name);
    },
    async () => {
      const { items } = await client.list(refs.pods);
      if (items.length > 0) await client.delete(refs.pods, pick(items).metadata.name, namespace);
    },
  ];
  await refused(pick(actions)());
}

/** What is not as it should be, in words. */
export async function findProblems({ client }: TestCluster): Promise<string[]> {
  const problems: string[] = [];
  const [pods, nodes, sets, jobs, services] = await Promise.all([
    client.list(refs.pods),
    client.list(refs.nodes),
    client.list(refs.replicaSets),
    client.list(refs.jobs),
    client.list(refs.services, { namespace }),
  ]);
  const owned = (uid: string) =>
    pods.items.filter(({ metadata }) => metadata.ownerReferences?.[0]?.uid === uid);
  const running = (uid: string) => owned(uid).filter((pod) => !isPodFinished(pod)).length;
  const expect = (what: string, actual: unknown, expected: unknown) => {
    if (JSON.stringify(actual) !== JSON.stringify(expected)) {
      problems.push(`${what}: ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}`);
    }
  };

  const deployments = (await client.list(refs.deployments)).items;
  for (const { metadata, spec, status } of deployments) {
    const { replicas = 0, updatedReplicas = 0, availableReplicas = 0 } = status ?? {};
    const counts = [replicas, updatedReplicas, availableReplicas];
    expect(`deployment ${metadata.name}`, counts, Array(3).fill(spec.replicas));
    expect(`deletion of deployment ${metadata.name}`, metadata.deletionTimestamp, undefined);
  }
  const alive = new Set(deployments.map(({ metadata }) => metadata.uid));
  for (const { metadata, spec } of sets.items) {
    expect(
      `owner of replica set ${metadata.name}`,
      alive.has(metadata.ownerReferences?.[0]?.uid ?? ''),
      true,
    );
    expect(`pods of replica set ${metadata.name}`, running(metadata.uid), spec.replicas);
  }
  for (const { metadata, spec, status } of (await client.list(refs.statefulSets)).items) {
    const counts = [owned(metadata.uid).length, status?.readyReplicas ?? 0];
    expect(`stateful set ${metadata.name}`, counts, Array(2).fill(spec.replicas));
    expect(`revision of stateful set ${metadata.name}`, status?.currentRevision, status?.updateRevision);
  }
  for (const { metadata, status } of (await client.list(refs.daemonSets)).items) {
    const counts = [
      owned(metadata.uid).length,
      status?.updatedNumberScheduled ?? 0,
      status?.numberAvailable ?? 0,
    ];
    expect(`daemon set ${metadata.name}`, counts, Array(3).fill(nodes.items.length));
  }
  for (const { metadata, spec, status } of jobs.items) {
    const end = status?.conditions?.find(({ type }) => type === 'Complete' || type === 'Failed')?.type;
    expect(`end of job ${metadata.name}`, end !== undefined, true);
    if (end === 'Complete') expect(`count of job ${metadata.name}`, status?.succeeded, spec.completions);
    const held = owned(metadata.uid).filter((pod) => pod.metadata.finalizers?.length).length;
    expect(`finalizers of job ${metadata.name}`, held, 0);
  }
  for (const { metadata, spec } of services.items) {
    const app = spec.selector?.app;
    if (app === undefined) continue;
    const serving = pods.items.filter((pod) => pod.metadata.labels?.app === app && !isPodFinished(pod));
    const labelSelector = `kubernetes.io/service-name=${metadata.name}`;
    const slices = (await client.list(refs.endpointSlices, { namespace, labelSelector })).items;
    const listed = slices.flatMap(({ endpoints = [] }) => endpoints.map(({ targetRef }) => targetRef!.name));
    expect(`endpoints of ${metadata.name}`, listed.sort(), serving.map((pod) => pod.metadata.name).sort());
  }
  return problems;
}

function daemonNode(pod: Pod): string | undefined {
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  return required?.nodeSelectorTerms[0]?.matchFields?.[0]?.values?.[0];
}

async function refused(doing: Promise<unknown>): Promise<void> {
  try {
    await doing;
  } catch (error) {
    if (!isApiError(error)) throw error;
  }
}
