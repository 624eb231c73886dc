import {
  isNotFound,
  type PersistentVolume,
  type PersistentVolumeClaim,
  type Pod,
  type Volume,
} from '@kubets/api';
import { refs } from '@kubets/client';
import type { MountedVolume } from '../container/mounts.ts';
import { checkHostPath } from './host_path.ts';
import { giveToGroup } from './ownership.ts';
import type { VolumeContext, VolumeKind } from './volume_kind.ts';

/** The volume that is bound to a claim of the pod's namespace. */
export const persistentVolumeClaim: VolumeKind = {
  name: 'persistentVolumeClaim',
  setUp: (context) => claimed(context, context.volume.persistentVolumeClaim!.claimName),
};

/** A claim that was made for this pod (KEP-1698). */
export const ephemeral: VolumeKind = {
  name: 'ephemeral',
  setUp: (context) => claimed(context, `${context.pod.metadata.name}-${context.volume.name}`, context.pod),
};

async function claimed(context: VolumeContext, claimName: string, owner?: Pod): Promise<MountedVolume> {
  const { parts, pod, volume, mounted } = context;
  if (mounted) return mounted;
  const { client, host } = parts;
  const claim = await claimOf(context, claimName);
  if (owner && !claim.metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid))
    throw new Error(`PVC ${claimName} was not created for pod ${pod.metadata.name} (pod is not owner)`);
  if (claim.status?.phase !== 'Bound' || !claim.spec.volumeName)
    throw new Error(`PVC ${claim.metadata.namespace}/${claimName} is not bound`);
  const persistent = await client.get(refs.persistentVolumes, claim.spec.volumeName);
  if (persistent.spec.claimRef?.uid !== claim.metadata.uid)
    throw new Error(`PV ${persistent.metadata.name} is not bound to PVC ${claimName}`);
  const hostPath = await pathOf(persistent, context);
  const readOnly = readOnlyOf(volume, claim);
  if (persistent.spec.volumeMode === 'Block') return { hostPath, readOnly, block: true };
  const { fsGroup } = pod.spec.securityContext ?? {};
  // hostPath volumes are the node's own and stay as they are; local ones belong to their pods.
  if (fsGroup !== undefined && persistent.spec.local && !readOnly)
    await giveToGroup({ files: host.files, path: hostPath, fsGroup, readOnly });
  return { hostPath, readOnly };
}

async function claimOf({ parts, pod }: VolumeContext, name: string): Promise<PersistentVolumeClaim> {
  try {
    return await parts.client.get(refs.persistentVolumeClaims, name, pod.metadata.namespace);
  } catch (error) {
    if (isNotFound(error))
      throw new Error(
        `error processing PVC ${pod.metadata.namespace}/${name}: persistentvolumeclaim "${name}" not found`,
      );
    throw error;
  }
}

async function pathOf({ metadata, spec }: PersistentVolume, { parts }: VolumeContext): Promise<string> {
  const { files } = parts.host;
  if (spec.hostPath) {
    await checkHostPath(files, spec.hostPath.path, spec.hostPath.type ?? '');
    return spec.hostPath.path;
  }
  if (spec.local) {
    const { path } = spec.local;
    if (!(await files.stat(path, { follow: true }))) throw new Error(`path "${path}" does not exist`);
    return path;
  }
  throw new Error(`no volume plugin matched name of PersistentVolume ${metadata.name}`);
}

function readOnlyOf(volume: Volume, { spec }: PersistentVolumeClaim): boolean {
  if (volume.persistentVolumeClaim?.readOnly) return true;
  const modes = spec.accessModes ?? [];
  return modes.length > 0 && modes.every((mode) => mode === 'ReadOnlyMany');
}
