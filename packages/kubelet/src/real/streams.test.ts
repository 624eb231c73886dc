// The kubelet with a containerd of its own: logs, sessions, restarts of the kubelet.
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pod } from '@kubets/api';
import { refs } from '@kubets/client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import { realNodeProblem } from './containerd.ts';
import { eventually, type RealCluster, shell, startRealCluster } from './real_cluster.ts';

let cluster: RealCluster;

describe.skipIf(realNodeProblem)(
  'a real node: logs, sessions, restarts of the kubelet',
  { timeout: 90_000 },
  () => {
    beforeAll(async () => {
      cluster = await startRealCluster('s', 78);
    }, 60_000);

    afterAll(async () => {
      await cluster?.stop();
      // Nothing of it is left on the machine.
      expect(existsSync(cluster.root)).toBe(false);
      expect(readFileSync('/proc/self/mountinfo', 'utf8')).not.toContain(cluster.root);
    }, 60_000);

    test('logs: tail, timestamps, limit, follow', async () => {
      await cluster.create('talk', 'for i in $(seq 1 5); do echo line $i; done; sleep 2; echo end');
      await eventually('lines', async () => (await cluster.logs('talk', 'main')).includes('line 5'));
      expect(await cluster.logs('talk', 'main', '?tailLines=2')).toBe('line 4\nline 5\n');
      expect(await cluster.logs('talk', 'main', '?limitBytes=8')).toBe('line 1\nl');
      expect(await cluster.logs('talk', 'main', '?timestamps=true&tailLines=1')).toMatch(
        /^\d{4}-\d\d-\d\dT\S+ line 5\n$/,
      );
      expect(await cluster.logs('talk', 'main', '?follow=true&tailLines=1')).toBe('line 5\nend\n');
      expect((await cluster.get('/containerLogs/default/talk/other')).status).toBe(404);
    });

    test('exec and attach over the kubelet, in real streams', async () => {
      await cluster.create('session', 'while true; do sleep 0.2; done');
      await cluster.phase('session', 'Running');
      const query =
        'command=sh&command=-c&command=read+x;echo+got+$x;echo+bad+1>%262;exit+7&input=1&output=1&error=1';
      const socket = new WebSocket(
        `wss://127.0.0.1:${cluster.port}/exec/default/session/main?${query}`,
        ['v4.channel.k8s.io'],
        {
          ...cluster.tls,
          rejectUnauthorized: false,
        },
      );
      const channels = new Map<number, string>();
      socket.on('message', (data: Buffer) =>
        channels.set(data[0]!, (channels.get(data[0]!) ?? '') + data.subarray(1)),
      );
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      socket.send(Buffer.concat([Buffer.from([0]), Buffer.from('hello\n')]));
      await new Promise((resolve) => socket.once('close', resolve));
      expect(channels.get(1)).toBe('got hello\n');
      expect(channels.get(2)).toBe('bad\n');
      expect(JSON.parse(channels.get(3)!)).toMatchObject({ status: 'Failure', reason: 'NonZeroExitCode' });
    });

    test('port-forward', async () => {
      await cluster.create('server', 'exec httpd -f -p 8080 -h /etc');
      await cluster.phase('server', 'Running');
      const answer = await eventually('served', async () => {
        const socket = new WebSocket(
          `wss://127.0.0.1:${cluster.port}/portForward/default/server?port=8080`,
          ['v4.channel.k8s.io'],
          { ...cluster.tls, rejectUnauthorized: false },
        );
        let text = '';
        socket.on('message', (data: Buffer) => {
          // Channel 0 is the data of the first port; its first frame is the port's number.
          if (data[0] === 0 && data.length !== 3) text += data.subarray(1);
        });
        await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
        socket.send(Buffer.concat([Buffer.from([0]), Buffer.from('GET /passwd HTTP/1.0\r\n\r\n')]));
        await new Promise((resolve) => {
          socket.once('close', resolve);
          setTimeout(resolve, 1000);
        });
        socket.terminate();
        return text.includes('web:x:1000') && text;
      });
      expect(answer).toMatch(/^HTTP\/1\.[01] 200 OK/);
      await cluster.remove('server');
    });

    test('the other paths of the kubelet', async () => {
      expect(await cluster.get('/healthz')).toEqual({ status: 200, body: 'ok' });
      const pods = JSON.parse((await cluster.get('/pods')).body);
      expect(pods.items.map(({ metadata }: Pod) => metadata.name)).toContain('session');
      const summary = await eventually('usage', async () => {
        const { node, pods } = JSON.parse((await cluster.get('/stats/summary')).body);
        const pod = pods.find(({ podRef }: { podRef: { name: string } }) => podRef.name === 'session');
        return pod?.containers?.[0]?.memory.workingSetBytes > 0 && { node, pod };
      });
      expect(summary.node.memory.workingSetBytes).toBeGreaterThan(0);
      expect((await cluster.get('/metrics/resource')).body).toMatch(
        /container_memory_working_set_bytes\{container="main",namespace="default",pod="session"\} \d+ \d+/,
      );
      expect((await cluster.get('/metrics')).body).toMatch(/kubelet_running_pods \d+/);
      expect((await cluster.get('/nothing')).status).toBe(404);
    });

    test('a kubelet that restarts adopts what runs and ends what nobody knows', async () => {
      const before = await cluster.pod('session');
      await cluster.create('forgotten', 'while true; do sleep 0.2; done');
      await cluster.phase('forgotten', 'Running');
      mkdirSync(join(cluster.root, 'kubelet/pods/lost/volumes'), { recursive: true });
      mkdirSync(join(cluster.root, 'logs/default_lost_lost/main'), { recursive: true });
      await cluster.restartKubelet(async () => {
        await cluster.client.delete(refs.pods, 'forgotten', 'default', { gracePeriodSeconds: 0 });
      });
      await eventually('the orphan is gone', async () =>
        (await cluster.runtime.listPodSandboxes()).every(({ metadata }) => metadata?.name !== 'forgotten'),
      );
      await eventually('data of nobody is gone', async () =>
        ['kubelet/pods/lost', 'logs/default_lost_lost'].every(
          (path) => !existsSync(join(cluster.root, path)),
        ),
      );
      const after = await cluster.pod('session');
      expect(after.status?.containerStatuses).toEqual(before.status?.containerStatuses);
      expect(await cluster.logs('session', 'main')).toBe('');
    });

    test('ephemeral containers see the processes of their target', async () => {
      await cluster.client.patch(
        refs.pods,
        'session',
        'default',
        'strategic',
        {
          spec: {
            ephemeralContainers: [
              {
                name: 'debug',
                image: cluster.image,
                targetContainerName: 'main',
                command: shell('cat /proc/1/cmdline | tr "\\0" " "'),
                terminationMessagePolicy: 'File',
                imagePullPolicy: 'IfNotPresent',
              },
            ],
          },
        },
        { subresource: 'ephemeralcontainers' },
      );
      await eventually('it ran', async () => {
        const [status] = (await cluster.pod('session')).status?.ephemeralContainerStatuses ?? [];
        return status?.state?.terminated?.exitCode === 0;
      });
      expect(await cluster.logs('session', 'debug')).toContain('while true');
    });

    test('nothing stays behind when all pods are deleted', async () => {
      await cluster.client.deleteCollection(refs.pods, { namespace: 'default' });
      await eventually(
        'no pods',
        async () => (await cluster.client.list(refs.pods)).items.length === 0,
        60_000,
      );
      await eventually('no containers', async () => (await cluster.runtime.listContainers()).length === 0);
      await eventually('no sandboxes', async () => (await cluster.runtime.listPodSandboxes()).length === 0);
      await eventually('no data', async () => readdirSync(join(cluster.root, 'kubelet/pods')).length === 0);
      await eventually('no logs', async () => readdirSync(join(cluster.root, 'logs')).length === 0);
      expect(readdirSync(join(cluster.root, 'links'))).toEqual([]);
    });
  },
);
