// Kinds of the core group that are small, one after the other.
import { describe, expect, test } from 'vitest';
import { create, created, createdMs, row, stored, strategyContext, update } from '../testing.ts';
import { configMap } from './config_map.ts';
import { endpoints } from './endpoints.ts';
import { limitRange } from './limit_range.ts';
import { namespace } from './namespace.ts';
import { resourceQuota } from './resource_quota.ts';
import { secret } from './secret.ts';
import { serviceAccount } from './service_account.ts';

describe('namespaces', () => {
  test('begin active, with the finalizer that empties them', () => {
    expect(create(namespace, { metadata: { name: 'shop' } }).object).toEqual({
      metadata: {
        name: 'shop',
        uid: 'uid-1',
        creationTimestamp: created,
        labels: { 'kubernetes.io/metadata.name': 'shop' },
      },
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
  });

  test('have names of one DNS label', () => {
    expect(create(namespace, { metadata: { name: 'a.b' } }).errors.join('\n')).toMatchInlineSnapshot(
      `"metadata.name: Invalid value: "a.b": must not contain dots"`,
    );
  });

  test('finalizers change only through /finalize', () => {
    const old = stored(namespace, { metadata: { name: 'shop' } });
    const kept = update(namespace, old, (next) => (next.spec.finalizers = []));
    expect(kept.object.spec.finalizers).toEqual(['kubernetes']);
    const finalized = update(namespace, old, (next) => (next.spec.finalizers = []), 'finalize');
    expect(finalized.errors).toEqual([]);
    expect(finalized.object.spec.finalizers ?? []).toEqual([]);
  });

  test('only what is being deleted is terminating', () => {
    const old = stored(namespace, { metadata: { name: 'shop' } });
    const terminate = (next: any) => (next.status = { phase: 'Terminating' });
    expect(update(namespace, old, terminate, 'status').errors.join('\n')).toMatchInlineSnapshot(
      `"status.Phase: Invalid value: "Terminating": may only be 'Active' if \`deletionTimestamp\` is empty"`,
    );
    const dying = { ...old, metadata: { ...old.metadata, deletionTimestamp: created } };
    expect(update(namespace, dying, terminate, 'status').errors).toEqual([]);
    expect(update(namespace, dying, () => {}, 'status').errors.join('\n')).toMatchInlineSnapshot(
      `"status.Phase: Invalid value: "Active": may only be 'Terminating' if \`deletionTimestamp\` is not empty"`,
    );
  });

  test('are shown and selected by their phase', () => {
    const { object } = create(namespace, { metadata: { name: 'shop' } });
    expect(row(namespace, object)).toEqual({ Name: 'shop', Status: 'Active', Age: '0s' });
    expect(namespace.selectableFields!['status.phase']!(object)).toBe('Active');
  });
});

describe('config maps', () => {
  test('have keys like file names, once', () => {
    const refusal = (map: object) => create(configMap, map).errors.join('\n');
    expect(refusal({ data: { 'a b': '' } })).toMatchInlineSnapshot(
      `"data[a b]: Invalid value: "a b": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')"`,
    );
    expect(refusal({ data: { a: '' }, binaryData: { a: '' } })).toMatchInlineSnapshot(
      `"data[a]: Invalid value: "a": duplicate of key present in binaryData"`,
    );
    expect(refusal({ data: { a: 'x'.repeat(1024 * 1024 + 1) } })).toMatchInlineSnapshot(
      `"[]: Too long: may not be more than 1048576 bytes"`,
    );
    expect(refusal({ data: { a: 'x'.repeat(1024 * 1024) } })).toBe('');
  });

  test('stay as they are once immutable', () => {
    const old = stored(configMap, { data: { a: 'b' }, immutable: true });
    const change = (run: (next: any) => void) => update(configMap, old, run).errors.join('\n');
    expect(change((next) => (next.data.a = 'c'))).toMatchInlineSnapshot(
      `"data: Forbidden: field is immutable when \`immutable\` is set"`,
    );
    expect(change((next) => (next.binaryData = { b: 'YQ==' }))).toMatchInlineSnapshot(
      `"binaryData: Forbidden: field is immutable when \`immutable\` is set"`,
    );
    expect(change((next) => (next.immutable = false))).toMatchInlineSnapshot(
      `"immutable: Forbidden: field is immutable when \`immutable\` is set"`,
    );
    expect(change((next) => (next.metadata.labels = { a: 'b' }))).toBe('');
  });

  test('are shown with the number of their keys', () => {
    expect(
      row(configMap, create(configMap, { data: { a: '' }, binaryData: { b: '' } }).object),
    ).toMatchObject({ Data: 2 });
  });
});

describe('secrets', () => {
  const refusal = (object: object) => create(secret, object).errors.join('\n');

  test('take strings, and keep bytes', () => {
    const { object } = create(secret, { data: { a: 'YQ==' }, stringData: { b: 'é' } });
    expect(object).toMatchObject({ type: 'Opaque', data: { a: 'YQ==', b: 'w6k=' } });
    expect(object.stringData).toBeUndefined();
  });

  test('have what their type needs', () => {
    expect(refusal({ type: 'kubernetes.io/tls', data: {} })).toMatchInlineSnapshot(`
      "data[tls.crt]: Required value
      data[tls.key]: Required value"
    `);
    expect(refusal({ type: 'kubernetes.io/service-account-token' })).toMatchInlineSnapshot(
      `"metadata.annotations[kubernetes.io/service-account.name]: Required value"`,
    );
    expect(refusal({ type: 'kubernetes.io/dockerconfigjson', data: {} })).toMatchInlineSnapshot(
      `"data[.dockerconfigjson]: Required value"`,
    );
    expect(
      refusal({ type: 'kubernetes.io/dockerconfigjson', data: { '.dockerconfigjson': 'ew==' } }),
    ).toMatch(/^data\[\.dockerconfigjson\]: Invalid value: "<secret contents redacted>": /);
    expect(refusal({ type: 'kubernetes.io/basic-auth', data: {} })).toMatchInlineSnapshot(`
      "data[username]: Required value
      data[password]: Required value"
    `);
    expect(refusal({ type: 'kubernetes.io/ssh-auth', data: {} })).toMatchInlineSnapshot(
      `"data[ssh-privatekey]: Required value"`,
    );
    expect(refusal({ data: { a: btoa('x'.repeat(1024 * 1024 + 1)) } })).toMatchInlineSnapshot(
      `"data: Too long: may not be more than 1048576 bytes"`,
    );
  });

  test('keep their type, and all once immutable', () => {
    const old = stored(secret, { data: { a: 'YQ==' }, immutable: true });
    const change = (run: (next: any) => void) => update(secret, old, run).errors.join('\n');
    expect(change((next) => (next.type = 'mine'))).toMatchInlineSnapshot(
      `"type: Invalid value: "mine": field is immutable"`,
    );
    expect(change((next) => (next.data.a = 'Yg=='))).toMatchInlineSnapshot(
      `"data: Forbidden: field is immutable when \`immutable\` is set"`,
    );
    expect(change((next) => delete next.immutable)).toMatchInlineSnapshot(
      `"immutable: Forbidden: field is immutable when \`immutable\` is set"`,
    );
    expect(update(secret, old, (next) => delete next.type).object.type).toBe('Opaque');
  });

  test('are shown and selected by their type', () => {
    const { object } = create(secret, { data: { a: 'YQ==' } });
    expect(row(secret, object, createdMs + 60_000)).toEqual({
      Name: 'x',
      Type: 'Opaque',
      Data: 1,
      Age: '60s',
    });
    expect(secret.selectableFields!.type!(object)).toBe('Opaque');
  });
});

test('service accounts name each secret once', () => {
  const { object, errors } = create(serviceAccount, { secrets: [{ name: 'a' }] });
  expect(errors).toEqual([]);
  expect(row(serviceAccount, object)).toEqual({ Name: 'x', Age: '0s' });
});

describe('endpoints', () => {
  test('have addresses that can be reached', () => {
    const refusal = (subset: object) => create(endpoints, { subsets: [subset] }).errors.join('\n');
    expect(refusal({})).toMatchInlineSnapshot(
      `"subsets[0]: Required value: must specify \`addresses\` or \`notReadyAddresses\`"`,
    );
    expect(refusal({ addresses: [{ ip: '127.0.0.1' }] })).toMatchInlineSnapshot(
      `"subsets[0].addresses[0].ip: Invalid value: "127.0.0.1": may not be in the loopback range (127.0.0.0/8, ::1/128)"`,
    );
    expect(refusal({ addresses: [{ ip: '169.254.0.1' }] })).toMatchInlineSnapshot(
      `"subsets[0].addresses[0].ip: Invalid value: "169.254.0.1": may not be in the link-local range (169.254.0.0/16, fe80::/10)"`,
    );
    expect(refusal({ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 0 }] })).toMatchInlineSnapshot(
      `"subsets[0].ports[0].port: Invalid value: 0: must be between 1 and 65535, inclusive"`,
    );
    expect(
      refusal({ addresses: [{ ip: '10.0.0.1' }], ports: [{ port: 80 }, { port: 81 }] }),
    ).toMatchInlineSnapshot(`
      "subsets[0].ports[0].name: Required value
      subsets[0].ports[1].name: Required value"
    `);
  });

  test('are shown as addresses', () => {
    const cell = (subsets: object[]) => row(endpoints, create(endpoints, { subsets }).object).Endpoints;
    const addresses = (...ips: string[]) => ips.map((ip) => ({ ip }));
    expect(cell([])).toBe('<none>');
    expect(cell([{ addresses: addresses('10.0.0.1'), ports: [{ port: 80 }] }])).toBe('10.0.0.1:80');
    expect(
      cell([{ addresses: addresses('10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4'), ports: [{ port: 80 }] }]),
    ).toBe('10.0.0.1:80,10.0.0.2:80,10.0.0.3:80 + 1 more...');
  });
});

