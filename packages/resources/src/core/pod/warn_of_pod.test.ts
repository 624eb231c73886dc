import { describe, expect, test } from 'vitest';
import { deployment } from '../../apps/deployment.ts';
import { cronJob } from '../../batch/cron_job.ts';
import { create, stored, update } from '../../testing.ts';
import { pod } from './pod.ts';

const spec = (change: object = {}, container: object = {}) => ({
  containers: [{ name: 'web', image: 'nginx', ...container }],
  ...change,
});
const warned = (change: object, container?: object, annotations?: object) => {
  const { errors, warnings } = create(pod, {
    metadata: { name: 'web', annotations },
    spec: spec(change, container),
  });
  expect(errors).toEqual([]);
  return warnings.join('\n');
};

describe('a pod is warned of', () => {
  test('nothing, as a rule', () => {
    expect(warned({})).toBe('');
  });

  test('labels of nodes that are going away', () => {
    expect(warned({ nodeSelector: { 'beta.kubernetes.io/os': 'linux' } })).toMatchInlineSnapshot(
      `"spec.nodeSelector[beta.kubernetes.io/os]: deprecated since v1.14; use "kubernetes.io/os" instead"`,
    );
    const term = { matchExpressions: [{ key: 'node-role.kubernetes.io/master', operator: 'Exists' }] };
    const required = { nodeSelectorTerms: [term] };
    expect(
      warned({ affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } } }),
    ).toMatchInlineSnapshot(
      `"spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[0].matchExpressions[0].key: node-role.kubernetes.io/master is use "node-role.kubernetes.io/control-plane" instead"`,
    );
  });

  test('selectors that match nothing', () => {
    const spread = {
      topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }],
    };
    expect(warned(spread)).toMatchInlineSnapshot(
      `"spec.topologySpreadConstraints[0].labelSelector: a null labelSelector results in matching no pod"`,
    );
    const preferred = [{ weight: 1, podAffinityTerm: { topologyKey: 'zone' } }];
    expect(
      warned({
        affinity: { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: preferred } },
      }),
    ).toMatchInlineSnapshot(
      `"spec.affinity.podAntiAffinity.preferredDuringSchedulingIgnoredDuringExecution[0].podAffinityTerm.labelSelector: a null labelSelector results in matching no pod"`,
    );
  });

  test('ports twice', () => {
    expect(warned({}, { ports: [{ containerPort: 80 }, { containerPort: 80 }] })).toMatchInlineSnapshot(
      `"spec.containers[0].ports[1]: duplicate port definition with spec.containers[0].ports[0]"`,
    );
    expect(
      warned({}, { ports: [{ containerPort: 80 }, { containerPort: 80, hostPort: 80 }] }),
    ).toMatchInlineSnapshot(
      `"spec.containers[0].ports[1]: overlapping port definition with spec.containers[0].ports[0]"`,
    );
    expect(
      warned(
        {},
        {
          ports: [
            { containerPort: 80, hostPort: 80, hostIP: '10.0.0.1' },
            { containerPort: 80, hostPort: 80 },
          ],
        },
      ),
    ).toMatchInlineSnapshot(
      `"spec.containers[0].ports[1]: dangerously ambiguous port definition with spec.containers[0].ports[0]"`,
    );
    expect(warned({}, { ports: [{ containerPort: 80 }, { containerPort: 80, protocol: 'UDP' }] })).toBe('');
    const other = { name: 'other', image: 'nginx', ports: [{ name: 'http', containerPort: 81 }] };
    const both = [{ name: 'web', image: 'nginx', ports: [{ name: 'http', containerPort: 80 }] }, other];
    expect(warned({ containers: both })).toMatchInlineSnapshot(
      `"spec.containers[1].ports[0]: duplicate port name "http" with spec.containers[0].ports[0], services and probes that select ports by name will use spec.containers[0].ports[0]"`,
    );
  });

  test('variables that hide others', () => {
    const env = (second: object) =>
      warned(
        {},
        {
          env: [
            { name: 'A', value: '1' },
            { name: 'A', ...second },
          ],
        },
      );
    expect(env({ value: '2' })).toMatchInlineSnapshot(
      `"spec.containers[0].env[1]: hides previous definition of "A", which may be dropped when using apply"`,
    );
    expect(env({ value: '$(A):2' })).toBe('');
  });

  test('fractions of bytes', () => {
    expect(warned({}, { resources: { limits: { memory: '100m' } } })).toMatchInlineSnapshot(`
      "spec.containers[0].resources.limits[memory]: fractional byte value "100m" is invalid, must be an integer
      spec.containers[0].resources.requests[memory]: fractional byte value "100m" is invalid, must be an integer"
    `);
  });

  test('annotations without effect', () => {
    expect(warned({}, {}, { 'scheduler.alpha.kubernetes.io/critical-pod': '' })).toMatchInlineSnapshot(
      `"metadata.annotations[scheduler.alpha.kubernetes.io/critical-pod]: non-functional in v1.16+; use the "priorityClassName" field instead"`,
    );
  });

  test('files that cover each other', () => {
    const items = [
      { key: 'a', path: 'a' },
      { key: 'b', path: 'a/b' },
      { key: 'c', path: 'ab' },
    ];
    expect(
      warned({ volumes: [{ name: 'v', configMap: { name: 'settings', items } }] }),
    ).toMatchInlineSnapshot(`"volume "v" (ConfigMap "settings"): overlapping paths: "a/b" with "a""`);
  });

  test('old volumes, repeated secrets, odd addresses', () => {
    expect(
      warned({ volumes: [{ name: 'v', glusterfs: { endpoints: 'a', path: 'b' } }] }),
    ).toMatchInlineSnapshot(`"spec.volumes[0].glusterfs: deprecated in v1.25, non-functional in v1.26+"`);
    expect(warned({ imagePullSecrets: [{ name: 'a' }, { name: 'a' }, {}] })).toMatchInlineSnapshot(`
      "spec.imagePullSecrets[1].name: duplicate name "a"
      spec.imagePullSecrets[2].name: invalid empty name """
    `);
    expect(warned({ dnsConfig: { nameservers: ['2001:DB8::1'] } })).toMatchInlineSnapshot(
      `"spec.dnsConfig.nameservers[0]: IPv6 address "2001:DB8::1" should be in RFC 5952 canonical format ("2001:db8::1")"`,
    );
  });
});

test('templates are warned of where they stand, when they change', () => {
  const ports = [{ containerPort: 80 }, { containerPort: 80 }];
  const template = { metadata: { labels: { a: 'b' } }, spec: spec({}, { ports }) };
  const given = { metadata: { name: 'web' }, spec: { selector: { matchLabels: { a: 'b' } }, template } };
  const text =
    'spec.template.spec.containers[0].ports[1]: duplicate port definition with spec.template.spec.containers[0].ports[0]';
  expect(create(deployment, given).warnings).toEqual([text]);
  const old = stored(deployment, given);
  expect(update(deployment, old, (next) => (next.spec.replicas = 3)).warnings).toEqual([text]);
  expect(update(deployment, old, (next) => (next.metadata.labels = { c: 'd' })).warnings).toEqual([]);
  const jobTemplate = { spec: { template: { spec: spec({ restartPolicy: 'Never' }, { ports }) } } };
  expect(
    create(cronJob, { metadata: { name: 'a' }, spec: { schedule: '@daily', jobTemplate } }).warnings,
  ).toEqual([
    'spec.jobTemplate.spec.template.spec.containers[0].ports[1]: duplicate port definition with spec.jobTemplate.spec.template.spec.containers[0].ports[0]',
  ]);
});
