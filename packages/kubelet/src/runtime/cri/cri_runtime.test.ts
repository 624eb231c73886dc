// Against a gRPC server of our own on a unix socket: what goes over the wire, and what becomes of errors.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as grpc from '@grpc/grpc-js';
import { makeMessageCodec } from '@kubets/api';
import { messages, services } from '@kubets/api/generated/cri.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { RuntimeError } from '../runtime_error.ts';
import { type CriRuntime, criRuntime } from './cri_runtime.ts';

type Answer = (request: any) => object | { code: grpc.status; details: string };

let folder: string;
let server: grpc.Server;
let runtime: CriRuntime;
let calls: [string, any][];
let answers: Record<string, Answer>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'kubets-cri-'));
  calls = [];
  answers = {};
  const codec = makeMessageCodec(messages);
  server = new grpc.Server();
  for (const [service, methods] of Object.entries(services)) {
    const definition: Record<string, grpc.MethodDefinition<any, any>> = {};
    const handlers: Record<string, grpc.handleUnaryCall<any, any>> = {};
    for (const [method, types] of Object.entries(methods)) {
      if (types.responseStream) continue;
      definition[method] = {
        path: `/${service}/${method}`,
        requestStream: false,
        responseStream: false,
        requestSerialize: (value) => Buffer.from(codec.encode(types.request, value)),
        requestDeserialize: (bytes) => codec.decode(types.request, bytes),
        responseSerialize: (value) => Buffer.from(codec.encode(types.response, value)),
        responseDeserialize: (bytes) => codec.decode(types.response, bytes),
      };
      handlers[method] = (call, done) => {
        calls.push([method, call.request]);
        const answer = answers[method]?.(call.request) ?? {};
        if ('code' in answer && 'details' in answer) done(answer as grpc.ServiceError);
        else done(null, answer);
      };
    }
    server.addService(definition, handlers);
  }
  const socket = `unix://${join(folder, 'cri.sock')}`;
  const credentials = grpc.ServerCredentials.createInsecure();
  await new Promise<void>((resolve, reject) =>
    server.bindAsync(socket, credentials, (error) => (error ? reject(error) : resolve())),
  );
  runtime = criRuntime({ endpoint: socket });
});

afterEach(() => {
  runtime.close();
  server.forceShutdown();
  rmSync(folder, { recursive: true, force: true });
});

const notFound = () => ({ code: grpc.status.NOT_FOUND, details: 'no such thing' });

test('messages arrive as they were sent', async () => {
  answers['Version'] = () => ({ runtimeName: 'containerd', runtimeVersion: '1.6.20' });
  answers['CreateContainer'] = () => ({ containerId: 'c1' });
  answers['ListContainers'] = () => ({
    containers: [{ id: 'c1', state: 1, createdAt: 1_700_000_000_000_000_000 }],
  });
  expect(await runtime.version()).toMatchObject({ runtimeName: 'containerd' });
  const config = {
    metadata: { name: 'app', attempt: 2 },
    envs: [{ key: 'A', value: new TextEncoder().encode('ä') }],
    labels: { a: 'b' },
    linux: { resources: { oomScoreAdj: -997 }, securityContext: { runAsUser: { value: 0 } } },
  };
  expect(await runtime.createContainer('s1', config, {})).toBe('c1');
  const sent = calls.at(-1)![1];
  expect(sent).toMatchObject({
    podSandboxId: 's1',
    config: { metadata: { attempt: 2 }, labels: { a: 'b' } },
  });
  expect(new TextDecoder().decode(sent.config.envs[0].value)).toBe('ä');
  expect(sent.config.linux.resources.oomScoreAdj).toBe(-997);
  expect(sent.config.linux.securityContext).toHaveProperty('runAsUser');
  expect(await runtime.listContainers({ state: { state: 0 } })).toMatchObject([{ id: 'c1', state: 1 }]);
  // A filter for state 0 is not the same as none.
  expect(calls.at(-1)![1].filter).toHaveProperty('state');
});

test('what is not there', async () => {
  for (const method of [
    'ContainerStatus',
    'PodSandboxStatus',
    'StopContainer',
    'RemoveContainer',
    'StopPodSandbox',
  ])
    answers[method] = notFound;
  expect(await runtime.containerStatus('x')).toBeUndefined();
  expect(await runtime.podSandboxStatus('x')).toBeUndefined();
  await runtime.stopContainer('x', 1);
  await runtime.removeContainer('x');
  await runtime.stopPodSandbox('x');
  answers['StartContainer'] = notFound;
  await expect(runtime.startContainer('x')).rejects.toMatchObject({ code: 'NotFound' });
});

test.each([
  [grpc.status.DEADLINE_EXCEEDED, 'DeadlineExceeded'],
  [grpc.status.UNKNOWN, 'Other'],
  [grpc.status.UNAVAILABLE, 'Unavailable'],
])('gRPC status %i is %s, with the runtime’s words', async (code, expected) => {
  answers['ExecSync'] = () => ({ code, details: 'because' });
  const error = await runtime.execSync('x', ['true'], 1).catch((thrown) => thrown);
  expect(error).toBeInstanceOf(RuntimeError);
  expect(error).toMatchObject({ code: expected, message: 'because' });
});

test('a runtime without events says so', async () => {
  const reading = (async () => {
    for await (const _ of runtime.events!(new AbortController().signal));
  })();
  await expect(reading).rejects.toMatchObject({ code: 'Unimplemented' });
});
