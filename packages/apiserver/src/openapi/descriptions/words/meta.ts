// What every object has, and what calls take and answer.
export const meta = `
*:
  apiVersion: The group and version of the kind, such as apps/v1; of the core group, only the version.
  kind: What the object is, in CamelCase. It never changes.
  metadata: Name, place, labels and what the server keeps of the object.
  spec: What is wanted.
  status: What is, as last observed. Only controllers write it, through the status subresource.
  conditions: What is true of the object, aspect by aspect. At most one entry of each type.
  observedGeneration: The generation (metadata.generation) that this is about. While it is lower, the newest
    change has not been looked at.

*List: Objects of one kind: all that were asked for, or one page of them.
  metadata: The version of the list, and where the next page begins.
  items: The objects of the list.

*Condition: One aspect of the state, as it was last observed.
  type: Which aspect it is, in CamelCase.
  status: True, False or Unknown.
  reason: Why, as one word for programs, in CamelCase.
  message: Why, for people.
  lastTransitionTime: When the status last went from one value to another.
  lastUpdateTime: When the condition was last written.
  lastProbeTime: When the condition was last checked. Mostly left out.

Condition:
  observedGeneration: The generation (metadata.generation) that the condition is about. While it is lower, the
    condition is of an older specification.
  lastTransitionTime: When the status last went from one value to another. Where that is not known, the last
    change of the condition.
  reason: Why, as one word for programs: letters, digits, underscores, commas and colons, up to 1,024
    characters. Required.
  message: Why, for people, in up to 32,768 characters. Required, but may be empty.

ObjectMeta: What every stored object has: its name, its place, its labels, and what the server knows of it.
  name: Unique among objects of the kind, in the namespace where it has one. It never changes. Required unless
    generateName is given. For most kinds: lowercase letters, digits, - and ., up to 253.
  generateName: The beginning of a name, to which the server adds five random characters. Only read at
    creation, where no name is given.
  namespace: The namespace that the object is in; empty for what belongs to the whole cluster. It never
    changes.
  labels: Short texts by key, by which objects are chosen. Values have up to 63 characters: letters, digits,
    -, _ and . between a letter or digit on both ends.
  annotations: Texts by key for tools and people; up to 256 KiB altogether. Nothing is chosen by them.
  uid: Tells this object from all others, before and after it, of the same name. The server sets it.
  resourceVersion: Changes with every write. Sent with an update, it has to be the current one, or the update
    fails with a conflict.
  generation: Counts the changes of what is wanted. The server sets it.
  creationTimestamp: When the object was created, in UTC. The server sets it.
  deletionTimestamp: When the object is to go; set once somebody has asked for it, and never taken back. The
    object remains while it has finalizers.
  deletionGracePeriodSeconds: How many seconds the object has to end once its deletion was asked for. It can
    only be shortened.
  finalizers: What has to be done before the object may go. Each entry is removed by whoever has done it, in
    any order.
  ownerReferences: Objects that this one belongs to. It is deleted when the last of them has gone. Owners are
    in the same namespace or in none.
  managedFields: Which manager has set which field. Kept by the server, for server-side apply.
  selfLink: Not used any more: the server leaves it empty.

ListMeta: What every list has beside its items.
  continue: Asks for the next page when it is sent back with the same question. Empty: this was the last. It
    ends after some minutes (410 Gone).
  remainingItemCount: How many objects follow after this page, roughly. Absent where it is not known, as with
    a selector.
  resourceVersion: The version of the list: a watch can begin there.
  selfLink: Not used any more: the server leaves it empty.
  shardInfo: Set where the list is only one shard of all objects. Alpha: needs ShardedListAndWatch.

ShardInfo: Which part of all objects a list holds.
  selector: The shard that was asked for, as the question said it.

OwnerReference: An object that this one belongs to. When all owners are gone, the garbage collector deletes
    it.
  apiVersion: The group and version of the owner.
  kind: The kind of the owner.
  name: The name of the owner.
  uid: The UID of the owner. An object of the same name with another UID is no owner.
  controller: Whether this owner manages the object. At most one does.
  blockOwnerDeletion: In a foreground deletion, the owner stays until this object has gone. Default false.
    Setting it takes the right to update the owner's finalizers.

ManagedFieldsEntry: Which fields one manager has set, with which operation and version.
  manager: Who wrote the fields: the name that the client gave, or its program.
  operation: Apply (server-side apply) or Update (every other write).
  apiVersion: In which version of the kind the fields are named.
  subresource: The subresource through which they were written, such as status or scale. Empty: the object
    itself.
  fieldsType: The form of fieldsV1. There is only FieldsV1.
  fieldsV1: The fields, as a tree.
  time: When the manager last changed its fields.

FieldsV1: A set of fields as JSON: f:name for a field, k:{...} for an item of a list by its keys, v:... for an
    item by its value, i:n by its place.

LabelSelector: Chooses objects by their labels. All terms must hold. An empty selector chooses everything, an
    absent one nothing.
  matchLabels: Labels that must have exactly these values.
  matchExpressions: Further terms, all of which must hold too.

LabelSelectorRequirement: One term of a selector: a key, an operator and values.
  key: The label that the term is about.
  operator: In, NotIn, Exists or DoesNotExist. NotIn holds too where the label is missing.
  values: For In and NotIn: one value at least. For Exists and DoesNotExist: none.

FieldSelectorRequirement: One term of a selector by fields: a key, an operator and values.
  key: The path of the field, such as spec.nodeName.
  operator: In, NotIn, Exists or DoesNotExist.
  values: For In and NotIn: one value at least. For Exists and DoesNotExist: none.

DeleteOptions: How an object is deleted.
  dryRun: All: everything is checked, and nothing is deleted.
  gracePeriodSeconds: How many seconds the object has to end. 0: at once. Default: what the kind or the object
    says, such as 30 for pods.
  orphanDependents: The old form of propagationPolicy: true for Orphan, false for Background. Not both may be
    given.
  propagationPolicy: What becomes of objects that this one owns: Background (deleted after it), Foreground
    (deleted before it) or Orphan (they stay). The default depends on the kind, mostly Background.
  preconditions: What must be true of the object, else nothing is deleted (409 Conflict).
  ignoreStoreReadErrorWithClusterBreakingPotential: Deletes an object that can no longer be read, without
    finalizers and grace. Alpha: needs AllowUnsafeMalformedObjectDeletion and the verb
    unsafe-delete-ignore-read-errors.

Preconditions: What must be true of an object for it to be deleted.
  uid: The UID that it must have.
  resourceVersion: The version that it must have.

Patch: Changes to an object: a JSON patch, a merge patch, a strategic merge patch or a configuration to apply,
    by the content type of the call.

Status: The outcome of a call that answers with no object: mostly, why it failed.
  metadata: Empty, mostly.
  status: Success or Failure.
  code: The HTTP status code. 0: none was given.
  reason: Why it failed, as one word for programs, such as NotFound, Conflict or Invalid. Only a refinement of
    the code.
  message: What happened, for people.
  details: What the call was about, and what was wrong with it. Depends on the reason.

StatusDetails: More about the outcome of a call.
  group: The group of the object that the call was about.
  kind: The kind of the object; with some reasons, the name of the resource.
  name: The name of the object.
  uid: The UID of the object, where there is just one.
  causes: Each thing that was wrong.
  retryAfterSeconds: After how many seconds it makes sense to try again.

StatusCause: One thing that was wrong with a call.
  field: Which field it is about, such as spec.containers[0].image.
  reason: What kind of mistake it is, as one word, such as FieldValueRequired.
  message: What is wrong, for people.

WatchEvent: One change, in the answer to a watch.
  type: ADDED, MODIFIED, DELETED, BOOKMARK (only a new version to go on from) or ERROR.
  object: The object after the change; when it was deleted, before it. With ERROR: a Status.

Time: A moment as in RFC 3339, to the second.
MicroTime: A moment as in RFC 3339, to the microsecond.
Quantity: A number with a unit: 500m, 1.5, 2Gi, 10M. Units are n, u, m, k, M, G, T, P, E and Ki, Mi, Gi, Ti,
    Pi, Ei. Compared by value, not by text.
IntOrString: A number or a text, such as 8080 or "http", 1 or "25%".
RawExtension: Any JSON object, of a kind that the server need not know.

APIVersions: Which versions the core group has.
  versions: The names of the versions, such as v1.
  serverAddressByClientCIDRs: Where clients of some networks reach the server best.

APIGroupList: All groups of the API but the core group.
  groups: The groups, in order of their priority.

APIGroup: One group of the API, and its versions.
  name: The name of the group, such as apps.
  versions: The versions that are served, the best first.
  preferredVersion: The version that clients should take when they have no reason for another one.
  serverAddressByClientCIDRs: Where clients of some networks reach the server best.

GroupVersionForDiscovery: One version of a group.
  groupVersion: Group and version, as in apiVersion: apps/v1.
  version: The version alone: v1.

ServerAddressByClientCIDR: An address of the server for clients of one network.
  clientCIDR: The network of the clients.
  serverAddress: Host and port of the server, for them.

APIResourceList: The resources of one version of a group.
  groupVersion: Which version it is, as in apiVersion.
  resources: Names, kinds and verbs of the resources.

APIResource: A resource, and what can be done with it.
  name: The plural, as in paths: pods. Subresources follow a slash: pods/log.
  singularName: The singular, for people to type. Empty for subresources.
  shortNames: Abbreviations, such as po.
  namespaced: Whether its objects are in namespaces.
  kind: The kind of its objects.
  group: The group of the kind, where it is not that of the list.
  version: The version of the kind, where it is not that of the list.
  verbs: What can be done with it, such as get, watch or create.
  categories: Groups of resources that it belongs to, such as all.
  storageVersionHash: Changes when objects are stored in another version. Beta: StorageVersionHash.

GroupResource: A resource, by its name and group.
  group: The group; empty for the core group.
  resource: The plural name, such as deployments.

Info: Which server this is, as kubectl version shows it.
  major: The first number of the release.
  minor: The second number of the release.
  gitVersion: The release, such as v1.36.0.
  gitCommit: The commit that the server was built from.
  gitTreeState: Whether the tree was clean or dirty then.
  buildDate: When the server was built.
  goVersion: With what the server was compiled, or what runs it.
  compiler: Which compiler that was.
  platform: Operating system and architecture, such as linux/amd64.
  emulationMajor: The first number of the release that the server behaves like.
  emulationMinor: The second number of the release that the server behaves like.
  minCompatibilityMajor: The first number of the oldest release that the server can be rolled back to.
  minCompatibilityMinor: The second number of the oldest release that the server can be rolled back to.

LocalObjectReference: Another object of the same namespace, by its name.
  name: The name of the object.

ObjectReference: Another object, by as much as is known of it.
  apiVersion: The group and version of the object.
  kind: The kind of the object.
  namespace: The namespace of the object.
  name: The name of the object.
  uid: The UID of the object.
  resourceVersion: The version of the object that was meant, where there was one.
  fieldPath: A part of the object, such as spec.containers{web}.

core.TypedLocalObjectReference: An object of some kind in the same namespace.
  apiGroup: The group of the kind. Absent: the core group.
  kind: The kind of the object.
  name: The name of the object.

TypedObjectReference: An object of some kind, of this namespace or another one.
  apiGroup: The group of the kind. Absent: the core group.
  kind: The kind of the object.
  name: The name of the object.
  namespace: The namespace of the object, where it is another one. A ReferenceGrant there must allow it.
    Alpha: needs CrossNamespaceVolumeDataSource.

SecretReference: A secret, by its name and namespace.
  name: The name of the secret.
  namespace: The namespace of the secret.
`;
