// securityContext of pod and container together, as the runtime takes it.
import type { Container, Pod, SeccompProfile, SecurityContext } from '@kubets/api';
import {
  type LinuxContainerSecurityContext,
  NamespaceMode,
  type NamespaceOption,
  ProfileType,
  type SecurityProfile,
  SupplementalGroupsPolicy,
} from '@kubets/api/generated/cri.ts';
import { podText } from '../node/node_config.ts';

/** Who the image says to run as. */
export interface ImageUser {
  uid?: number;
  username?: string;
}

export interface SecurityContextOptions {
  pod: Pod;
  container: Container;
  imageUser: ImageUser;
  seccompDir: string;
  /** The container whose processes an ephemeral container is to see. */
  targetContainerId?: string;
}

// What containers must not see or change of the host; the lists of moby's oci/defaults.go.
const maskedPaths = [
  '/proc/asound',
  '/proc/acpi',
  '/proc/interrupts',
  '/proc/kcore',
  '/proc/keys',
  '/proc/latency_stats',
  '/proc/timer_list',
  '/proc/timer_stats',
  '/proc/sched_debug',
  '/proc/scsi',
  '/sys/firmware',
  '/sys/devices/virtual/powercap',
];
const readonlyPaths = ['/proc/bus', '/proc/fs', '/proc/irq', '/proc/sys', '/proc/sysrq-trigger'];

/** Throws where the container would run as root and must not. */
export function containerSecurityContext(options: SecurityContextOptions): LinuxContainerSecurityContext {
  const { pod, container, imageUser } = options;
  const podContext = pod.spec.securityContext ?? {};
  const own: SecurityContext = { ...pickShared(podContext), ...definedOnly(container.securityContext) };
  checkNonRoot(options, own);

  const result: LinuxContainerSecurityContext = {
    privileged: own.privileged ?? false,
    readonlyRootfs: own.readOnlyRootFilesystem ?? false,
    noNewPrivs: own.allowPrivilegeEscalation === false,
    maskedPaths: own.procMount === 'Unmasked' ? [] : maskedPaths,
    readonlyPaths: own.procMount === 'Unmasked' ? [] : readonlyPaths,
    namespaceOptions: namespaceOptions(pod),
    seccomp: seccompProfile(own.seccompProfile, options.seccompDir),
  };
  if (own.capabilities)
    result.capabilities = {
      addCapabilities: own.capabilities.add ?? [],
      dropCapabilities: own.capabilities.drop ?? [],
    };
  if (own.runAsUser !== undefined) result.runAsUser = { value: own.runAsUser };
  else if (imageUser.uid !== undefined) result.runAsUser = { value: imageUser.uid };
  else if (imageUser.username) result.runAsUsername = imageUser.username;
  if (own.runAsGroup !== undefined) result.runAsGroup = { value: own.runAsGroup };

  const groups = supplementalGroups(pod);
  if (groups.length > 0) result.supplementalGroups = groups;
  if (podContext.supplementalGroupsPolicy === 'Strict')
    result.supplementalGroupsPolicy = SupplementalGroupsPolicy.Strict;
  const apparmor = own.appArmorProfile;
  if (apparmor) {
    const { type, localhostProfile } = apparmor;
    result.apparmor = { profileType: profileType(type), localhostRef: localhostProfile };
    result.apparmorProfile =
      type === 'Localhost'
        ? `localhost/${localhostProfile}`
        : type === 'RuntimeDefault'
          ? 'runtime/default'
          : 'unconfined';
  }
  const { targetContainerId } = options;
  if (targetContainerId && result.namespaceOptions!.pid === NamespaceMode.CONTAINER)
    result.namespaceOptions = {
      ...result.namespaceOptions,
      pid: NamespaceMode.TARGET,
      targetId: targetContainerId,
    };
  return result;
}

export function namespaceOptions({ spec }: Pod): NamespaceOption {
  return {
    network: spec.hostNetwork ? NamespaceMode.NODE : NamespaceMode.POD,
    ipc: spec.hostIPC ? NamespaceMode.NODE : NamespaceMode.POD,
    pid: spec.hostPID
      ? NamespaceMode.NODE
      : spec.shareProcessNamespace
        ? NamespaceMode.POD
        : NamespaceMode.CONTAINER,
  };
}

export function supplementalGroups({ spec }: Pod): number[] {
  const { fsGroup, supplementalGroups = [] } = spec.securityContext ?? {};
  return fsGroup === undefined ? [...supplementalGroups] : [fsGroup, ...supplementalGroups];
}

export function seccompProfile(profile: SeccompProfile | undefined, seccompDir: string): SecurityProfile {
  if (profile?.type !== 'Localhost')
    return { profileType: profile ? profileType(profile.type) : ProfileType.Unconfined };
  if (!profile.localhostProfile)
    throw new Error('localhostProfile must be set if seccompProfile type is Localhost.');
  return { profileType: ProfileType.Localhost, localhostRef: `${seccompDir}/${profile.localhostProfile}` };
}

function profileType(type: string): number {
  if (type === 'RuntimeDefault') return ProfileType.RuntimeDefault;
  return type === 'Localhost' ? ProfileType.Localhost : ProfileType.Unconfined;
}

/** What a pod's context sets for containers that don't say otherwise. */
function pickShared(context: NonNullable<Pod['spec']['securityContext']>): SecurityContext {
  const { runAsUser, runAsGroup, runAsNonRoot, seccompProfile, appArmorProfile } = context;
  return definedOnly({ runAsUser, runAsGroup, runAsNonRoot, seccompProfile, appArmorProfile });
}

function definedOnly(context: SecurityContext | undefined): SecurityContext {
  return Object.fromEntries(Object.entries(context ?? {}).filter(([, value]) => value !== undefined));
}

function checkNonRoot({ pod, container, imageUser }: SecurityContextOptions, own: SecurityContext): void {
  if (!own.runAsNonRoot) return;
  const where = `(pod: "${podText(pod)}", container: ${container.name})`;
  if (own.runAsUser !== undefined) {
    if (own.runAsUser === 0) throw new Error(`container's runAsUser breaks non-root policy ${where}`);
    return;
  }
  if (imageUser.uid === undefined && imageUser.username)
    throw new Error(
      `container has runAsNonRoot and image has non-numeric user (${imageUser.username}), cannot verify user is non-root ${where}`,
    );
  if (imageUser.uid === 0) throw new Error(`container has runAsNonRoot and image will run as root ${where}`);
}
