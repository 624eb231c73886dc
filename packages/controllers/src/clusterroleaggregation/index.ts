import { type ClusterRole, labelSelectorMatcher, type PolicyRule } from '@kubets/api';
import { refs } from '@kubets/client';
import { canonicalJson } from '../runtime/canonical_json.ts';
import type { ControllerDefinition } from '../runtime/controller.ts';
import { semanticEqual } from '../runtime/equal.ts';
import { watch } from '../runtime/watch.ts';

/** Fills the rules of cluster roles that are made of others (admin, edit, view). */
export const clusterRoleAggregationController: ControllerDefinition = {
  name: 'clusterrole-aggregation-controller',
  create({ client, caches }) {
    const roles = caches.of(refs.clusterRoles);
    const aggregates = new Set<string>();
    return [
      {
        name: 'clusterroleaggregation',
        watches: [
          watch(roles, (role, old) => {
            const { name } = (role ?? old)!.metadata;
            if (role?.aggregationRule) aggregates.add(name);
            else aggregates.delete(name);
            return [...aggregates].filter((aggregate) => {
              if (aggregate === name) return true;
              const target = roles.get(aggregate);
              return target && ((role && isPartOf(role, target)) || (old && isPartOf(old, target)));
            });
          }),
        ],
        async reconcile(name) {
          const role = roles.get(name);
          if (!role?.aggregationRule) return;
          const rules = aggregateRules(role, roles.list());
          if (semanticEqual(role.rules, rules)) return;
          await client.update(refs.clusterRoles, { ...role, rules });
        },
      },
    ];
  },
};

/** Rules of all roles that match, by the roles' names, each once. */
export function aggregateRules(role: ClusterRole, roles: Iterable<ClusterRole>): PolicyRule[] {
  const rules = new Map<string, PolicyRule>();
  const parts = [...roles].filter((other) => isPartOf(other, role));
  for (const part of parts.sort((a, b) => (a.metadata.name < b.metadata.name ? -1 : 1))) {
    for (const rule of part.rules ?? []) {
      const key = canonicalJson(rule);
      if (!rules.has(key)) rules.set(key, rule);
    }
  }
  return [...rules.values()];
}

function isPartOf(part: ClusterRole, whole: ClusterRole): boolean {
  if (part.metadata.name === whole.metadata.name) return false;
  return (whole.aggregationRule?.clusterRoleSelectors ?? []).some((selector) =>
    labelSelectorMatcher(selector).matches(part.metadata.labels),
  );
}