describe('limits', () => {
  const refusal = (limit: object) => create(limitRange, { spec: { limits: [limit] } }).errors.join('\n');

  test('default to each other', () => {
    const { object } = create(limitRange, {
      spec: { limits: [{ type: 'Container', max: { cpu: '2' }, min: { memory: '1Mi' } }] },
    });
    expect(object.spec.limits[0]).toEqual({
      type: 'Container',
      max: { cpu: '2' },
      min: { memory: '1Mi' },
      default: { cpu: '2' },
      defaultRequest: { cpu: '2', memory: '1Mi' },
    });
  });

  test('do not contradict', () => {
    expect(refusal({ type: 'Container', min: { cpu: '2' }, max: { cpu: '1' } })).toMatchInlineSnapshot(`
      "spec.limits[0].min[cpu]: Invalid value: "2": min value 2 is greater than max value 1
      spec.limits[0].defaultRequest[cpu]: Invalid value: "1": min value 2 is greater than default request value 1
      spec.limits[0].default[cpu]: Invalid value: "2": min value 2 is greater than default value 1"
    `);
    expect(refusal({ type: 'Pod', default: { cpu: '1' } })).toMatchInlineSnapshot(
      `"spec.limits[0].default: Forbidden: may not be specified when \`type\` is 'Pod'"`,
    );
    expect(refusal({ type: 'Container', maxLimitRequestRatio: { cpu: '0.5' } })).toMatchInlineSnapshot(
      `"spec.limits[0].maxLimitRequestRatio[cpu]: Invalid value: "500m": ratio 500m is less than 1"`,
    );
    expect(refusal({ type: 'PersistentVolumeClaim' })).toMatchInlineSnapshot(
      `"spec.limits[0].limits: Required value: either minimum or maximum storage value is required, but neither was provided"`,
    );
  });
});

