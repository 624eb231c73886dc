import type { Authorizer } from '../../access.ts';

/** The group of whoever holds the cluster's administrator certificate; nothing can take its rights away. */
const superusers = 'system:masters';

export const superuserAuthorizer: Authorizer = {
  name: 'AlwaysAllowGroups',
  authorize: ({ user }) =>
    user.groups?.includes(superusers) ? { decision: 'allow', reason: '' } : { decision: 'none', reason: '' },
  // The role of whoever is in the group says the same.
  rulesFor: () => ({ resourceRules: [], nonResourceRules: [] }),
};
