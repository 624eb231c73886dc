import { describe, expect, test } from 'vitest';
import { create, created, row, stored, update } from '../testing.ts';
import { deviceClass } from './device_class.ts';
import { resourceClaim } from './resource_claim.ts';
import { resourceSlice } from './resource_slice.ts';

describe('claims', () => {
  const gpu = { name: 'gpu', exactly: { deviceClassName: 'gpu.example.com' } };
  const given = (devices: object = {}) => ({ spec: { devices: { requests: [gpu], ...devices } } });
  const refusal = (devices: object) => create(resourceClaim, given(devices)).errors.join('\n');
  const wish = (change: object) =>
    refusal({ requests: [{ name: 'gpu', exactly: { deviceClassName: 'a', ...change } }] });

  test('defaults', () => {
    const tolerations = [{ key: 'a', value: 'b' }];
    const { object } = create(
      resourceClaim,
      given({ requests: [{ name: 'gpu', exactly: { deviceClassName: 'a', tolerations } }] }),
    );
    expect(object.spec.devices.requests[0].exactly).toEqual({
      deviceClassName: 'a',
      allocationMode: 'ExactCount',
      count: 1,
      tolerations: [{ key: 'a', value: 'b', operator: 'Equal' }],
    });
  });

  test('are refused', () => {
    expect(refusal({ requests: [gpu, gpu] })).toMatchInlineSnapshot(
      `"spec.devices.requests[1]: Duplicate value: "gpu""`,
    );
    expect(refusal({ requests: [{ name: 'gpu' }] })).toMatchInlineSnapshot(
      `"spec.devices.requests[0]: Required value: exactly one of \`exactly\` or \`firstAvailable\` is required"`,
    );
    expect(wish({ deviceClassName: '' })).toMatchInlineSnapshot(
      `"spec.devices.requests[0].exactly.deviceClassName: Required value"`,
    );
    expect(wish({ allocationMode: 'All', count: 2 })).toMatchInlineSnapshot(
      `"spec.devices.requests[0].exactly.count: Invalid value: 2: must not be specified when allocationMode is 'All'"`,
    );
    expect(wish({ allocationMode: 'Some' })).toMatchInlineSnapshot(
      `"spec.devices.requests[0].exactly.allocationMode: Unsupported value: "Some": supported values: "All", "ExactCount""`,
    );
    expect(wish({ selectors: [{}] })).toMatchInlineSnapshot(
      `"spec.devices.requests[0].exactly.selectors[0].cel: Required value"`,
    );
    expect(wish({ tolerations: [{ operator: 'Exists', value: 'a' }] })).toMatchInlineSnapshot(
      `"spec.devices.requests[0].exactly.tolerations[0].value: Invalid value: "a": must be empty for operator \`Exists\`"`,
    );
    expect(refusal({ constraints: [{ requests: ['tpu'], matchAttribute: 'model' }] })).toMatchInlineSnapshot(`
      "spec.devices.constraints[0].requests[0]: Invalid value: "tpu": must be the name of a request in the claim or the name of a request and a subrequest separated by '/'
      spec.devices.constraints[0].matchAttribute: Invalid value: "model": a fully qualified name must be a domain and a name separated by a slash"
    `);
    expect(
      refusal({ config: [{ requests: ['gpu'], opaque: { driver: '', parameters: [] } }] }),
    ).toMatchInlineSnapshot(`
      "spec.devices.config[0].opaque.driver: Required value
      spec.devices.config[0].opaque.parameters: Invalid value: "<value omitted>": must be a valid JSON object"
    `);
  });

  test('do not change', () => {
    const old = stored(resourceClaim, given());
    const { errors } = update(resourceClaim, old, ({ spec }) => (spec.devices.requests = []));
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatch(/^spec: Invalid value: .*field is immutable$/);
  });

  describe('status', () => {
    const old = stored(resourceClaim, given());
    const device = { driver: 'gpu.example.com', pool: 'node-1', device: 'gpu-0' };
    const allocation = { devices: { results: [{ request: 'gpu', ...device }] } };
    const consumer = { resource: 'pods', name: 'web', uid: 'u' };
    const write = (from: any, status: object) =>
      update(resourceClaim, from, (next) => (next.status = status), 'status');
    const allocated = write(old, { allocation, reservedFor: [consumer], devices: [device] });

    test('an allocation names what was asked for, and stays', () => {
      expect(allocated.errors).toEqual([]);
      expect(write(old, { reservedFor: [consumer] }).errors.join('\n')).toMatchInlineSnapshot(
        `"status.reservedFor: Forbidden: may not be specified when \`allocated\` is not set"`,
      );
      expect(
        write(old, { allocation: { devices: { results: [{ ...device, request: 'tpu' }] } } }).errors.join(
          '\n',
        ),
      ).toMatchInlineSnapshot(
        `"status.allocation.devices.results[0].request: Invalid value: "tpu": must be the name of a request in the claim or the name of a request and a subrequest separated by '/'"`,
      );
      expect(write(allocated.object, { allocation: {} }).errors.join('\n')).toMatchInlineSnapshot(
        `"status.allocation: Invalid value: {"Devices":{"Results":null,"Config":null},"NodeSelector":null,"AllocationTimestamp":null}: field is immutable"`,
      );
    });

    test('what is known of a device goes with it', () => {
      const { object, errors } = write(allocated.object, { devices: [device] });
      expect(errors).toEqual([]);
      expect(object.status).toEqual({});
    });

    test('is shown', () => {
      const state = (object: any) => row(resourceClaim, object).State;
      expect(state(old)).toBe('pending');
      expect(state(allocated.object)).toBe('allocated,reserved');
      expect(state({ ...old, metadata: { ...old.metadata, deletionTimestamp: created } })).toBe('deleted');
    });
  });
});