describe('quotas', () => {
  test('count whole things', () => {
    const refusal = (spec: object) => create(resourceQuota, { spec }).errors.join('\n');
    expect(refusal({ hard: { pods: '1.5' } })).toMatchInlineSnapshot(
      `"spec.hard[pods]: Invalid value: "1500m": must be an integer"`,
    );
    expect(refusal({ hard: { cpu: '-1' } })).toMatchInlineSnapshot(
      `"spec.hard[cpu]: Invalid value: "-1": must be greater than or equal to 0"`,
    );
    expect(refusal({ hard: { cups: '1' } })).toMatchInlineSnapshot(`
      "spec.hard[cups]: Invalid value: "cups": must be a standard resource type or fully qualified
      spec.hard[cups]: Invalid value: "cups": must be a standard resource for quota"
    `);
    expect(refusal({ hard: { pods: '1' }, scopes: ['BestEffort', 'NotBestEffort'] })).toMatchInlineSnapshot(
      `"spec.scopes: Invalid value: ["BestEffort","NotBestEffort"]: conflicting scopes"`,
    );
    expect(refusal({ hard: { cpu: '1' }, scopes: ['BestEffort'] })).toMatchInlineSnapshot(
      `"spec.scopes: Invalid value: ["BestEffort"]: unsupported scope applied to resource"`,
    );
    expect(
      refusal({ hard: { pods: '1', 'count/deployments.apps': '2', 'requests.example.com/gpu': '1' } }),
    ).toBe('');
  });

  test('keep their scopes', () => {
    const old = stored(resourceQuota, { spec: { hard: { pods: '1' }, scopes: ['BestEffort'] } });
    expect(
      update(resourceQuota, old, ({ spec }) => (spec.scopes = [])).errors.join('\n'),
    ).toMatchInlineSnapshot(`"spec.scopes: Invalid value: []: field is immutable"`);
  });

  test('are shown with what is used', () => {
    const object = create(resourceQuota, { spec: { hard: { pods: '10', 'limits.cpu': '4' } } }).object;
    object.status = { hard: object.spec.hard, used: { pods: '3', 'limits.cpu': '1500m' } };
    expect(row(resourceQuota, object)).toEqual({
      Name: 'x',
      Request: 'pods: 3/10',
      Limit: 'limits.cpu: 1500m/4',
      Age: '0s',
    });
  });
});

test('a strategy knows who asks', () => {
  expect(strategyContext({ username: 'jane' }).user).toEqual({ username: 'jane' });
});
