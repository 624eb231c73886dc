// What goes into volumes that the kubelet writes: the keys of ConfigMaps and Secrets, and what pods know of themselves.
import {
  type ConfigMap,
  type ConfigMapVolumeSource,
  type DownwardAPIVolumeFile,
  isNotFound,
  type KeyToPath,
  type Secret,
  type SecretVolumeSource,
} from '@kubets/api';
import { availableTo, fieldValue, resourceValue } from '../container/field_ref.ts';
import { containerOf } from '../containers/container_kill.ts';
import { hostIPs } from '../node/node_config.ts';
import type { PayloadFile } from './payload.ts';
import type { VolumeContext } from './volume_kind.ts';

export interface KeySelection {
  items?: readonly KeyToPath[];
  optional?: boolean;
}

export async function configMapFiles(
  { parts, pod }: VolumeContext,
  source: Pick<ConfigMapVolumeSource, 'name' | 'items' | 'optional'>,
  mode: number,
): Promise<Map<string, PayloadFile>> {
  const found = await orMissing<ConfigMap>(
    parts.objects.configMap(pod.metadata.namespace!, source.name!),
    source.optional,
  );
  const data = new Map<string, Uint8Array>();
  for (const [key, text] of Object.entries(found?.data ?? {})) data.set(key, new TextEncoder().encode(text));
  for (const [key, text] of Object.entries(found?.binaryData ?? {})) data.set(key, fromBase64(text));
  return selectKeys(data, source, mode, 'references non-existent config key');
}

export async function secretFiles(
  { parts, pod }: VolumeContext,
  source: Pick<SecretVolumeSource, 'secretName' | 'items' | 'optional'>,
  mode: number,
): Promise<Map<string, PayloadFile>> {
  const found = await orMissing<Secret>(
    parts.objects.secret(pod.metadata.namespace!, source.secretName!),
    source.optional,
  );
  const data = new Map<string, Uint8Array>();
  for (const [key, text] of Object.entries(found?.data ?? {})) data.set(key, fromBase64(text));
  return selectKeys(data, source, mode, 'references non-existent secret key');
}

export function downwardFiles(
  { parts, pod }: VolumeContext,
  items: readonly DownwardAPIVolumeFile[],
  mode: number,
): Map<string, PayloadFile> {
  const { node } = parts;
  const facts = { pod, podIPs: [], hostIPs: hostIPs(node) };
  const files = new Map<string, PayloadFile>();
  for (const { path, fieldRef, resourceFieldRef, mode: own } of items) {
    let text = '';
    if (fieldRef) text = fieldValue(fieldRef.fieldPath, facts);
    else if (resourceFieldRef) {
      const container = containerOf(pod, resourceFieldRef.containerName ?? '');
      if (!container) throw new Error(`container ${resourceFieldRef.containerName} not found`);
      const available = availableTo(pod, node.allocatable ?? node.capacity);
      text = resourceValue(resourceFieldRef, container, available);
    }
    files.set(cleanPath(path), { data: new TextEncoder().encode(text), mode: own ?? mode });
  }
  return files;
}

function selectKeys(
  data: ReadonlyMap<string, Uint8Array>,
  { items, optional }: KeySelection,
  mode: number,
  complaint: string,
): Map<string, PayloadFile> {
  const files = new Map<string, PayloadFile>();
  if (!items?.length) {
    for (const [key, bytes] of data) files.set(key, { data: bytes, mode });
    return files;
  }
  for (const { key, path, mode: own } of items) {
    const bytes = data.get(key);
    if (bytes) files.set(cleanPath(path), { data: bytes, mode: own ?? mode });
    else if (!optional) throw new Error(`${complaint}: ${key}`);
  }
  return files;
}

async function orMissing<T>(object: Promise<T>, optional: boolean | undefined): Promise<T | undefined> {
  try {
    return await object;
  } catch (error) {
    if (optional && isNotFound(error)) return undefined;
    throw error;
  }
}

/** Validation has refused paths that lead out; this only takes out what means nothing. */
export function cleanPath(path: string): string {
  return path
    .split('/')
    .filter((part) => part !== '' && part !== '.' && part !== '..')
    .join('/');
}

function fromBase64(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
