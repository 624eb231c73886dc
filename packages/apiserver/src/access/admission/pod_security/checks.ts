// Every check of the Pod Security Standards, in the order in which messages list them, and the versions that know it.
import {
  allowPrivilegeEscalation,
  baselineCapabilities,
  hostPorts,
  privileged,
  probeAndLifecycleHosts,
  procMount,
  restrictedCapabilities,
} from './container_checks.ts';
import type { CheckedPod, Finding, PodCheck } from './finding.ts';
import {
  hostNamespaces,
  hostPathVolumes,
  restrictedVolumes,
  runAsNonRoot,
  runAsUser,
  safeSysctls,
  sysctls,
  unlessInUserNamespace,
  unlessWindows,
  windowsHostProcess,
} from './pod_checks.ts';
import type { LevelVersion } from './policy.ts';
import {
  annotatedSeccomp,
  appArmor,
  baselineSeccomp,
  restrictedSeccomp,
  seLinux,
  seLinuxTypes,
} from './profile_checks.ts';

interface Check {
  level: 'baseline' | 'restricted';
  /** From a minor of v1 on, until the next one. */
  since: readonly [minor: number, check: PodCheck][];
  /** A check of baseline that this one is the stricter form of. */
  insteadOf?: string;
}

const checks: Readonly<Record<string, Check>> = {
  appArmorProfile: { level: 'baseline', since: [[0, appArmor]] },
  capabilities_baseline: { level: 'baseline', since: [[0, baselineCapabilities]] },
  hostNamespaces: { level: 'baseline', since: [[0, hostNamespaces]] },
  hostPathVolumes: { level: 'baseline', since: [[0, hostPathVolumes]] },
  hostPorts: { level: 'baseline', since: [[0, hostPorts]] },
  hostProbesAndHostLifecycle: { level: 'baseline', since: [[34, probeAndLifecycleHosts]] },
  privileged: { level: 'baseline', since: [[0, privileged]] },
  procMount: {
    level: 'baseline',
    since: [
      [0, procMount],
      [35, unlessInUserNamespace(procMount)],
    ],
  },
  seLinuxOptions: {
    level: 'baseline',
    since: [
      [0, seLinux(seLinuxTypes.v1_0)],
      [31, seLinux(seLinuxTypes.v1_31)],
    ],
  },
  seccompProfile_baseline: {
    level: 'baseline',
    since: [
      [0, annotatedSeccomp],
      [19, baselineSeccomp],
    ],
  },
  sysctls: {
    level: 'baseline',
    since: [
      [0, sysctls(safeSysctls.v1_0)],
      [27, sysctls(safeSysctls.v1_27)],
      [29, sysctls(safeSysctls.v1_29)],
      [32, sysctls(safeSysctls.v1_32)],
    ],
  },
  windowsHostProcess: { level: 'baseline', since: [[0, windowsHostProcess]] },
  allowPrivilegeEscalation: {
    level: 'restricted',
    since: [
      [8, allowPrivilegeEscalation],
      [25, unlessWindows(allowPrivilegeEscalation)],
    ],
  },
  capabilities_restricted: {
    level: 'restricted',
    insteadOf: 'capabilities_baseline',
    since: [
      [22, restrictedCapabilities],
      [25, unlessWindows(restrictedCapabilities)],
    ],
  },
  procMount_restricted: { level: 'restricted', insteadOf: 'procMount', since: [[35, procMount]] },
  restrictedVolumes: {
    level: 'restricted',
    insteadOf: 'hostPathVolumes',
    since: [[0, restrictedVolumes]],
  },
  runAsNonRoot: {
    level: 'restricted',
    since: [
      [0, runAsNonRoot],
      [35, unlessInUserNamespace(runAsNonRoot)],
    ],
  },
  runAsUser: {
    level: 'restricted',
    since: [
      [23, runAsUser],
      [35, unlessInUserNamespace(runAsUser)],
    ],
  },
  seccompProfile_restricted: {
    level: 'restricted',
    insteadOf: 'seccompProfile_baseline',
    since: [
      [19, restrictedSeccomp],
      [25, unlessWindows(restrictedSeccomp)],
    ],
  },
};

/** The last minor that brought something new: later ones, and the latest, are like it. */
const newest = Math.max(...Object.values(checks).flatMap(({ since }) => since.map(([minor]) => minor)));

/** What the level objects to in the pod, in the order of the list above. */
export function evaluatePod({ level, version }: LevelVersion, pod: CheckedPod): Finding[] {
  if (level === 'privileged') return [];
  const minor = version === 'latest' ? newest : Math.min(version, newest);
  const chosen = (byMinor[level][minor] ??= selectChecks(level, minor));
  return chosen.flatMap((check) => check(pod) ?? []);
}

/** Chosen when a namespace first asks for them: most servers never need most. */
const byMinor: Record<'baseline' | 'restricted', PodCheck[][]> = { baseline: [], restricted: [] };

function selectChecks(level: 'baseline' | 'restricted', minor: number): PodCheck[] {
  const chosen = Object.entries(checks).flatMap(([id, { since, insteadOf, level: own }]) => {
    const check = since.findLast(([from]) => from <= minor)?.[1];
    return check && (own === 'baseline' || level === 'restricted') ? [{ id, check, insteadOf }] : [];
  });
  const replaced = new Set(chosen.map(({ insteadOf }) => insteadOf));
  return chosen.filter(({ id }) => !replaced.has(id)).map(({ check }) => check);
}

/** `host namespaces (hostNetwork=true), privileged (...)` */
export function describeFindings(findings: readonly Finding[]): string {
  return findings.map(({ reason, detail }) => (detail ? `${reason} (${detail})` : reason)).join(', ');
}
