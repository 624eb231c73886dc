import { describe, expect, test } from 'vitest';
import { create } from '../../testing.ts';
import { pod } from './pod.ts';

const c = 'spec.containers[0]';

/** A pod that is fine, with something changed in its container or spec. */
function given(container: object, spec: object = {}): any {
  return { spec: { containers: [{ name: 'web', image: 'nginx', ...container }], ...spec } };
}

const inSpec = (spec: object) => given({}, spec);
const volumes = (...list: object[]) => ({ volumes: list });
const dnsLabel =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')";

type Case = [name: string, pod: any, errors: string[]];

const containers: Case[] = [
  ['no containers', { spec: { containers: [] } }, ['spec.containers: Required value']],
  ['no name', given({ name: '' }), [`${c}.name: Required value`]],
  ['a bad name', given({ name: 'My' }), [`${c}.name: Invalid value: "My": ${dnsLabel}`]],
  [
    'two of the same name',
    inSpec({
      containers: [
        { name: 'a', image: 'b' },
        { name: 'a', image: 'b' },
      ],
    }),
    ['spec.containers[1].name: Duplicate value: "a"'],
  ],
  ['no image', given({ image: '' }), [`${c}.image: Required value`]],
  [
    'an image with spaces around',
    given({ image: ' nginx ' }),
    [`${c}.image: Invalid value: " nginx ": must not have leading or trailing whitespace`],
  ],
  [
    'an unknown pull policy',
    given({ imagePullPolicy: 'Sometimes' }),
    [
      `${c}.imagePullPolicy: Unsupported value: "Sometimes": supported values: "Always", "IfNotPresent", "Never"`,
    ],
  ],
  [
    'a port out of range',
    given({ ports: [{ containerPort: 65536 }] }),
    [`${c}.ports[0].containerPort: Invalid value: 65536: must be between 1 and 65535, inclusive`],
  ],
  ['no port', given({ ports: [{}] }), [`${c}.ports[0].containerPort: Required value`]],
  [
    'two ports of one name',
    given({
      ports: [
        { name: 'http', containerPort: 80 },
        { name: 'http', containerPort: 81 },
      ],
    }),
    [`${c}.ports[1].name: Duplicate value: "http"`],
  ],
  [
    'a port name without a letter',
    given({ ports: [{ name: '80', containerPort: 80 }] }),
    [`${c}.ports[0].name: Invalid value: "80": must contain at least one letter (a-z)`],
  ],
  [
    'an unknown protocol',
    given({ ports: [{ containerPort: 80, protocol: 'tcp' }] }),
    [`${c}.ports[0].protocol: Unsupported value: "tcp": supported values: "SCTP", "TCP", "UDP"`],
  ],
  [
    'the same port of the host twice',
    given({
      ports: [
        { containerPort: 80, hostPort: 80 },
        { containerPort: 81, hostPort: 80 },
      ],
    }),
    [`${c}.ports[1].hostPort: Duplicate value: "TCP//80"`],
  ],
  [
    'another port of the host, on its network',
    inSpec({
      hostNetwork: true,
      containers: [{ name: 'a', image: 'b', ports: [{ containerPort: 80, hostPort: 81 }] }],
    }),
    [`${c}.ports[0].hostPort: Invalid value: 81: must match \`containerPort\` when \`hostNetwork\` is true`],
  ],
  ['a variable without a name', given({ env: [{ value: 'a' }] }), [`${c}.env[0].name: Required value`]],
  [
    'a variable with = in its name',
    given({ env: [{ name: 'a=b' }] }),
    [
      `${c}.env[0].name: Invalid value: "a=b": a valid environment variable name must consist only of printable ASCII characters other than '='`,
    ],
  ],
  [
    'a variable with two values',
    given({ env: [{ name: 'a', value: 'b', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } }] }),
    [`${c}.env[0].valueFrom: Invalid value: "": may not be specified when \`value\` is not empty`],
  ],
  [
    'a variable from two sources',
    given({
      env: [
        {
          name: 'a',
          valueFrom: { fieldRef: { fieldPath: 'metadata.name' }, configMapKeyRef: { name: 'b', key: 'c' } },
        },
      ],
    }),
    [`${c}.env[0].valueFrom: Invalid value: "": may not have more than one field specified at a time`],
  ],
  [
    'a variable from no source',
    given({ env: [{ name: 'a', valueFrom: {} }] }),
    [
      `${c}.env[0].valueFrom: Invalid value: "": must specify one of: \`fieldRef\`, \`resourceFieldRef\`, \`configMapKeyRef\`, \`secretKeyRef\` or \`fileKeyRef\``,
    ],
  ],
  [
    'a mount without its volume',
    given({ volumeMounts: [{ name: 'data', mountPath: '/data' }] }),
    [`${c}.volumeMounts[0].name: Not found: "data"`],
  ],
  [
    'two mounts at one place',
    given(
      {
        volumeMounts: [
          { name: 'a', mountPath: '/a' },
          { name: 'a', mountPath: '/a' },
        ],
      },
      volumes({ name: 'a', emptyDir: {} }),
    ),
    [`${c}.volumeMounts[1].mountPath: Invalid value: "/a": must be unique`],
  ],
  [
    'a way out of the volume',
    given(
      { volumeMounts: [{ name: 'a', mountPath: '/a', subPath: '../b' }] },
      volumes({ name: 'a', emptyDir: {} }),
    ),
    [`${c}.volumeMounts.subPath: Invalid value: "../b": must not contain '..'`],
  ],
  [
    'a request above its limit',
    given({ resources: { requests: { cpu: '2' }, limits: { cpu: '1' } } }),
    [`${c}.resources.requests: Invalid value: "2": must be less than or equal to cpu limit of 1`],
  ],
  [
    'a negative request',
    given({ resources: { requests: { cpu: '-1' } } }),
    [`${c}.resources.requests[cpu]: Invalid value: "-1": must be greater than or equal to 0`],
  ],
  [
    'a probe without a handler',
    given({ livenessProbe: {} }),
    [`${c}.livenessProbe: Required value: must specify a handler type`],
  ],
  [
    'liveness that must succeed twice',
    given({ livenessProbe: { tcpSocket: { port: 80 }, successThreshold: 2 } }),
    [`${c}.livenessProbe.successThreshold: Invalid value: 2: must be 1`],
  ],
  [
    'a probe with two handlers',
    given({ readinessProbe: { tcpSocket: { port: 80 }, exec: { command: ['true'] } } }),
    [`${c}.readinessProbe.tcpSocket: Forbidden: may not specify more than 1 handler type`],
  ],
  [
    'privileges that contradict',
    given({ securityContext: { privileged: true, allowPrivilegeEscalation: false } }),
    [
      `${c}.securityContext: Invalid value: {"Capabilities":null,"Privileged":true,"SELinuxOptions":null,"WindowsOptions":null,"RunAsUser":null,"RunAsGroup":null,"RunAsNonRoot":null,"ReadOnlyRootFilesystem":null,"AllowPrivilegeEscalation":false,"ProcMount":null,"SeccompProfile":null,"AppArmorProfile":null}: cannot set \`allowPrivilegeEscalation\` to false and \`privileged\` to true`,
    ],
  ],
  [
    'a negative user',
    given({ securityContext: { runAsUser: -1 } }),
    [`${c}.securityContext.runAsUser: Invalid value: -1: must be between 0 and 2147483647, inclusive`],
  ],
];

