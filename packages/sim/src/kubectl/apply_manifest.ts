import { isNotFound, type KubeObject, parseYamlDocuments } from '@kubets/api';
import type { Client } from '@kubets/client';
import type { FoundResource, ResourceFinder } from './resource_finder.ts';

/** Server-side apply of each document; a line for each, as kubectl words them. */
export async function applyManifest(
  client: Client,
  resources: ResourceFinder,
  yaml: string,
): Promise<string> {
  const lines: string[] = [];
  for (const document of parseYamlDocuments(yaml))
    lines.push(await applyDocument(client, resources, document));
  return lines.map((line) => `${line}\n`).join('');
}

async function applyDocument(client: Client, resources: ResourceFinder, document: unknown): Promise<string> {
  const object = document as KubeObject;
  const ref = await resources.byKind(object.apiVersion ?? '', object.kind ?? '');
  const { name } = object.metadata;
  const namespace = ref.namespaced ? (object.metadata.namespace ?? 'default') : undefined;
  const before = await client.get(ref, name, namespace).catch((error) => {
    if (isNotFound(error)) return undefined;
    throw error;
  });
  const placed = namespace ? { ...object, metadata: { ...object.metadata, namespace } } : object;
  const after = await client.patch(ref, name, namespace, 'apply', placed, {
    fieldManager: 'kubectl',
    force: true,
  });
  const same = before?.metadata.resourceVersion === after.metadata.resourceVersion;
  return `${objectName(ref, name)} ${before ? (same ? 'unchanged' : 'configured') : 'created'}`;
}

/** `deployment.apps/web` */
export function objectName(ref: FoundResource, name: string): string {
  return `${ref.singular}${ref.group ? `.${ref.group}` : ''}/${name}`;
}
