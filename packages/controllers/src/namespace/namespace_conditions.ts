import type { NamespaceCondition } from '@kubets/api';
import { type Ms, rfc3339 } from '@kubets/base';
import { withCondition } from '../runtime/condition.ts';

/** What an attempt to empty a namespace found. */
export interface Remains {
  /** Discovery that failed, as a message. */
  discovery?: string;
  /** Messages of deletes and lists that failed. */
  errors: readonly string[];
  /** Objects left, by `resource.group`. */
  resources: ReadonlyMap<string, number>;
  /** Objects left that have the finalizer. */
  finalizers: ReadonlyMap<string, number>;
}

/** All five conditions are always set, so that what went well says so too. */
export function namespaceConditions(
  before: readonly NamespaceCondition[] | undefined,
  remains: Remains,
  now: Ms,
): NamespaceCondition[] {
  const { discovery, errors, resources, finalizers } = remains;
  const wanted: [
    type: string,
    problem: [reason: string, message: string] | undefined,
    ok: [string, string],
  ][] = [
    [
      'NamespaceDeletionDiscoveryFailure',
      discovery === undefined ? undefined : ['DiscoveryFailed', discovery],
      ['ResourcesDiscovered', 'All resources successfully discovered'],
    ],
    [
      'NamespaceDeletionGroupVersionParsingFailure',
      undefined,
      ['ParsedGroupVersions', 'All legacy kube types successfully parsed'],
    ],
    [
      'NamespaceDeletionContentFailure',
      errors.length > 0
        ? [
            'ContentDeletionFailed',
            `Failed to delete all resource types, ${errors.length} remaining: ${[...errors].sort().join(', ')}`,
          ]
        : undefined,
      ['ContentDeleted', 'All content successfully deleted, may be waiting on finalization'],
    ],
    [
      'NamespaceContentRemaining',
      resources.size > 0
        ? [
            'SomeResourcesRemain',
            `Some resources are remaining: ${list(resources, (name, n) => `${name} has ${n} resource instances`)}`,
          ]
        : undefined,
      ['ContentRemoved', 'All content successfully removed'],
    ],
    [
      'NamespaceFinalizersRemaining',
      finalizers.size > 0
        ? [
            'SomeFinalizersRemain',
            `Some content in the namespace has finalizers remaining: ${list(finalizers, (name, n) => `${name} in ${n} resource instances`)}`,
          ]
        : undefined,
      ['ContentHasNoFinalizers', 'All content-preserving finalizers finished'],
    ],
  ];
  let conditions = [...(before ?? [])];
  for (const [type, problem, ok] of wanted) {
    const [reason, message] = problem ?? ok;
    const status = problem ? 'True' : 'False';
    conditions = withCondition(conditions, {
      type,
      status,
      reason,
      message,
      lastTransitionTime: rfc3339(now),
    });
  }
  return conditions;
}

function list(counts: ReadonlyMap<string, number>, text: (name: string, count: number) => string): string {
  return Array.from(counts, ([name, count]) => text(name, count))
    .sort()
    .join(', ');
}