const specs: Case[] = [
  [
    'an unknown restart policy',
    inSpec({ restartPolicy: 'Sometimes' }),
    ['spec.restartPolicy: Unsupported value: "Sometimes": supported values: "Always", "OnFailure", "Never"'],
  ],
  [
    'an unknown dns policy',
    inSpec({ dnsPolicy: 'Mine' }),
    [
      'spec.dnsPolicy: Unsupported value: "Mine": supported values: "ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"',
    ],
  ],
  [
    'a deadline of nothing',
    inSpec({ activeDeadlineSeconds: 0 }),
    ['spec.activeDeadlineSeconds: Invalid value: 0: must be between 1 and 2147483647, inclusive'],
  ],
  [
    'a volume of two kinds',
    inSpec(volumes({ name: 'a', emptyDir: {}, hostPath: { path: '/a' } })),
    ['spec.volumes[0].hostPath: Forbidden: may not specify more than 1 volume type'],
  ],
  [
    'two volumes of one name',
    inSpec(volumes({ name: 'a', emptyDir: {} }, { name: 'a', emptyDir: {} })),
    ['spec.volumes[1].name: Duplicate value: "a"'],
  ],
  [
    'a volume from a secret without a name',
    inSpec(volumes({ name: 'a', secret: {} })),
    ['spec.volumes[0].secret.secretName: Required value'],
  ],
  [
    'a toleration of everything with a value',
    inSpec({ tolerations: [{ key: 'a', operator: 'Exists', value: 'b' }] }),
    ['spec.tolerations[0].operator: Invalid value: "b": value must be empty when `operator` is \'Exists\''],
  ],
  [
    'a toleration without a key',
    inSpec({ tolerations: [{ operator: 'Equal', value: 'b' }] }),
    [
      'spec.tolerations[0].operator: Invalid value: "Equal": operator must be Exists when `key` is empty, which means "match all values and all keys"',
    ],
  ],
  [
    'affinity without terms',
    inSpec({
      affinity: {
        nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [] } },
      },
    }),
    [
      'spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms: Required value: must have at least one node selector term',
    ],
  ],
  [
    'anti-affinity without a topology',
    inSpec({
      affinity: {
        podAntiAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: [{ labelSelector: { matchLabels: { a: 'b' } } }],
        },
      },
    }),
    [
      'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Required value: can not be empty',
      'spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: "": name part must be non-empty',
      "spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].topologyKey: Invalid value: \"\": name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')",
    ],
  ],
  [
    'an init container with the name of another',
    inSpec({ initContainers: [{ name: 'web', image: 'a' }] }),
    ['spec.initContainers[0].name: Duplicate value: "web"'],
  ],
  [
    'an init container with a probe',
    inSpec({ initContainers: [{ name: 'a', image: 'a', livenessProbe: { tcpSocket: { port: 80 } } }] }),
    [
      'spec.initContainers[0].livenessProbe: Forbidden: may not be set for init containers without restartPolicy=Always',
    ],
  ],
  [
    'a hostname with dots',
    inSpec({ hostname: 'a.b' }),
    ['spec.hostname: Invalid value: "a.b": must not contain dots'],
  ],
  [
    'a sysctl for the whole host',
    inSpec({
      hostNetwork: true,
      securityContext: { sysctls: [{ name: 'net.ipv4.ip_forward', value: '1' }] },
    }),
    [
      'spec.securityContext.sysctls[0].name: Invalid value: "net.ipv4.ip_forward": may not be specified when \'hostNetwork\' is true',
    ],
  ],
  [
    'a container that was never started with the pod',
    inSpec({ ephemeralContainers: [{ name: 'debug', image: 'busybox' }] }),
    ['spec.ephemeralContainers: Forbidden: cannot be set on create'],
  ],
];

describe('create', () => {
  test.each([...containers, ...specs])('%s', (_, object, errors) => {
    expect(create(pod, object).errors).toEqual(errors);
  });

  test('a name that is no host name is warned of', () => {
    const { errors, warnings } = create(pod, { metadata: { name: 'a.b' }, ...given({}) });
    expect(errors).toEqual([]);
    expect(warnings).toEqual([
      `metadata.name: this is used in the Pod's hostname, which can result in surprising behavior; a DNS label is recommended: [must not contain dots]`,
    ]);
  });
});
