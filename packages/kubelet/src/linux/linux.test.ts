import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { cpuWeight, linuxCgroups } from './linux_cgroups.ts';
import { linuxFiles } from './linux_files.ts';
import { linuxProbeIo } from './linux_probe_io.ts';
import { linuxUsage, machineStats } from './machine_stats.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kubets-linux-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

describe('files', () => {
  test('directories get their mode whatever the umask, parents 0755', async () => {
    await linuxFiles.makeDirectory(join(root, 'a/b'), { mode: 0o777 });
    expect(statSync(join(root, 'a/b')).mode & 0o777).toBe(0o777);
    expect(statSync(join(root, 'a')).mode & 0o777).toBe(0o755);
  });
  test('the end of a file, or nothing', async () => {
    writeFileSync(join(root, 'f'), 'abcdef');
    const read = async (name: string, tailBytes?: number) =>
      (await linuxFiles.read(join(root, name), { tailBytes }))?.toString();
    expect(await read('f', 3)).toBe('def');
    expect(await read('f', 30)).toBe('abcdef');
    expect(await read('none')).toBeUndefined();
    expect(await linuxFiles.list(join(root, 'none'))).toEqual([]);
    expect(await linuxFiles.stat(join(root, 'none'))).toBeUndefined();
  });
});

describe('cgroups', () => {
  const limits = { cpuShares: 512, cpuQuota: 50_000, cpuPeriod: 100_000, memoryLimitInBytes: 1024 };
  const text = (path: string) => readFileSync(join(root, path), 'utf8');
  /** The files that the kernel would make with a cgroup. */
  const kernelFiles = (folder: string, ...names: string[]) => {
    mkdirSync(join(root, folder), { recursive: true });
    for (const name of names) writeFileSync(join(root, folder, name), '');
  };

  test('version 1', async () => {
    mkdirSync(join(root, 'pids'));
    kernelFiles('cpu/kubets/pod1', 'cpu.shares', 'cpu.cfs_quota_us', 'cpu.cfs_period_us');
    kernelFiles('memory/kubets/pod1', 'memory.limit_in_bytes');
    const cgroups = linuxCgroups(root);
    await cgroups.ensure('/kubets/pod1', limits);
    expect(text('cpu/kubets/pod1/cpu.shares')).toBe('512');
    expect(text('cpu/kubets/pod1/cpu.cfs_quota_us')).toBe('50000');
    expect(text('memory/kubets/pod1/memory.limit_in_bytes')).toBe('1024');
    expect(existsSync(join(root, 'pids/kubets/pod1'))).toBe(true);
    await cgroups.ensure('/kubets/pod1', {});
    expect(text('cpu/kubets/pod1/cpu.cfs_quota_us')).toBe('-1');
    expect(text('memory/kubets/pod1/memory.limit_in_bytes')).toBe('-1');
  });

  test('version 2', async () => {
    kernelFiles('.', 'cgroup.controllers', 'cgroup.subtree_control');
    kernelFiles('kubets', 'cgroup.subtree_control');
    kernelFiles('kubets/pod1', 'cpu.weight', 'cpu.max', 'memory.max');
    const cgroups = linuxCgroups(root);
    await cgroups.ensure('/kubets/pod1', limits);
    expect(text('kubets/pod1/cpu.weight')).toBe(String(cpuWeight(512)));
    expect(text('kubets/pod1/cpu.max')).toBe('50000 100000');
    expect(text('kubets/pod1/memory.max')).toBe('1024');
    await cgroups.ensure('/kubets/pod1', {});
    expect(text('kubets/pod1/cpu.max')).toBe('max 100000');
    expect(text('kubets/pod1/memory.max')).toBe('max');
  });

  test.each([
    [2, 1],
    [1024, 39],
    [262_144, 10_000],
  ])('%i shares weigh %i', (shares, weight) => {
    expect(cpuWeight(shares)).toBe(weight);
  });

  test('what is empty is removed, leaves first', async () => {
    mkdirSync(join(root, 'cpu/kubets/pod1/c1'), { recursive: true });
    const cgroups = linuxCgroups(root);
    await cgroups.remove('/kubets/pod1');
    expect(existsSync(join(root, 'cpu/kubets/pod1'))).toBe(false);
    await cgroups.remove('/kubets/pod1');
  });
});

