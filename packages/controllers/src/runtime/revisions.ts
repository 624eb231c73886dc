// The history of a workload's template, as ControllerRevisions: what StatefulSets and DaemonSets roll out, and what
// `kubectl rollout undo` goes back to.
import {
  type ControllerRevision,
  isAlreadyExists,
  isNotFound,
  type KubeObject,
  type LabelSelector,
  type New,
  type PodTemplateSpec,
} from '@kubets/api';
import { type Client, type ResourceRef, refs } from '@kubets/client';
import { canonicalJson } from './canonical_json.ts';
import { semanticEqual } from './equal.ts';
import { controllerReference } from './owner.ts';
import { hashOf } from './template_hash.ts';

export interface RevisionOwner extends KubeObject {
  spec: { selector: LabelSelector; template: PodTemplateSpec };
}

const hashLabel = 'controller.kubernetes.io/hash';
const maxNamePrefix = 223;

export type RevisionPlan =
  /** The newest one is of this template. */
  | { action: 'keep'; revision: ControllerRevision }
  /** An older one is: it becomes the newest. */
  | { action: 'raise'; revision: ControllerRevision; to: number }
  | { action: 'create'; number: number };

export function planRevision(
  revisions: readonly ControllerRevision[],
  template: PodTemplateSpec,
): RevisionPlan {
  const sorted = [...revisions].sort(olderRevisionFirst);
  const newest = sorted.at(-1);
  const number = (newest?.revision ?? 0) + 1;
  const data = templatePatch(template);
  const equal = sorted.findLast((revision) => semanticEqual(revision.data, data));
  if (!equal) return { action: 'create', number };
  if (semanticEqual(newest!.data, equal.data)) return { action: 'keep', revision: newest! };
  return { action: 'raise', revision: equal, to: number };
}

/**
 * The revision of the owner's template, made or raised when needed. When its name is taken by another template the
 * answer is the next collision count, to be kept in the owner's status.
 */
export async function syncRevision(options: {
  client: Client;
  owner: RevisionOwner;
  ownerRef: ResourceRef;
  revisions: readonly ControllerRevision[];
  collisionCount: number | undefined;
  /** Labels beside those of the template, given the hash. */
  labels?: (hash: string) => Record<string, string>;
}): Promise<{ revision: ControllerRevision } | { collisionCount: number }> {
  const { client, owner, revisions, collisionCount } = options;
  const plan = planRevision(revisions, owner.spec.template);
  if (plan.action === 'keep') return { revision: plan.revision };
  if (plan.action === 'raise') {
    const raised = { ...plan.revision, revision: plan.to };
    return { revision: await client.update(refs.controllerRevisions, raised) };
  }
  const wanted = newRevision(options, plan.number);
  try {
    return { revision: await client.create(refs.controllerRevisions, wanted) };
  } catch (error) {
    if (!isAlreadyExists(error)) throw error;
    const { name, namespace } = wanted.metadata;
    const existing = await client.get(refs.controllerRevisions, name!, namespace);
    if (semanticEqual(existing.data, wanted.data)) return { revision: existing };
    return { collisionCount: (collisionCount ?? 0) + 1 };
  }
}

/** Deletes the oldest of those that nothing uses, down to `limit`. */
export async function truncateRevisions(options: {
  client: Client;
  revisions: readonly ControllerRevision[];
  isLive: (revision: ControllerRevision) => boolean;
  limit: number;
}): Promise<void> {
  const unused = options.revisions.filter((revision) => !options.isLive(revision)).sort(olderRevisionFirst);
  for (const { metadata } of unused.slice(0, Math.max(0, unused.length - options.limit))) {
    const { name, namespace, uid } = metadata;
    await options.client.delete(refs.controllerRevisions, name, namespace, { uid }).catch((error) => {
      if (!isNotFound(error)) throw error;
    });
  }
}

/** A strategic merge patch that puts the template back (the form that kubectl applies on undo). */
export function templatePatch(template: PodTemplateSpec): Record<string, unknown> {
  return { spec: { template: { ...template, $patch: 'replace' } } };
}

export function templateOf(revision: ControllerRevision): PodTemplateSpec {
  const { spec } = revision.data as { spec: { template: PodTemplateSpec & { $patch?: string } } };
  const { $patch: _, ...template } = spec.template;
  return template;
}

export function olderRevisionFirst(a: ControllerRevision, b: ControllerRevision): number {
  const time = (of: ControllerRevision) => Date.parse(of.metadata.creationTimestamp);
  return a.revision - b.revision || time(a) - time(b) || (a.metadata.name < b.metadata.name ? -1 : 1);
}

function newRevision(
  { owner, ownerRef, collisionCount, labels }: Parameters<typeof syncRevision>[0],
  number: number,
): New<ControllerRevision> {
  const data = templatePatch(owner.spec.template);
  const hash = hashOf(data, collisionCount);
  const { name, namespace, annotations } = owner.metadata;
  return {
    metadata: {
      name: `${name.slice(0, maxNamePrefix)}-${hash}`,
      namespace,
      labels: { ...owner.spec.template.metadata?.labels, [hashLabel]: hash, ...labels?.(hash) },
      ...(annotations && { annotations }),
      ownerReferences: [controllerReference(owner, ownerRef)],
    },
    // Keys in order, as upstream writes them: its clients tell the owner's revision by comparing the text.
    data: JSON.parse(canonicalJson(data)),
    revision: number,
  };
}
