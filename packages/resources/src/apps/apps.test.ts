import { describe, expect, test } from 'vitest';
import { replicationController } from '../core/replication_controller.ts';
import { create, createdMs, row, stored, update } from '../testing.ts';
import { controllerRevision } from './controller_revision.ts';
import { daemonSet } from './daemon_set.ts';
import { deployment } from './deployment.ts';
import { replicaSet } from './replica_set.ts';
import { statefulSet } from './stateful_set.ts';

const template = (spec: object = {}, labels: object = { app: 'web' }) => ({
  metadata: { labels },
  spec: { containers: [{ name: 'web', image: 'nginx' }], ...spec },
});
const given = (spec: object = {}) => ({
  metadata: { name: 'web' },
  spec: { selector: { matchLabels: { app: 'web' } }, template: template(), ...spec },
});

describe('all of them', () => {
  test.each([
    ['Deployment', deployment],
    ['ReplicaSet', replicaSet],
    ['StatefulSet', statefulSet],
    ['DaemonSet', daemonSet],
  ] as const)('the template of a %s has the labels that it selects', (_, resource) => {
    const refusal = (spec: object) => create(resource, given(spec)).errors;
    expect(refusal({})).toEqual([]);
    expect(refusal({ template: template({}, { app: 'other' }) })).toEqual([
      'spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
    ]);
    expect(refusal({ selector: {} })[0]).toMatch(
      /^spec\.selector: Invalid value: .*empty selector is invalid for /,
    );
    expect(refusal({ template: template({ restartPolicy: 'Never' }) })).toEqual([
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    ]);
    expect(refusal({ template: template({ activeDeadlineSeconds: 5 }) })[0]).toBe(
      resource === replicaSet || resource === deployment
        ? 'spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ReplicaSet is not Supported'
        : `spec.template.spec.activeDeadlineSeconds: Forbidden: activeDeadlineSeconds in ${_} is not Supported`,
    );
  });

  test.each([
    ['Deployment', deployment],
    ['ReplicaSet', replicaSet],
    ['StatefulSet', statefulSet],
    ['DaemonSet', daemonSet],
  ] as const)('a %s keeps its selector', (_, resource) => {
    const old = stored(resource, given());
    const { errors } = update(resource, old, ({ spec }) => {
      spec.selector = { matchLabels: { app: 'b' } };
      spec.template = template({}, { app: 'b' });
    });
    expect(errors.map((error) => error.split('\n')[0])).toHaveLength(1);
    expect(errors[0]).toMatch(/field is immutable|updates to statefulset spec for fields other than/);
  });

  test('the generation counts changes of the spec', () => {
    const old = stored(deployment, given());
    expect(old.metadata.generation).toBe(1);
    expect(update(deployment, old, ({ spec }) => (spec.replicas = 2)).object.metadata.generation).toBe(2);
    expect(
      update(deployment, old, ({ metadata }) => (metadata.labels = { a: 'b' })).object.metadata.generation,
    ).toBe(1);
    expect(update(deployment, old, (next) => (next.metadata.generation = 9)).object.metadata.generation).toBe(
      1,
    );
  });
});