describe('probes over the network', () => {
  let server: Server;
  const serve = async (listener: RequestListener) => {
    server = createServer(listener);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return (server.address() as AddressInfo).port;
  };
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });
  const get = (port: number, more: object = {}) =>
    linuxProbeIo.httpGet({
      scheme: 'http',
      host: '127.0.0.1',
      port,
      path: '/',
      headers: [],
      timeoutMs: 1000,
      ...more,
    });

  test('status, body and headers', async () => {
    const port = await serve((request, response) => {
      response.statusCode = request.url === '/ok?x=1' ? 200 : 404;
      response.end(JSON.stringify([request.headers['x-a'], request.headers.host]));
    });
    const headers = [
      ['X-A', '1'],
      ['X-A', '2'],
      ['Host', 'name'],
    ];
    expect(await get(port, { path: '/ok?x=1', headers })).toMatchObject({
      status: 200,
      body: '["1, 2","name"]',
    });
    expect(await get(port)).toMatchObject({ status: 404 });
  });

  test('redirects on the same host are followed, to others not', async () => {
    const port = await serve((request, response) => {
      const to: Record<string, string> = { '/': '/next', '/away': 'http://192.0.2.1/', '/loop': '/loop' };
      const location = to[request.url!];
      if (location) response.writeHead(302, { location });
      response.end();
    });
    expect(await get(port)).toMatchObject({ status: 200 });
    expect(await get(port, { path: '/away' })).toMatchObject({ status: 302 });
    await expect(get(port, { path: '/loop' })).rejects.toThrow('stopped after 10 redirects');
  });

  test('a body without end is cut', async () => {
    const port = await serve((_, response) => {
      response.write('x'.repeat(50_000));
    });
    expect((await get(port)).body).toHaveLength(10 * 1024);
  });

  test('nobody answers', async () => {
    const port = await serve(() => {});
    await expect(get(port, { timeoutMs: 50 })).rejects.toThrow('context deadline exceeded');
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    const refused = `dial tcp 127.0.0.1:${port}: connect: connection refused`;
    await expect(get(port)).rejects.toThrow(`Get "http://127.0.0.1:${port}/": ${refused}`);
    await expect(linuxProbeIo.tcpConnect({ host: '127.0.0.1', port, timeoutMs: 1000 })).rejects.toThrow(
      refused,
    );
  });

  test('tcp', async () => {
    const port = await serve(() => {});
    await linuxProbeIo.tcpConnect({ host: '127.0.0.1', port, timeoutMs: 1000 });
  });

  test('grpc', async () => {
    const bytes = { serialize: (data: Buffer) => data, deserialize: (data: Buffer) => data };
    const health = new grpc.Server();
    health.addService(
      {
        check: {
          path: '/grpc.health.v1.Health/Check',
          requestStream: false,
          responseStream: false,
          requestSerialize: bytes.serialize,
          requestDeserialize: bytes.deserialize,
          responseSerialize: bytes.serialize,
          responseDeserialize: bytes.deserialize,
        },
      },
      {
        check(call: { request: Buffer }, done: (error: null, answer: Buffer) => void) {
          const service = call.request.subarray(2).toString();
          done(null, Buffer.from([8, service === 'down' ? 2 : 1]));
        },
      },
    );
    const credentials = grpc.ServerCredentials.createInsecure();
    const port = await new Promise<number>((resolve, reject) =>
      health.bindAsync('127.0.0.1:0', credentials, (error, bound) =>
        error ? reject(error) : resolve(bound),
      ),
    );
    const check = (service: string) =>
      linuxProbeIo.grpcHealth({ host: '127.0.0.1', port, service, timeoutMs: 2000 });
    expect(await check('')).toBe('SERVING');
    expect(await check('down')).toBe('NOT_SERVING');
    health.forceShutdown();
  });
});

test.skipIf(process.platform !== 'linux')('what the machine has', async () => {
  const memory = await linuxUsage.memory();
  expect(memory.availableBytes).toBeGreaterThan(0);
  expect(memory.capacityBytes).toBeGreaterThan(memory.availableBytes);
  const stats = await machineStats(root);
  expect(stats.cpuNanoSeconds).toBeGreaterThan(0);
  expect(stats.fs.capacityBytes).toBeGreaterThan(0);
  expect((await linuxUsage.processes()).available).toBeGreaterThan(0);
});
