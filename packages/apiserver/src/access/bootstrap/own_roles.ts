// Roles beyond upstream's: for parts that upstream does not have. Notation: see ./roles.ts.
import type { DefaultBinding, DefaultRole } from './roles.ts';

export const ownRoles: readonly DefaultRole[] = [
  {
    // Service rules, host ports and DNS of a node, in one process.
    name: 'kubets:node-network',
    rules: [
      'get,list,watch core services,endpoints,nodes,namespaces,pods',
      'get,list,watch discovery.k8s.io endpointslices',
      'create,patch,update core,events.k8s.io events',
    ],
  },
];

export const ownRoleBindings: readonly DefaultBinding[] = [
  { name: 'kubets:node-network', role: 'kubets:node-network', subjects: ['User kubets:node-network'] },
];
