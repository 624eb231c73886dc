// What the kubelet, the scheduler and debuggers change of a pod that exists.
import { describe, expect, test } from 'vitest';
import { created, stored, update } from '../../testing.ts';
import { pod } from './pod.ts';

const given = (spec: object = {}) => ({
  spec: { restartPolicy: 'Never', containers: [{ name: 'web', image: 'nginx' }], ...spec },
});
const old = stored(pod, given());

describe('status', () => {
  const write = (status: object, from: any = old) =>
    update(pod, from, (next) => (next.status = status), 'status');
  const ended = { containerStatuses: [{ name: 'web', state: { terminated: { exitCode: 0 } } }] };

  test('keeps the spec, the owners and the class of service', () => {
    const owned = {
      ...old,
      metadata: { ...old.metadata, ownerReferences: [{ apiVersion: 'v1', kind: 'A', name: 'a', uid: 'a' }] },
    };
    const { object, errors } = update(
      pod,
      owned,
      (next) => {
        next.spec.nodeName = 'node-1';
        next.metadata.ownerReferences = [];
        next.status = { phase: 'Running' };
      },
      'status',
    );
    expect(errors).toEqual([]);
    expect(object.spec).toEqual(old.spec);
    expect(object.metadata.ownerReferences).toEqual(owned.metadata.ownerReferences);
    expect(object.status).toEqual({ phase: 'Running', qosClass: 'BestEffort' });
  });

  test('one address or several: both fields are there', () => {
    expect(write({ podIP: '10.0.0.1' }).object.status).toMatchObject({
      podIP: '10.0.0.1',
      podIPs: [{ ip: '10.0.0.1' }],
    });
    expect(write({ podIPs: [{ ip: '10.0.0.1' }, { ip: 'fd00::1' }] }).object.status).toMatchObject({
      podIP: '10.0.0.1',
    });
  });

  test('is refused', () => {
    const refusal = (status: object, from?: any) => write(status, from).errors.join('\n');
    expect(refusal({ podIPs: [{ ip: 'x' }] })).toMatchInlineSnapshot(
      `"status.podIPs[0]: Invalid value: "x": must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)"`,
    );
    expect(refusal({ podIPs: [{ ip: '10.0.0.1' }, { ip: '10.0.0.2' }] })).toMatchInlineSnapshot(
      `"status.podIPs: Invalid value: [{"IP":"10.0.0.1"},{"IP":"10.0.0.2"}]: may specify no more than one IP for each IP family"`,
    );
    expect(refusal({ qosClass: 'Guaranteed' })).toMatchInlineSnapshot(
      `"status.qosClass: Invalid value: "Guaranteed": field is immutable"`,
    );
    expect(refusal({ conditions: [{ type: 'a b', status: 'True' }] })).toMatchInlineSnapshot(
      `"status.conditions[0].Type: Invalid value: "a b": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"`,
    );
    expect(refusal({ nominatedNodeName: 'A' })).toMatchInlineSnapshot(
      `"status.nominatedNodeName: Invalid value: "A": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"`,
    );
    const done = { ...old, status: ended };
    expect(
      refusal({ containerStatuses: [{ name: 'web', state: { running: {} } }] }, done),
    ).toMatchInlineSnapshot(
      `"status.containerStatuses[0].state: Forbidden: may not be transitioned to non-terminated state"`,
    );
  });

  test('what restarts may run again', () => {
    const restarting = stored(pod, given({ restartPolicy: 'Always' }));
    const running = { containerStatuses: [{ name: 'web', state: { running: {} } }] };
    expect(write(running, { ...restarting, status: ended }).errors).toEqual([]);
  });
});

