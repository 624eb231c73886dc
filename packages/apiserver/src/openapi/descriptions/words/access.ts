// Who may do what: roles, tokens and questions about rights.
export const access = `
Role: Rights within a namespace.
  rules: What is allowed.

ClusterRole: Rights in the whole cluster, or for use in any namespace.
  rules: What is allowed. With aggregationRule, written by the controller.
  aggregationRule: Cluster roles whose rules are taken over, by their labels.

AggregationRule: Cluster roles whose rules are taken over.
  clusterRoleSelectors: Which cluster roles, by their labels. One selector that matches is enough.

RoleBinding: Who has the rights of a role in this namespace.
  roleRef: The role that is given: a Role of the namespace, or a ClusterRole. It never changes.
  subjects: Who gets it.

ClusterRoleBinding: Who has the rights of a cluster role everywhere.
  roleRef: The cluster role that is given. It never changes.
  subjects: Who gets it.

PolicyRule: Verbs that are allowed on some resources, or on some paths.
  verbs: What is allowed: get, list, watch, create, update, patch, delete and others. *: everything.
  apiGroups: Groups of the resources; "" is the core group, * all.
  resources: Which resources, such as pods or pods/log. *: all, with their subresources.
  resourceNames: Only objects of these names. Empty: all. Never matches create and deletecollection, which
    name no object.
  nonResourceURLs: Paths that are no resources, such as /healthz or /metrics/*. Only in cluster roles that are
    given everywhere. Not beside resources.

RoleRef: The role that is given.
  apiGroup: rbac.authorization.k8s.io.
  kind: Role or ClusterRole.
  name: The name of the role.

rbac.Subject: A user, a group or a service account.
  kind: User, Group or ServiceAccount.
  apiGroup: rbac.authorization.k8s.io for users and groups (the default), "" for service accounts.
  name: The name of the user, group or service account.
  namespace: The namespace of the service account. Not for users and groups.

authentication.TokenRequest: Asks for a token of a service account. Created as its subresource token.

TokenRequestSpec: What token is asked for.
  audiences: Whom the token is for. Whoever gets it should refuse it when not named here. Empty: the API
    server.
  expirationSeconds: How many seconds it should be valid, at least 600. Default 3600. The server may choose
    otherwise.
  boundObjectRef: An object that the token is only valid with: once it is deleted, the token is worth nothing.

BoundObjectReference: What a token lives and dies with.
  apiVersion: The group and version of the object.
  kind: Pod, Secret or Node.
  name: The name of the object.
  uid: The UID of the object.

TokenRequestStatus: The token.
  token: The token itself, a JWT.
  expirationTimestamp: Until when it is valid.

TokenReview: Asks whom a token belongs to. Nothing is stored.

TokenReviewSpec: The token in question.
  token: The token itself.
  audiences: Whom it should be for: one of them is enough. Default: the API server.

TokenReviewStatus: Whom a token belongs to.
  authenticated: Whether it is valid.
  user: Whom it belongs to.
  audiences: For which of the audiences it is valid. Empty though it is valid: the API server, whatever was
    asked.
  error: Why it could not be checked.

authentication.TokenRequest, TokenReview, SelfSubjectReview, SubjectAccessReview, LocalSubjectAccessReview:
  status: The answer. The server fills it in.
SelfSubjectAccessReview, SelfSubjectRulesReview:
  status: The answer. The server fills it in.
authentication.TokenRequest, TokenReview, SubjectAccessReview, LocalSubjectAccessReview:
  spec: The question.
SelfSubjectAccessReview, SelfSubjectRulesReview:
  spec: The question.

UserInfo: A user, as the server knows them.
  username: The name, unique among all who are there.
  uid: Tells the user from others of the same name, at other times.
  groups: The groups that the user is in.
  extra: What else was said of the user when they logged in.

SelfSubjectReview: Asks who oneself is. Nothing is stored.

SelfSubjectReviewStatus: Who one is.
  userInfo: Name, groups and the rest.

SubjectAccessReview: Asks whether a user may do something, in any namespace. Nothing is stored.

LocalSubjectAccessReview: Asks whether a user may do something in one namespace. Nothing is stored.

SelfSubjectAccessReview: Asks whether oneself may do something. Nothing is stored.

SubjectAccessReviewSpec: Who would do what. User or groups, and one of the two kinds of attributes, are given.
  user: The name of the user. Without it, the question is about the groups alone.
  groups: The groups that the user is in.
  uid: The UID of the user.
  extra: What else is known of the user.

SelfSubjectAccessReviewSpec: What one would do. One of the two kinds of attributes is given.

SubjectAccessReviewSpec, SelfSubjectAccessReviewSpec:
  resourceAttributes: Something done to a resource.
  nonResourceAttributes: Something done at a path that is no resource.

ResourceAttributes: Something done to a resource.
  verb: What is done: get, list, watch, create, update, patch, delete, proxy and others. *: everything.
  group: The group of the resource. *: all.
  version: The version of the resource. *: all.
  resource: The resource, such as pods. *: all.
  subresource: The subresource, such as log. Empty: the object itself.
  namespace: In which namespace. Empty: in all, or for a resource without namespaces. A
    LocalSubjectAccessReview needs its own.
  name: The name of the object. Empty: all.
  fieldSelector: By which fields a list, watch or deletecollection is limited. Some authorizers look at it.
  labelSelector: By which labels a list, watch or deletecollection is limited. Some authorizers look at it.

FieldSelectorAttributes, LabelSelectorAttributes: A selector, as text or in terms, not both.
  rawSelector: The selector as in a query: a=b,c!=d. Servers parse it; webhooks get terms instead.
  requirements: The terms, all of which must hold.

NonResourceAttributes: Something done at a path that is no resource.
  path: The path, such as /healthz.
  verb: The method in lowercase: get, post, put and so on.

SubjectAccessReviewStatus: Whether it is allowed.
  allowed: Whether it is allowed.
  denied: Whether it is expressly forbidden, so that nobody else is asked. Never together with allowed.
  reason: Why, for people.
  evaluationError: What went wrong meanwhile. There can be an answer all the same.

SelfSubjectRulesReview: Asks what oneself may do in a namespace. Not meant for decisions, but to show people
    what they can do.

SelfSubjectRulesReviewSpec: Where one would do it.
  namespace: In which namespace. Required.

SubjectRulesReviewStatus: What one may do in a namespace.
  resourceRules: What one may do to resources.
  nonResourceRules: What one may do at paths that are no resources.
  incomplete: Whether there may be more: some authorizers cannot list their rules.
  evaluationError: What went wrong meanwhile. What was found counts all the same.

ResourceRule: What one may do to some resources.
  verbs: What: get, list, watch, create, update, patch, delete and others. *: everything.
  apiGroups: Groups of the resources. *: all.
  resources: Which resources, such as pods or pods/log. *: all.
  resourceNames: Only objects of these names. Empty: all.

NonResourceRule: What one may do at some paths.
  verbs: Methods in lowercase. *: everything.
  nonResourceURLs: Which paths. * may stand for the end of a path.
`;