describe('slices', () => {
  const given = (spec: object = {}) => ({
    spec: {
      driver: 'gpu.example.com',
      nodeName: 'node-1',
      pool: { name: 'node-1', generation: 1, resourceSliceCount: 1 },
      ...spec,
    },
  });
  const refusal = (spec: object) => create(resourceSlice, given(spec)).errors.join('\n');
  const device = (change: object) => refusal({ devices: [{ name: 'gpu-0', ...change }] });

  test('are refused', () => {
    expect(refusal({ driver: '' })).toMatchInlineSnapshot(`"spec.driver: Required value"`);
    expect(refusal({ pool: {} })).toMatchInlineSnapshot(`
      "spec.pool.name: Required value
      spec.pool.resourceSliceCount: Invalid value: 0: must be greater than zero"
    `);
    expect(refusal({ nodeName: undefined })).toMatchInlineSnapshot(
      `"spec: Required value: exactly one of \`nodeName\`, \`nodeSelector\`, \`allNodes\`, \`perDeviceNodeSelection\` is required"`,
    );
    expect(refusal({ allNodes: true })).toMatchInlineSnapshot(
      `"spec: Invalid value: "{\`nodeName\`, \`allNodes\`}": exactly one of \`nodeName\`, \`nodeSelector\`, \`allNodes\`, \`perDeviceNodeSelection\` is required, but multiple fields are set"`,
    );
    expect(device({ name: 'GPU' })).toMatchInlineSnapshot(
      `"spec.devices[0].name: Invalid value: "GPU": a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"`,
    );
    expect(device({ attributes: { model: {} } })).toMatchInlineSnapshot(
      `"spec.devices[0].attributes[model]: Invalid value: "": exactly one value must be specified"`,
    );
    expect(device({ attributes: { 'a/b-c': { int: 1 } } })).toMatchInlineSnapshot(
      `"spec.devices[0].attributes: Invalid value: "b-c": a valid C identifier must start with alphabetic character or '_', followed by a string of alphanumeric characters or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName', regex used for validation is '[A-Za-z_][A-Za-z0-9_]*')"`,
    );
    expect(device({ attributes: { driver: { version: '1.2' } } })).toMatchInlineSnapshot(
      `"spec.devices[0].attributes[driver].version: Invalid value: "1.2": must be a string compatible with semver.org spec 2.0.0"`,
    );
    expect(device({ taints: [{ key: 'a', effect: 'Scare' }] })).toMatchInlineSnapshot(
      `"spec.devices[0].taints[0].effect: Unsupported value: "Scare": supported values: "NoExecute", "NoSchedule", "None""`,
    );
    expect(device({ allNodes: true })).toMatchInlineSnapshot(
      `"spec.devices[0]: Invalid value: null: \`nodeName\`, \`nodeSelector\` and \`allNodes\` can only be set if \`perDeviceNodeSelection\` is set to true in the ResourceSlice spec"`,
    );
    expect(device({ bindingConditions: ['a'] })).toMatchInlineSnapshot(
      `"spec.devices[0].bindingFailureConditions: Invalid value: null: bindingFailureConditions are required to use bindingConditions"`,
    );
    expect(device({ capacity: { memory: { value: '1Gi', requestPolicy: {} } } })).toMatchInlineSnapshot(
      `"spec.devices[0].capacity[memory].requestPolicy: Forbidden: allowMultipleAllocations must be true"`,
    );
    const policy = { default: '3', validValues: ['1', '2', '5'] };
    expect(
      device({ allowMultipleAllocations: true, capacity: { cores: { value: '4', requestPolicy: policy } } }),
    ).toMatchInlineSnapshot(`
      "spec.devices[0].capacity[cores].requestPolicy.validValues[2]: Invalid value: "5": option is larger than capacity value: 4
      spec.devices[0].capacity[cores].requestPolicy.validValues: Invalid value: "3": default value is not valid according to the requestPolicy"
    `);
    expect(
      refusal({ devices: Array.from({ length: 129 }, (_, i) => ({ name: `gpu-${i}` })) }),
    ).toMatchInlineSnapshot(`"spec.devices: Too many: 129: must have at most 128 items"`);
  });

  test('taints have a time, and what is unfinished is dropped', () => {
    const { object } = create(
      resourceSlice,
      given({
        devices: [
          {
            name: 'a',
            taints: [{ key: 'a', effect: 'NoSchedule' }],
            nodeAllocatableResourceMappings: { cpu: {} },
            attributes: { b: { int: 1, ints: [1] } },
          },
        ],
      }),
    );
    expect(object.spec.devices[0]).toEqual({
      name: 'a',
      taints: [{ key: 'a', effect: 'NoSchedule', timeAdded: created }],
      attributes: { b: { int: 1 } },
    });
  });

  test('stay where they are', () => {
    const old = stored(resourceSlice, given());
    expect(
      update(resourceSlice, old, ({ spec }) => (spec.nodeName = 'node-2')).errors.join('\n'),
    ).toMatchInlineSnapshot(`"spec.nodeName: Invalid value: "node-2": field is immutable"`);
    expect(update(resourceSlice, old, ({ spec }) => (spec.pool.generation = 2))).toMatchObject({
      errors: [],
      object: { metadata: { generation: 2 } },
    });
  });

  test('are shown, and selected by node and driver', () => {
    const { object } = create(resourceSlice, given());
    expect(row(resourceSlice, object)).toMatchObject({
      Node: 'node-1',
      Driver: 'gpu.example.com',
      Pool: 'node-1',
    });
    expect(resourceSlice.selectableFields!['spec.nodeName']!(object)).toBe('node-1');
    expect(resourceSlice.selectableFields!['spec.driver']!(object)).toBe('gpu.example.com');
  });
});

test('device classes', () => {
  const refusal = (spec: object) => create(deviceClass, { spec }).errors.join('\n');
  expect(refusal({ extendedResourceName: 'cpu' })).toMatchInlineSnapshot(
    `"spec.extendedResourceName: Invalid value: "cpu": must be a valid extended resource name"`,
  );
  expect(refusal({ extendedResourceName: 'example.com/gpu' })).toBe('');
  expect(refusal({ config: [{}] })).toMatchInlineSnapshot(`"spec.config[0].opaque: Required value"`);
});