describe('ephemeral containers', () => {
  const debug = { name: 'debug', image: 'busybox' };
  const set = (from: any, ...list: object[]) =>
    update(pod, from, (next) => (next.spec.ephemeralContainers = list), 'ephemeralcontainers');
  const debugged = set(old, debug);

  test('are added, with defaults', () => {
    expect(debugged.errors).toEqual([]);
    expect(debugged.object.spec.ephemeralContainers[0]).toMatchObject({
      ...debug,
      imagePullPolicy: 'Always',
    });
    expect(debugged.object.metadata.generation).toBe(2);
  });

  test('stay as they are', () => {
    expect(set(debugged.object).errors[0]).toContain(
      'existing ephemeral containers "debug" may not be removed',
    );
    expect(set(debugged.object, { ...debug, image: 'other' }).errors[0]).toContain('may not be changed');
    expect(set(debugged.object, debug, { ...debug, name: 'more' }).errors).toEqual([]);
  });

  test('are not like the others', () => {
    const refusal = (container: object) => set(old, { ...debug, ...container }).errors.join('\n');
    expect(refusal({ name: 'web' })).toMatchInlineSnapshot(
      `"spec.ephemeralContainers[0].name: Duplicate value: "web""`,
    );
    expect(refusal({ targetContainerName: 'other' })).toMatchInlineSnapshot(
      `"spec.ephemeralContainers[0].targetContainerName: Not found: "other""`,
    );
    expect(refusal({ ports: [{ containerPort: 80 }] })).toMatchInlineSnapshot(
      `"spec.ephemeralContainers[0].ports: Forbidden: cannot be set for an Ephemeral Container"`,
    );
  });

  test('come only this way', () => {
    const { errors } = update(pod, old, (next) => (next.spec.ephemeralContainers = [debug]));
    expect(errors.map((error) => error.split('\n')[0])).toHaveLength(1);
  });
});

describe('resize', () => {
  const sized = stored(
    pod,
    given({ containers: [{ name: 'web', image: 'nginx', resources: { requests: { cpu: '1' } } }] }),
  );
  const resize = (run: (container: any, spec: any) => void, from: any = sized) =>
    update(pod, from, ({ spec }) => run(spec.containers[0], spec), 'resize');

  test('changes amounts, and nothing else', () => {
    const { object, errors } = resize((container, spec) => {
      container.resources.requests.cpu = '2';
      container.image = 'other';
      spec.nodeName = 'node-1';
    });
    expect(errors).toEqual([]);
    expect(object.spec.containers[0]).toMatchObject({
      image: 'nginx',
      resources: { requests: { cpu: '2' } },
    });
    expect(object.spec.nodeName).toBeUndefined();
    expect(object.metadata.generation).toBe(2);
  });

  test('is refused', () => {
    expect(resize((container) => (container.resources = {})).errors.join('\n')).toMatchInlineSnapshot(`
      "spec: Invalid value: "Burstable": Pod QOS Class may not change as a result of resizing
      spec.containers[0].resources.requests: Forbidden: resource requests cannot be removed"
    `);
    expect(resize((container) => (container.resources.requests['example.com/gpu'] = '1')).errors).not.toEqual(
      [],
    );
    const limited = stored(
      pod,
      given({
        containers: [
          {
            name: 'web',
            image: 'nginx',
            resources: { requests: { cpu: '1' }, limits: { cpu: '1', memory: '1Gi' } },
          },
        ],
      }),
    );
    const guaranteed = resize((container) => (container.resources.requests.cpu = '500m'), limited);
    expect(guaranteed.errors.join('\n')).toMatchInlineSnapshot(
      `"spec: Invalid value: "Guaranteed": Pod QOS Class may not change as a result of resizing"`,
    );
  });
});

test('a pod that is being deleted keeps its time', () => {
  const dying = {
    ...old,
    metadata: { ...old.metadata, deletionTimestamp: created, deletionGracePeriodSeconds: 30 },
  };
  const { object, errors } = update(pod, dying, (next) => delete next.metadata.deletionTimestamp);
  expect(errors).toEqual([]);
  expect(object.metadata).toMatchObject({ deletionTimestamp: created, deletionGracePeriodSeconds: 30 });
});
