// What a pod may say, and most likely does not mean (pkg/api/pod/warnings.go).
import { type Container, deepEqual, type ObjectMeta, type PodSpec, type Volume } from '@kubets/api';
import { warnOfIp } from '../../rules/ip_warnings.ts';
import { isWhole } from '../../rules/quantities.ts';
import { warnOfNodeLabel, warnOfNodeLabelKey, warnOfNodeSelectorTerm } from '../node_labels.ts';
import { warnOfClaimSpec } from '../volume_warnings.ts';
import { containersWithPath } from './containers_with_path.ts';
import { appArmorOfAnnotation } from './security_annotations.ts';
import { warnOfPaths } from './warn_of_paths.ts';
import { warnOfPorts } from './warn_of_ports.ts';

/** `place` is where the pod or its template stands: `''` or `spec.template`. */
export function warnOfPod(
  { metadata, spec }: { metadata?: ObjectMeta; spec?: PodSpec },
  place: string,
): string[] {
  if (!spec) return [];
  const root = place === '' ? '' : `${place}.`;
  const path = `${root}spec`;
  const annotations = metadata?.annotations ?? {};
  return [
    ...warnOfNodes(spec, path),
    ...warnOfSpread(spec, path),
    ...warnOfAnnotations(annotations, spec, `${root}metadata.annotations`, place !== ''),
    ...(spec.volumes ?? []).flatMap((volume, i) => warnOfVolume(volume, `${path}.volumes[${i}]`)),
    ...warnOfPaths(spec.volumes ?? []),
    ...warnOfRepeats(
      spec.hostAliases?.map(({ ip }) => ip),
      (i, ip) => `${path}.hostAliases[${i}].ip: duplicate ip ${ip}`,
    ),
    ...warnOfRepeats(
      spec.imagePullSecrets?.map(({ name = '' }) => name),
      (i, name) => `${path}.imagePullSecrets[${i}].name: duplicate name ${name}`,
    ),
    ...(spec.imagePullSecrets ?? []).flatMap(({ name }, i) =>
      name ? [] : [`${path}.imagePullSecrets[${i}].name: invalid empty name ""`],
    ),
    ...warnOfFractions(spec.overhead, `${path}.overhead`),
    ...containersWithPath(spec, path).flatMap(({ container, at }) =>
      warnOfContainer(container as Container, at),
    ),
    ...warnOfPorts(spec, path),
    ...((spec.terminationGracePeriodSeconds ?? 0) < 0
      ? [
          `${path}.terminationGracePeriodSeconds: must be >= 0; negative values are invalid and will be treated as 1`,
        ]
      : []),
    ...warnOfAffinity(spec, path),
    ...(spec.dnsConfig?.nameservers ?? []).flatMap((ip, i) =>
      warnOfIp(ip, `${path}.dnsConfig.nameservers[${i}]`),
    ),
    ...(spec.hostAliases ?? []).flatMap(({ ip }, i) => warnOfIp(ip, `${path}.hostAliases[${i}].ip`)),
  ];
}

function warnOfNodes({ nodeSelector = {}, affinity }: PodSpec, path: string): string[] {
  const { requiredDuringSchedulingIgnoredDuringExecution: required, ...rest } = affinity?.nodeAffinity ?? {};
  const at = `${path}.affinity.nodeAffinity`;
  return [
    ...Object.keys(nodeSelector).flatMap((label) => warnOfNodeLabel(label, `${path}.nodeSelector[${label}]`)),
    ...(required?.nodeSelectorTerms ?? []).flatMap((term, i) =>
      warnOfNodeSelectorTerm(
        term,
        `${at}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[${i}]`,
      ),
    ),
    ...(rest.preferredDuringSchedulingIgnoredDuringExecution ?? []).flatMap(({ preference }, i) =>
      warnOfNodeSelectorTerm(
        preference,
        `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].preference`,
        { checkValues: true },
      ),
    ),
  ];
}

const matchesNothing = 'a null labelSelector results in matching no pod';

function warnOfSpread({ topologySpreadConstraints = [] }: PodSpec, path: string): string[] {
  return topologySpreadConstraints.flatMap(({ topologyKey, labelSelector }, i) => {
    const at = `${path}.topologySpreadConstraints[${i}]`;
    return [
      ...warnOfNodeLabelKey(topologyKey, `${at}.topologyKey`),
      ...(labelSelector ? [] : [`${at}.labelSelector: ${matchesNothing}`]),
    ];
  });
}

function warnOfAffinity({ affinity = {} }: PodSpec, path: string): string[] {
  return (['podAffinity', 'podAntiAffinity'] as const).flatMap((kind) => {
    const {
      requiredDuringSchedulingIgnoredDuringExecution: required = [],
      preferredDuringSchedulingIgnoredDuringExecution: preferred = [],
    } = affinity[kind] ?? {};
    const at = `${path}.affinity.${kind}`;
    return [
      ...required.flatMap(({ labelSelector }, i) =>
        labelSelector
          ? []
          : [`${at}.requiredDuringSchedulingIgnoredDuringExecution[${i}].labelSelector: ${matchesNothing}`],
      ),
      ...preferred.flatMap(({ podAffinityTerm }, i) =>
        podAffinityTerm?.labelSelector
          ? []
          : [
              `${at}.preferredDuringSchedulingIgnoredDuringExecution[${i}].podAffinityTerm.labelSelector: ${matchesNothing}`,
            ],
      ),
    ];
  });
}