describe('deployments', () => {
  const refusal = (spec: object) => create(deployment, given(spec)).errors.join('\n');

  test('defaults', () => {
    expect(create(deployment, given()).object).toMatchObject({
      spec: {
        replicas: 1,
        revisionHistoryLimit: 10,
        progressDeadlineSeconds: 600,
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: '25%', maxUnavailable: '25%' } },
      },
      status: {},
    });
    expect(create(deployment, given({ strategy: { type: 'Recreate' } })).object.spec.strategy).toEqual({
      type: 'Recreate',
    });
  });

  test('are refused', () => {
    expect(refusal({ replicas: -1 })).toMatchInlineSnapshot(
      `"spec.replicas: Invalid value: -1: must be greater than or equal to 0"`,
    );
    expect(refusal({ strategy: { type: 'Recreate', rollingUpdate: {} } })).toMatchInlineSnapshot(
      `"spec.strategy.rollingUpdate: Forbidden: may not be specified when strategy \`type\` is 'Recreate'"`,
    );
    expect(
      refusal({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: '0%' } } }),
    ).toMatchInlineSnapshot(
      `"spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "0%": may not be 0 when \`maxSurge\` is 0"`,
    );
    expect(
      refusal({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '150%' } } }),
    ).toMatchInlineSnapshot(
      `"spec.strategy.rollingUpdate.maxUnavailable: Invalid value: "150%": must not be greater than 100%"`,
    );
    expect(
      refusal({ strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 'some' } } }),
    ).toMatchInlineSnapshot(
      `"spec.strategy.rollingUpdate.maxSurge: Invalid value: "some": a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')"`,
    );
    expect(refusal({ strategy: { type: 'Slow' } })).toMatchInlineSnapshot(
      `"spec.strategy: Unsupported value: {"Type":"Slow","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate""`,
    );
    expect(refusal({ minReadySeconds: 600 })).toMatchInlineSnapshot(
      `"spec.progressDeadlineSeconds: Invalid value: 600: must be greater than minReadySeconds"`,
    );
    expect(refusal({ selector: undefined })).toMatchInlineSnapshot(`
      "spec.selector: Required value
      spec.template.metadata.labels: Invalid value: {"app":"web"}: \`selector\` does not match template \`labels\`"
    `);
  });

  test('status', () => {
    const old = stored(deployment, given());
    const write = (status: object) => update(deployment, old, (next) => (next.status = status), 'status');
    expect(write({ replicas: 1, readyReplicas: 1, availableReplicas: 1, updatedReplicas: 1 }).errors).toEqual(
      [],
    );
    expect(write({ replicas: 1, readyReplicas: 2 }).errors.join('\n')).toMatchInlineSnapshot(
      `"status.readyReplicas: Invalid value: 2: cannot be greater than status.replicas"`,
    );
    expect(write({ replicas: -1 }).errors.join('\n')).toMatchInlineSnapshot(`
      "status.replicas: Invalid value: -1: must be greater than or equal to 0
      status.updatedReplicas: Invalid value: 0: cannot be greater than status.replicas
      status.readyReplicas: Invalid value: 0: cannot be greater than status.replicas
      status.availableReplicas: Invalid value: 0: cannot be greater than status.replicas"
    `);
  });

  test('scale', () => {
    const old = stored(deployment, given({ replicas: 3 }));
    old.status = { replicas: 2 };
    const scale = deployment.subresources.find(({ name }) => name === 'scale')!;
    const shown = scale.read!(old) as any;
    expect(shown).toEqual({
      apiVersion: 'autoscaling/v1',
      kind: 'Scale',
      metadata: {
        name: 'web',
        namespace: 'default',
        uid: 'uid-1',
        resourceVersion: '7',
        creationTimestamp: old.metadata.creationTimestamp,
      },
      spec: { replicas: 3 },
      status: { replicas: 2, selector: 'app=web' },
    });
    const next = scale.write!(structuredClone(old), { ...shown, spec: { replicas: 5 } });
    const result: any = scale.prepareUpdate!(next, old, undefined as never);
    expect(result.spec.replicas).toBe(5);
    expect(result.metadata.generation).toBe(2);
    expect(scale.validateUpdate!(result, old)).toEqual([]);
    const negative = scale.write!(structuredClone(old), { ...shown, spec: { replicas: -1 } });
    expect(scale.validateUpdate!(negative, old)).toHaveLength(1);
  });

  test('kubectl get deployments', () => {
    const object = create(deployment, given({ replicas: 3 })).object;
    object.status = { replicas: 4, readyReplicas: 2, updatedReplicas: 1, availableReplicas: 2 };
    expect(row(deployment, object, createdMs + 3_600_000)).toEqual({
      Name: 'web',
      Ready: '2/3',
      'Up-to-date': 1,
      Available: 2,
      Age: '60m',
      Containers: 'web',
      Images: 'nginx',
      Selector: 'app=web',
    });
  });
});

describe('replica sets', () => {
  test('are shown, and selected by their size', () => {
    const object = create(replicaSet, given({ replicas: 3 })).object;
    object.status = { replicas: 2, readyReplicas: 1 };
    expect(row(replicaSet, object)).toMatchObject({ Desired: 3, Current: 2, Ready: 1 });
    expect(replicaSet.selectableFields).toBeUndefined();
  });
});

describe('daemon sets', () => {
  const refusal = (spec: object) => create(daemonSet, given(spec)).errors.join('\n');

  test('defaults', () => {
    expect(create(daemonSet, given()).object.spec).toMatchObject({
      revisionHistoryLimit: 10,
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 0, maxUnavailable: 1 } },
    });
  });

  test('are refused', () => {
    const rolling = (rollingUpdate: object) => ({ updateStrategy: { type: 'RollingUpdate', rollingUpdate } });
    expect(refusal(rolling({ maxUnavailable: 0, maxSurge: 0 }))).toMatchInlineSnapshot(
      `"spec.updateStrategy.rollingUpdate.maxUnavailable: Required value: cannot be 0 when maxSurge is 0"`,
    );
    expect(refusal(rolling({ maxUnavailable: 1, maxSurge: 1 }))).toMatchInlineSnapshot(
      `"spec.updateStrategy.rollingUpdate.maxSurge: Invalid value: 1: may not be set when maxUnavailable is non-zero"`,
    );
    expect(refusal({ updateStrategy: { type: 'Never' } })).toMatchInlineSnapshot(
      `"spec.updateStrategy: Unsupported value: {"Type":"Never","RollingUpdate":null}: supported values: "RollingUpdate", "OnDelete""`,
    );
  });

  test('are shown', () => {
    const object = create(daemonSet, given({ template: template({ nodeSelector: { zone: 'a' } }) })).object;
    object.status = {
      desiredNumberScheduled: 3,
      currentNumberScheduled: 2,
      numberReady: 1,
      updatedNumberScheduled: 1,
      numberAvailable: 1,
    };
    expect(row(daemonSet, object)).toMatchObject({
      Desired: 3,
      Current: 2,
      Ready: 1,
      'Up-to-date': 1,
      Available: 1,
      'Node Selector': 'zone=a',
    });
  });
});

