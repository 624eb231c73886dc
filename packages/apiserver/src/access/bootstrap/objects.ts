// What a new cluster holds before anyone writes to it.
import type { KubeObject, New, PriorityClass } from '@kubets/api';
import { clusterRoles } from './cluster_roles.ts';
import { controllerRoleBindings, controllerRoles } from './controller_roles.ts';
import { clusterRoleBindings, namespaceRoleBindings, namespaceRoles } from './namespace_roles.ts';
import { ownRoleBindings, ownRoles } from './own_roles.ts';
import { bindingObject, roleObject } from './roles.ts';

export interface BootstrapObject {
  group: string;
  resource: string;
  object: New<KubeObject> & Record<string, any>;
}

const priorityClasses: New<PriorityClass>[] = [
  systemPriorityClass('system-node-critical', 2_000_001_000, 'Pods that the node itself cannot do without.'),
  systemPriorityClass('system-cluster-critical', 2_000_000_000, 'Pods that the cluster cannot do without.'),
];

/** All of them, in the order in which they are made. */
export function bootstrapObjects(): BootstrapObject[] {
  const rbac =
    (resource: string) =>
    (object: any): BootstrapObject => ({ group: 'rbac.authorization.k8s.io', resource, object });
  return [
    ...priorityClasses.map((object) => ({ group: 'scheduling.k8s.io', resource: 'priorityclasses', object })),
    ...[...clusterRoles, ...controllerRoles, ...ownRoles].map(roleObject).map(rbac('clusterroles')),
    ...[...clusterRoleBindings, ...controllerRoleBindings, ...ownRoleBindings]
      .map(bindingObject)
      .map(rbac('clusterrolebindings')),
    ...namespaceRoles.map(roleObject).map(rbac('roles')),
    ...namespaceRoleBindings.map(bindingObject).map(rbac('rolebindings')),
  ];
}

function systemPriorityClass(name: string, value: number, description: string): New<PriorityClass> {
  return {
    apiVersion: 'scheduling.k8s.io/v1',
    kind: 'PriorityClass',
    metadata: { name },
    value,
    description,
    preemptionPolicy: 'PreemptLowerPriority',
  };
}
