// API priority and fairness: who waits when there are many requests.
export const priorityAndFairness = `
FlowSchema: Which requests go to which priority level. The first that matches counts.

FlowSchemaSpec: Which requests, and where they go.
  matchingPrecedence: Which schema is looked at first: lower numbers are, 1 to 10000. Default 1000.
  priorityLevelConfiguration: Where the requests go.
  distinguisherMethod: How requests are divided into flows, which wait in turn. Absent: all are one flow.
  rules: Which requests: one rule that matches is enough. Empty: none.

FlowDistinguisherMethod: How requests are divided into flows.
  type: ByUser or ByNamespace.

PriorityLevelConfigurationReference: A priority level.
  name: The name of the level.

PolicyRulesWithSubjects: Some requests: of one of the subjects, and matching one of the rules.
  subjects: Whose requests. One at least.
  resourceRules: Requests for resources.
  nonResourceRules: Requests for paths that are no resources.

flowcontrol.Subject: Whose requests. The field that the kind names is given.
  kind: User, Group or ServiceAccount.
  user: A user.
  group: A group.
  serviceAccount: A service account.

UserSubject: A user.
  name: The name of the user. *: everybody.

GroupSubject: A group.
  name: The name of the group. *: every group.

ServiceAccountSubject: A service account.
  namespace: Its namespace.
  name: Its name. *: every one of the namespace.

ResourcePolicyRule: Requests for resources.
  verbs: Which verbs. *: all.
  apiGroups: Which groups. *: all.
  resources: Which resources, with subresources as nodes/status. *: all.
  clusterScope: Whether requests count that are in no namespace. Default false.
  namespaces: In which namespaces. *: in all. May be empty only with clusterScope.

NonResourcePolicyRule: Requests for paths that are no resources.
  verbs: Which verbs. *: all.
  nonResourceURLs: Which paths, such as /healthz or /apis/*. *: all.

FlowSchemaStatus: How a schema is.
  conditions: Dangling: whether the level that it names is missing.

FlowSchemaCondition:
  type: Dangling.

PriorityLevelConfiguration: How many requests of some importance are handled at a time, and how the others
    wait.

PriorityLevelConfigurationSpec: How requests of the level are handled.
  type: Exempt (at once, without limit) or Limited.
  limited: How many, with Limited.
  exempt: What others can borrow, with Exempt.

LimitedPriorityLevelConfiguration: How many requests are handled at a time, and what becomes of others.
  nominalConcurrencyShares: The level's share of what the server handles at a time: its number against the sum
    of all levels. Default 30.
  lendablePercent: How many per cent of it others can borrow while it is not needed, 0 to 100. Default 0.
  borrowingLimitPercent: How many per cent of it may be borrowed from others beyond. Default: no limit.
  limitResponse: What becomes of requests for which there is no room.

ExemptPriorityLevelConfiguration: What others can borrow of an exempt level.
  nominalConcurrencyShares: The level's share of what the server handles at a time, for others to borrow. Its
    own requests are not bound by it. Default 0.
  lendablePercent: How many per cent of it others can borrow, 0 to 100. Default 0.

LimitResponse: What becomes of requests for which there is no room.
  type: Queue (they wait) or Reject (they are refused, with 429).
  queuing: How they wait, with Queue.

QueuingConfiguration: How requests wait.
  queues: How many queues there are. 1: fairness plays no part. Default 64.
  handSize: Among how many queues each flow has the shortest, by shuffle sharding. Not more than queues.
    Default 8.
  queueLengthLimit: How many requests wait in a queue at most; further ones are refused. Default 50.

PriorityLevelConfigurationStatus: How a level is.

PriorityLevelConfigurationCondition:
  type: What the condition is about.
`;