describe('stateful sets', () => {
  const refusal = (spec: object) => create(statefulSet, given(spec)).errors.join('\n');

  test('defaults', () => {
    expect(create(statefulSet, given()).object.spec).toMatchObject({
      replicas: 1,
      revisionHistoryLimit: 10,
      podManagementPolicy: 'OrderedReady',
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: 0 } },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
    });
  });

  test('are refused', () => {
    expect(refusal({ podManagementPolicy: 'Odd' })).toMatchInlineSnapshot(
      `"spec.podManagementPolicy: Invalid value: "Odd": must be 'OrderedReady' or 'Parallel'"`,
    );
    expect(
      refusal({ updateStrategy: { type: 'OnDelete', rollingUpdate: { partition: 1 } } }),
    ).toMatchInlineSnapshot(
      `"spec.updateStrategy.rollingUpdate: Invalid value: {"Partition":1,"MaxUnavailable":null}: only allowed for updateStrategy 'RollingUpdate'"`,
    );
    expect(
      refusal({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { partition: -1 } } }),
    ).toMatchInlineSnapshot(
      `"spec.updateStrategy.rollingUpdate.partition: Invalid value: -1: must be greater than or equal to 0"`,
    );
    expect(refusal({ ordinals: { start: -1 } })).toMatchInlineSnapshot(
      `"spec.ordinals.start: Invalid value: -1: must be greater than or equal to 0"`,
    );
    expect(
      refusal({ persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Keep', whenScaled: 'Retain' } }),
    ).toMatchInlineSnapshot(
      `"spec.persistentVolumeClaimRetentionPolicy.whenDeleted: Unsupported value: "Keep": supported values: "Retain", "Delete""`,
    );
  });

  test('change only in part', () => {
    const old = stored(statefulSet, given({ serviceName: 'web' }));
    expect(update(statefulSet, old, ({ spec }) => (spec.replicas = 5)).errors).toEqual([]);
    expect(
      update(statefulSet, old, ({ spec }) => (spec.template.spec.containers[0].image = 'b')).errors,
    ).toEqual([]);
    expect(
      update(statefulSet, old, ({ spec }) => (spec.serviceName = 'b')).errors.join('\n'),
    ).toMatchInlineSnapshot(
      `"spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden"`,
    );
  });

  test('are shown', () => {
    const object = create(statefulSet, given({ replicas: 3 })).object;
    object.status = { readyReplicas: 2 };
    expect(row(statefulSet, object)).toMatchObject({ Ready: '2/3', Containers: 'web', Images: 'nginx' });
  });
});

test('replication controllers select what their template has', () => {
  const { object, errors } = create(replicationController, { spec: { template: template() } });
  expect(errors).toEqual([]);
  expect(object).toMatchObject({
    metadata: { labels: { app: 'web' } },
    spec: { replicas: 1, selector: { app: 'web' } },
  });
  object.status = { replicas: 1, readyReplicas: 0 };
  expect(row(replicationController, object)).toMatchObject({
    Desired: 1,
    Current: 1,
    Ready: 0,
    Selector: 'app=web',
  });
  expect(
    create(replicationController, { spec: { selector: { a: 'b' }, template: template() } }).errors,
  ).toEqual([
    'spec.template.metadata.labels: Invalid value: {"app":"web"}: `selector` does not match template `labels`',
  ]);
});

test('revisions keep their data', () => {
  const old = stored(controllerRevision, { revision: 1, data: { a: 1 } });
  expect(
    update(controllerRevision, old, (next) => (next.data = { a: 2 })).errors.join('\n'),
  ).toMatchInlineSnapshot(`"data: Invalid value: {"a":2}: field is immutable"`);
  expect(update(controllerRevision, old, (next) => (next.revision = 2)).errors).toEqual([]);
  expect(create(controllerRevision, { revision: -1, data: {} }).errors.join('\n')).toMatchInlineSnapshot(
    `"revision: Invalid value: -1: must be greater than or equal to 0"`,
  );
});
