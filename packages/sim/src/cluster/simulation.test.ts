import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNotFound, type Pod } from '@kubets/api';
import { refs } from '@kubets/client';
import { describe, expect, test } from 'vitest';
import { createSimulation, type Simulation } from './simulation.ts';

const web = readFileSync(join(import.meta.dirname, '../scenarios/web.yaml'), 'utf8');

/** Something of everything: workloads, a death, a cut, a scaling, an update, a namespace that goes. */
async function eventfulRun(seed: number): Promise<{ trace: string; pods: string }> {
  const simulation = await createSimulation({ seed, nodes: 4 });
  await simulation.advance(5_000);
  await simulation.apply(`${web}---
apiVersion: v1
kind: Namespace
metadata: { name: other }
---
apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent, namespace: other }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec: { containers: [{ name: agent, image: agent:1 }] }
`);
  await simulation.advance(10_000);
  await simulation.killNode('sim-2');
  await simulation.cutNode('sim-3');
  await simulation.advance(120_000);
  await simulation.mendNode('sim-3');
  await simulation.act(() => simulation.kubectl.scale('deploy', 'web', 7));
  await simulation.advance(240_000);
  await simulation.startNode('sim-2');
  await simulation.act(() => simulation.kubectl.delete('ns', 'other'));
  await simulation.apply(web.replace('web:1', 'web:2'));
  await simulation.advance(60_000);
  const pods = await simulation.kubectl.get('pods', { allNamespaces: true, output: 'wide' });
  const trace = simulation.trace();
  await simulation.stop();
  return { trace, pods };
}

describe('a simulation', () => {
  test('repeats exactly from its seed, and not from another', { timeout: 120_000 }, async () => {
    const [first, second] = [await eventfulRun(1), await eventfulRun(1)];
    expect(second).toEqual(first);
    const other = await createSimulation({ seed: 2, nodes: 4 });
    expect(first.trace.startsWith(other.trace().split('checksum')[0]!)).toBe(false);
    await other.stop();
    expect(first.trace).toContain('system:kube-scheduler create pods/binding default/web-');
  });

  test('runs what is applied, and says what it did', { timeout: 60_000 }, async () => {
    const simulation = await createSimulation({ seed: 3, nodes: ['a', 'b'] });
    await simulation.advance(5_000);
    expect(await simulation.apply(web)).toBe('deployment.apps/web created\n');
    expect(await simulation.apply(web)).toBe('deployment.apps/web unchanged\n');
    await simulation.advance(10_000);
    const { items } = await simulation.client.list<Pod>(refs.pods, { namespace: 'default' });
    expect(items.map((pod) => pod.status?.phase)).toEqual(['Running', 'Running', 'Running']);
    expect(new Set(items.map((pod) => pod.spec.nodeName))).toEqual(new Set(['a', 'b']));
    expect(await simulation.kubectl.get('po', { output: 'name' })).toMatch(/^(pod\/web-\S+\n){3}$/);
    expect(await simulation.kubectl.get('deployments.apps', { output: 'yaml' })).toContain('image: web:1');
    expect(await simulation.kubectl.get('cm', { namespace: 'nothing' })).toBe(
      'No resources found in nothing namespace.\n',
    );
    expect(await simulation.kubectl.describe('deploy', 'web')).toMatch(/Normal +ScalingReplicaSet/);
    await simulation.stop();
  });

  test('passes on failures of the API', { timeout: 60_000 }, async () => {
    const simulation = await createSimulation({ seed: 4, nodes: 0 });
    const failure = (action: () => Promise<unknown>) => simulation.act(action).catch((error) => error);
    expect(isNotFound(await failure(() => simulation.kubectl.get('pods', { name: 'none' })))).toBe(true);
    expect(isNotFound(await failure(() => simulation.kubectl.get('unicorns')))).toBe(true);
    await expect(simulation.killNode('none')).rejects.toThrow('no node');
    await simulation.stop();
  });

  test('lets time pass for an action that waits for it, but not for ever', { timeout: 60_000 }, async () => {
    const simulation: Simulation = await createSimulation({ seed: 5, nodes: 0 });
    const before = simulation.clock.now();
    await simulation.act(() => simulation.clock.sleep(2_500));
    expect(simulation.clock.now() - before).toBe(2_500);
    await expect(simulation.act(() => new Promise(() => {}))).rejects.toThrow('waits for what does not come');
    await simulation.stop();
  });
});
