// The replica set of a deployment's present template: how it is made, and the annotations that `kubectl rollout`
// reads from it.
import type { Deployment, New, ReplicaSet } from '@kubets/api';
import { refs } from '@kubets/client';
import { controllerReference } from '../runtime/owner.ts';
import { hashOf } from '../runtime/template_hash.ts';
import { limitsOf } from './sizes.ts';
import { podTemplateHash } from './template_equal.ts';

export type NewReplicaSet = New<ReplicaSet> & { metadata: { name: string } };

const revision = 'deployment.kubernetes.io/revision';
const revisionHistory = 'deployment.kubernetes.io/revision-history';
const desiredReplicas = 'deployment.kubernetes.io/desired-replicas';
const maxReplicas = 'deployment.kubernetes.io/max-replicas';

/** Annotations that belong to the deployment or to the set itself. */
const notCopied = new Set([
  'kubectl.kubernetes.io/last-applied-configuration',
  'deprecated.deployment.rollback.to',
  revision,
  revisionHistory,
  desiredReplicas,
  maxReplicas,
]);

/** Characters of old revisions that are kept. */
const historyLimit = 2000;

const maxNameLength = 253;

/** The name follows from the template, so that a second try finds what the first has made. */
export function newReplicaSet(deployment: Deployment, replicas: number, nextRevision: bigint): NewReplicaSet {
  const { name, namespace } = deployment.metadata;
  const { selector, template, minReadySeconds } = deployment.spec;
  const hash = hashOf(template, deployment.status?.collisionCount);
  const labels = { ...template.metadata?.labels, [podTemplateHash]: hash };
  const { desired, surge } = limitsOf(deployment);
  return {
    metadata: {
      name: `${name.slice(0, maxNameLength - 1 - hash.length)}-${hash}`,
      namespace,
      labels,
      annotations: withSizeAnnotations(
        { ...copiedAnnotations(deployment), [revision]: String(nextRevision) },
        desired,
        desired + surge,
      ),
      ownerReferences: [controllerReference(deployment, refs.deployments)],
    },
    spec: {
      replicas,
      ...(minReadySeconds && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [podTemplateHash]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/** Annotations that an existing new set should have. A set that is rolled back to remembers its older revisions. */
export function newSetAnnotations(
  deployment: Deployment,
  set: ReplicaSet,
  nextRevision: bigint,
): Record<string, string> {
  const annotations = { ...set.metadata.annotations, ...copiedAnnotations(deployment) };
  const current = annotations[revision];
  if (revisionOf(set) >= nextRevision) return annotations;
  annotations[revision] = String(nextRevision);
  if (current !== undefined) {
    const history = (annotations[revisionHistory]?.split(',') ?? []).filter(Boolean).concat(current);
    while (history.join(',').length > historyLimit) history.shift();
    annotations[revisionHistory] = history.join(',');
  }
  return annotations;
}

export function withSizeAnnotations(annotations: Record<string, string>, desired: number, max: number) {
  return { ...annotations, [desiredReplicas]: String(desired), [maxReplicas]: String(max) };
}

/** 0 when the set has none. An int64, which users may set beyond what a number holds exactly. */
export function revisionOf(set: ReplicaSet): bigint {
  const text = set.metadata.annotations?.[revision] ?? '';
  return /^\d{1,19}$/.test(text) ? BigInt(text) : 0n;
}

function copiedAnnotations(deployment: Deployment): Record<string, string> {
  return Object.fromEntries(
    Object.entries(deployment.metadata.annotations ?? {}).filter(([key]) => !notCopied.has(key)),
  );
}