const deadAnnotations: [name: string, message: string][] = [
  [
    'scheduler.alpha.kubernetes.io/critical-pod',
    'non-functional in v1.16+; use the "priorityClassName" field instead',
  ],
  ['security.alpha.kubernetes.io/sysctls', 'non-functional in v1.11+; use the "sysctls" field instead'],
  [
    'security.alpha.kubernetes.io/unsafe-sysctls',
    'non-functional in v1.11+; use the "sysctls" field instead',
  ],
];

function warnOfAnnotations(
  annotations: Record<string, string>,
  spec: PodSpec,
  path: string,
  inTemplate: boolean,
): string[] {
  const has = (name: string) => annotations[name] !== undefined;
  const seccomp = 'non-functional in v1.27+; use the "seccompProfile" field instead';
  const found = deadAnnotations.filter(([name]) => has(name));
  const onPod = 'seccomp.security.alpha.kubernetes.io/pod';
  if (has(onPod) && !spec.securityContext?.seccompProfile) found.push([onPod, seccomp]);
  for (const { container } of containersWithPath(spec, '')) {
    const onContainer = `container.seccomp.security.alpha.kubernetes.io/${container.name}`;
    if (has(onContainer) && !container.securityContext?.seccompProfile) found.push([onContainer, seccomp]);
    const appArmor = `container.apparmor.security.beta.kubernetes.io/${container.name}`;
    const isOfPod =
      has(appArmor) &&
      deepEqual(appArmorOfAnnotation(annotations[appArmor]!), spec.securityContext?.appArmorProfile);
    if (inTemplate && has(appArmor) && !container.securityContext?.appArmorProfile && !isOfPod)
      found.push([appArmor, 'deprecated since v1.30; use the "appArmorProfile" field instead']);
  }
  return found.map(([name, message]) => `${path}[${name}]: ${message}`);
}

/** Kinds of volumes whose drivers left the tree; CSI drivers have taken their place. */
const goneVolumes: [kind: keyof Volume, since: string][] = [
  ['photonPersistentDisk', 'deprecated in v1.11, non-functional in v1.16+'],
  ['gitRepo', 'deprecated in v1.11, and disabled by default in v1.33+'],
  ['scaleIO', 'deprecated in v1.16, non-functional in v1.22+'],
  ['flocker', 'deprecated in v1.22, non-functional in v1.25+'],
  ['storageos', 'deprecated in v1.22, non-functional in v1.25+'],
  ['quobyte', 'deprecated in v1.22, non-functional in v1.25+'],
  ['glusterfs', 'deprecated in v1.25, non-functional in v1.26+'],
  ['cephfs', 'deprecated in v1.28, non-functional in v1.31+'],
  ['rbd', 'deprecated in v1.28, non-functional in v1.31+'],
];

function warnOfVolume(volume: Volume, path: string): string[] {
  const claim = volume.ephemeral?.volumeClaimTemplate?.spec;
  return [
    ...goneVolumes.flatMap(([kind, since]) => {
      const shown = kind === 'storageos' ? 'storageOS' : kind;
      return volume[kind] === undefined ? [] : [`${path}.${shown}: ${since}`];
    }),
    ...(claim ? warnOfClaimSpec(claim, `${path}.ephemeral.volumeClaimTemplate.spec`) : []),
  ];
}

function warnOfRepeats(values: string[] = [], text: (i: number, quoted: string) => string): string[] {
  return values.flatMap((value, i) => (values.indexOf(value) < i ? [text(i, JSON.stringify(value))] : []));
}

function warnOfFractions(amounts: Record<string, string> | undefined, path: string): string[] {
  return ['memory', 'ephemeral-storage'].flatMap((name) => {
    const amount = amounts?.[name];
    return amount === undefined || isWhole(amount)
      ? []
      : [`${path}[${name}]: fractional byte value ${JSON.stringify(amount)} is invalid, must be an integer`];
  });
}

function warnOfContainer({ resources, env = [] }: Container, path: string): string[] {
  const names = env.map(({ name }) => name);
  return [
    ...warnOfFractions(resources?.limits, `${path}.resources.limits`),
    ...warnOfFractions(resources?.requests, `${path}.resources.requests`),
    ...env.flatMap(({ name, value = '', valueFrom }, i) => {
      const reference = `$(${name})`;
      const extendsIt = !valueFrom && value !== reference && value.includes(reference);
      return names.indexOf(name) < i && !extendsIt
        ? [
            `${path}.env[${i}]: hides previous definition of ${JSON.stringify(name)}, which may be dropped when using apply`,
          ]
        : [];
    }),
  ];
}
