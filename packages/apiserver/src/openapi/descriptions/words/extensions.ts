// Kinds and servers that are added to the API.
export const extensions = `
CustomResourceDefinition: A kind of object that the cluster learns. It is called plural.group.

CustomResourceDefinitionSpec: What the kind is called, where its objects are, and which versions it has.
  group: The group of the kind, such as example.com. It never changes.
  names: What the kind is called.
  scope: Namespaced or Cluster. It never changes.
  versions: The versions of the kind. Exactly one is stored. Stable ones come first, then beta, then alpha,
    newer before older.
  conversion: How objects get from one version to another. Default: only apiVersion changes.
  preserveUnknownFields: Whether fields that no schema knows are kept. Only false is allowed here; what is
    left of v1beta1.

CustomResourceDefinitionNames: What a kind is called. All of it must be free in the group.
  plural: As in paths: widgets. Lowercase. It never changes.
  singular: In lowercase. Default: the kind in lowercase.
  kind: The kind, in CamelCase: Widget.
  listKind: The kind of lists. Default: the kind with List after it.
  shortNames: Abbreviations, in lowercase.
  categories: Groups of resources that it belongs to, such as all.

CustomResourceDefinitionVersion: A version of a kind.
  name: What it is called: v1, v1beta1 and so on.
  served: Whether the server answers for it.
  storage: Whether objects are stored in it. Exactly one version is.
  deprecated: Whether clients get a warning when they use it. Default false.
  deprecationWarning: The warning. Only with deprecated. Default: that the version is deprecated, and which
    newer one there is.
  schema: What its objects look like. Required.
  subresources: Which subresources objects have. Default: none.
  additionalPrinterColumns: Columns of the table that kubectl get shows. Default: the age.
  selectableFields: Fields that objects can be chosen by, in lists and watches; at most 8.

CustomResourceValidation: What objects of a version look like.
  openAPIV3Schema: As a structural schema. What it does not know is dropped.

CustomResourceSubresources: Subresources of objects.
  status: Gives objects the subresource status: there, only the status can be written, and elsewhere all but
    it.
  scale: Gives objects the subresource scale, for autoscalers.

CustomResourceSubresourceStatus: The subresource status. It has no settings.

CustomResourceSubresourceScale: Where an object keeps what the subresource scale shows.
  specReplicasPath: Where the wanted number is, such as .spec.replicas. Below .spec, without array notation.
  statusReplicasPath: Where the number is that there are, such as .status.replicas. Below .status.
  labelSelectorPath: Where the selector of pods is, as text, below .spec or .status. Needed by the
    HorizontalPodAutoscaler.

CustomResourceColumnDefinition: A column of a table.
  name: The heading.
  type: integer, number, string, boolean or date.
  format: A format of OpenAPI, such as name for the column that identifies the object.
  description: What the column tells, for people.
  priority: 0: always shown; higher: only with -o wide. Default 0.
  jsonPath: Where in the object, such as .spec.version.

SelectableField: A field that objects can be chosen by.
  jsonPath: Where in the object, such as .spec.color: text, a bool or an integer. Not in metadata, and no
    list.

CustomResourceConversion: How objects get from one version to another.
  strategy: None (only apiVersion changes) or Webhook. Default None.
  webhook: The webhook. Required with Webhook.

WebhookConversion: A webhook that converts.
  clientConfig: How it is reached. Required.
  conversionReviewVersions: Which versions of ConversionReview it understands, the best first. There must be
    one that the server knows: v1 or v1beta1.

CustomResourceDefinitionStatus: How a definition is.
  acceptedNames: The names that are in force. They can differ from the wanted ones when these are taken.
  storedVersions: In which versions objects may be stored: all that ever were the stored one. Taking one out
    is up to whoever has rewritten the objects.
  conditions: Established, NamesAccepted, NonStructuralSchema, Terminating,
    KubernetesAPIApprovalPolicyConformant.
  observedGeneration: The generation of the definition that the server goes by. Beta:
    CRDObservedGenerationTracking.

CustomResourceDefinitionCondition:
  type: Established (it is served), NamesAccepted, NonStructuralSchema, Terminating (its objects are being
    deleted) or KubernetesAPIApprovalPolicyConformant.
  observedGeneration: The generation that the condition is about. Beta: CRDObservedGenerationTracking.

JSONSchemaProps: What some part of an object looks like: JSON Schema as OpenAPI v3 has it, and extensions of
    Kubernetes.
  $ref: Another schema. Not allowed in a definition.
  $schema: The version of JSON Schema. Nothing is made of it.
  id: The identifier of the schema. Not allowed in a definition.
  title: A heading, for people.
  description: What it means, for people. kubectl explain shows it.
  type: object, array, string, integer, number or boolean. Every part has one, unless int-or-string or
    preserve-unknown-fields says otherwise.
  format: A further check for its type: int32, int64, date, date-time, duration, byte, email, hostname, ipv4,
    ipv6, cidr, uri, uuid, password and others. Unknown ones are ignored.
  default: The value where none is given, filled in when objects are written and read. It must fit the schema.
  enum: All values that are allowed.
  nullable: Whether null is allowed. Default false: then null is dropped where there is a default, and else an
    error.
  example: A value, for people.
  externalDocs: More about it, elsewhere.
  maximum: The greatest number.
  exclusiveMaximum: Whether maximum itself is too much. Default false.
  minimum: The least number.
  exclusiveMinimum: Whether minimum itself is too little. Default false.
  multipleOf: The number must be a multiple of this.
  maxLength: How many characters a text may have.
  minLength: How many characters a text must have.
  pattern: A regular expression that a text must match, anywhere in it, unless ^ and $ tie it.
  maxItems: How many items a list may have.
  minItems: How many items a list must have.
  uniqueItems: Whether items must differ. Only false is allowed; use x-kubernetes-list-type: set.
  items: What each item of a list looks like. One schema for all.
  additionalItems: What further items look like. Not allowed in a definition.
  maxProperties: How many keys an object may have.
  minProperties: How many keys an object must have.
  required: Keys that an object must have.
  properties: What the values of known keys look like.
  additionalProperties: What the values of other keys look like, for maps. Not together with properties.
  patternProperties: What the values of keys look like that match an expression. Not allowed in a definition.
  dependencies: What other keys a key demands. Not allowed in a definition.
  definitions: Schemas for $ref. Not allowed in a definition.
  allOf: All of these must fit. They may only check what properties already describe.
  anyOf: One of these at least must fit. They may only check what properties already describe.
  oneOf: Exactly one of these must fit. They may only check what properties already describe.
  not: This must not fit. It may only check what properties already describe.
  x-kubernetes-embedded-resource: Whether it is an object of Kubernetes itself, with apiVersion, kind and
    metadata, which are checked. Default false.
  x-kubernetes-int-or-string: Whether integers and texts are both allowed. Then without type. Default false.
  x-kubernetes-list-map-keys: For lists of type map: the fields that tell items apart. They are required, or
    have defaults.
  x-kubernetes-list-type: How apply treats a list: atomic (as one), set (of different values) or map (of items
    by their keys). Default atomic.
  x-kubernetes-map-type: How apply treats an object: granular (field by field) or atomic (as one). Default
    granular.
  x-kubernetes-preserve-unknown-fields: Whether fields that the schema does not know are kept. Only true is
    allowed. Default: they are dropped.
  x-kubernetes-validations: Rules in CEL that must hold.

JSONSchemaPropsOrArray: A schema. Lists of schemas are not allowed.
JSONSchemaPropsOrBool: A schema, or true (anything) or false (nothing).
JSONSchemaPropsOrStringArray: A schema, or a list of keys.
JSON: Any JSON: text, number, bool, null, list or object.

ExternalDocumentation: More about a schema, elsewhere.
  url: Where it is.
  description: What is there, for people.

ValidationRule: A rule in CEL.
  rule: An expression that gives a bool. self is the value; oldSelf, where it stands, the one before the
    change: the rule then only holds for updates.
  message: What to say when it is false, in one line. Default: the rule. Needed where that has several lines.
  messageExpression: An expression in CEL that gives the message. It wins over message, unless it fails or
    gives nothing.
  reason: Why it is refused: FieldValueInvalid, FieldValueForbidden, FieldValueRequired or
    FieldValueDuplicate. Default FieldValueInvalid.
  fieldPath: Which field the error is about, such as .spec.color, seen from the value. Default: the value
    itself.
  optionalOldSelf: Whether a rule with oldSelf holds at creation too; oldSelf is then an optional of CEL.
    Default false.

APIService: Who serves a version of an API group. It is called version.group.

APIServiceSpec: Who serves which version, and in what order they are listed.
  group: The group.
  version: The version.
  service: The service that answers, by HTTPS. Absent: this server itself.
  caBundle: The authorities that its certificate is checked against, as PEM, in base64.
  insecureSkipTLSVerify: Whether its certificate is not checked. Not together with caBundle. Default false:
    better so.
  groupPriorityMinimum: How early the group is listed: higher first; the greatest of all its versions counts.
    1 to 20000. For kubectl, when a name is ambiguous.
  versionPriority: How early the version is listed within its group: higher first, 1 to 1000. Equal ones by
    their names: v10, v2, v1, v3beta1, v1alpha1.

apiregistration.ServiceReference: A service that serves a version.
  namespace: The namespace of the service.
  name: The name of the service.
  port: The port of the service, 1 to 65535. Default 443.

APIServiceStatus: Whether a version is served.
  conditions: Available.

APIServiceCondition:
  type: Available.

StorageVersion: In which versions the API servers of the cluster store objects of a resource. Alpha: needs
    StorageVersionAPI.
StorageVersionSpec: Nothing: servers only tell what is.

StorageVersionStatus: What the servers store.
  storageVersions: What each server says.
  commonEncodingVersion: The version that all of them store in. Absent where they differ.
  conditions: AllEncodingVersionsEqual.

StorageVersionCondition:
  type: AllEncodingVersionsEqual.

ServerStorageVersion: What one API server says.
  apiServerID: Which server.
  encodingVersion: In which version it stores.
  decodableVersions: Which versions it can read.
  servedVersions: Which versions it answers for; a part of decodableVersions.

StorageVersionMigration: Rewrites all objects of a resource in the version that is stored now. Beta, off by
    default: StorageVersionMigrator.

StorageVersionMigrationSpec: What is rewritten.
  resource: Which resource. It never changes.

StorageVersionMigrationStatus: How far it is.
  resourceVersion: Objects older than this version of the list are rewritten.
  conditions: Running, Succeeded or Failed.
`;
