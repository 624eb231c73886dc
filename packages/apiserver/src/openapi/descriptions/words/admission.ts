// Admission: webhooks and policies that check or change what is written.
export const admission = `
ValidatingWebhookConfiguration: Webhooks that can refuse what is written.
  webhooks: The webhooks, of different names. All that match are called, at the same time.

MutatingWebhookConfiguration: Webhooks that can change or refuse what is written.
  webhooks: The webhooks, of different names. Those that match are called one after the other.

ValidatingWebhook: A webhook that can refuse what is written.

MutatingWebhook: A webhook that can change or refuse what is written.
  reinvocationPolicy: Whether it is called again when others change the object after it: Never or IfNeeded
    (once more at most). Default Never.

ValidatingWebhook, MutatingWebhook:
  name: Its name, with a domain of three parts at least: check.example.com.
  clientConfig: How it is reached.
  rules: For which calls: one rule that matches is enough. Webhooks and admission policies themselves are
    never asked about.
  failurePolicy: What if it cannot be reached or answers nonsense: Fail (the call fails) or Ignore. Default
    Fail.
  matchPolicy: What a rule stands for: Exact (the very version), or Equivalent (the same object in another
    version too; it is converted). Default Equivalent.
  namespaceSelector: In which namespaces, by their labels. Does not concern objects in none, but namespaces
    themselves. Default: all.
  objectSelector: For which objects, by their labels, before or after the change. Default: all. Whoever writes
    can choose labels.
  matchConditions: Further conditions in CEL, at most 64. If one is false it is not called. On errors
    failurePolicy decides, unless another one is false.
  sideEffects: None or NoneOnDryRun: whether it changes anything beside its answer. Calls with dry run fail
    otherwise.
  timeoutSeconds: How many seconds it has to answer, 1 to 30. Default 10. Then failurePolicy decides.
  admissionReviewVersions: Which versions of AdmissionReview it understands, the best first. There must be one
    that the server knows: v1 or v1beta1.

admissionregistration.WebhookClientConfig, apiextensions.WebhookClientConfig: How a webhook is reached: by url
    or service, not both.
  url: Its address, as https://host:port/path, without user, query or fragment.
  service: A service of the cluster.
  caBundle: The authorities that its certificate is checked against, as PEM, in base64. Default: those that
    the server's system trusts.

admissionregistration.ServiceReference, apiextensions.ServiceReference: A service that webhooks are reached
    at.
  namespace: The namespace of the service.
  name: The name of the service.
  path: The path that is called. Default: none.
  port: The port of the service, 1 to 65535. Default 443.

RuleWithOperations, NamedRuleWithOperations: Some calls: all that match every field.
  operations: CREATE, UPDATE, DELETE, CONNECT, or * for all.
  apiGroups: Groups of the resources. *: all; then the only entry.
  apiVersions: Versions of the resources. *: all; then the only entry.
  resources: pods, pods/log, */scale; * for all resources, */* with all subresources, pods/* for those of
    pods.
  scope: Cluster (what is in no namespace), Namespaced, or * for both. Default *.
NamedRuleWithOperations:
  resourceNames: Only objects of these names. Empty: all.

MatchCondition: A condition in CEL.
  name: What it is called, unique in the list; with or without a domain.
  expression: An expression that gives a bool. It knows object, oldObject, request, authorizer, and in
    policies params and namespaceObject.

MatchResources: Some calls: rules that match, less those that are excluded.
  resourceRules: For which calls: one rule that matches is enough.
  excludeResourceRules: For which calls not, whatever else says.
  matchPolicy: What a rule stands for: Exact (the very version), or Equivalent (the same object in another
    version too; it is converted). Default Equivalent.
  namespaceSelector: In which namespaces, by their labels. Does not concern objects in none, but namespaces
    themselves. Default: all.
  objectSelector: For which objects, by their labels, before or after the change. Default: all.

ValidatingAdmissionPolicy: Rules in CEL that can refuse what is written. Does nothing without a binding.

ValidatingAdmissionPolicySpec: Which calls are checked, and how. validations or auditAnnotations are needed.
  matchConstraints: Which calls. Required.
  matchConditions: Further conditions in CEL, at most 64. If one is false nothing is checked.
  paramKind: The kind of objects with parameters. Absent: there are none.
  variables: Expressions that others can refer to, as variables.name. Each knows those before it.
  validations: What must be true.
  auditAnnotations: What is written to the audit log, at most 20 entries.
  failurePolicy: What on errors of expressions or settings: Fail (the call fails) or Ignore. Default Fail.

ParamKind: A kind of objects with parameters.
  apiVersion: Group and version of the kind.
  kind: The kind.

Variable: An expression that others can refer to.
  name: Its name, an identifier of CEL; unique in the policy.
  expression: The expression. It is only worked out when it is needed.

Validation: Something that must be true.
  expression: An expression in CEL that gives a bool. It knows object, oldObject, request, params,
    namespaceObject, variables and authorizer.
  message: What to say when it is false, in one line. Default: the expression. Needed where that has several
    lines.
  messageExpression: An expression in CEL that gives the message. It wins over message, unless it fails or
    gives nothing.
  reason: Why it is refused, which decides the HTTP code: Unauthorized, Forbidden, Invalid or
    RequestEntityTooLarge. Default Invalid.

AuditAnnotation: Something that is written to the audit log.
  key: Its key, up to 63 characters, unique in the policy. The name of the policy and a slash are put before
    it.
  valueExpression: An expression in CEL, up to 5 KiB, that gives text, or null for nothing. Of several
    bindings, different values are joined with commas.

ValidatingAdmissionPolicyStatus: How a policy is.
  typeChecking: What was found by checking the types in its expressions.

TypeChecking: What was found by checking types.
  expressionWarnings: What is likely wrong. Only hints.

ExpressionWarning: Something that is likely wrong with an expression.
  fieldRef: Which expression, by its path: spec.validations[0].expression.
  warning: What is wrong, with the kind that it was checked against.

ValidatingAdmissionPolicyBinding: Where a policy applies, and what it does there.

ValidatingAdmissionPolicyBindingSpec: Where a policy applies, and what it does there.
  policyName: The policy. Without it, nothing happens.
  paramRef: Objects with parameters. The policy is checked with each of them.
  matchResources: Which calls, of those that the policy matches. Default: all.
  validationActions: What when a check fails: Deny (refuse), Warn (answer with a warning), Audit (write to the
    audit log). Not Deny and Warn together.

ParamRef: Objects with parameters: by name or by selector, not both.
  name: The name of one object.
  selector: All objects with such labels. Empty: all.
  namespace: Where they are. Default: the namespace of the object that is written. Not for kinds in no
    namespace.
  parameterNotFoundAction: What if there are none: Allow (as if the binding had passed) or Deny (failurePolicy
    decides). Required.

MutatingAdmissionPolicy: Expressions in CEL that change what is written. Does nothing without a binding.

MutatingAdmissionPolicySpec: Which calls are changed, and how.
  matchConstraints: Which calls: of CREATE, UPDATE and CONNECT. Required.
  matchConditions: Further conditions in CEL, at most 64. If one is false nothing is changed.
  paramKind: The kind of objects with parameters. Absent: there are none.
  variables: Expressions that others can refer to, as variables.name. Each knows those before it.
  mutations: The changes, one after the other. One at least.
  failurePolicy: What on errors of expressions or settings: Fail (the call fails) or Ignore. Default Fail.
  reinvocationPolicy: Whether it is done again when others change the object after it: Never or IfNeeded.
    Required.

Mutation: One change. The field that patchType names is given.
  patchType: ApplyConfiguration or JSONPatch.
  applyConfiguration: Fields that are merged as by server-side apply.
  jsonPatch: Operations of a JSON patch.

ApplyConfiguration: Fields that are merged as by server-side apply.
  expression: An expression in CEL that gives an object: Object{spec: Object.spec{...}}. Atomic lists, maps
    and structures cannot be changed so.

JSONPatch: Operations of a JSON patch (RFC 6902).
  expression: An expression in CEL that gives a list: [JSONPatch{op: "add", path: "/metadata/labels/a", value:
    "b"}].

MutatingAdmissionPolicyBinding: Where a policy applies.

MutatingAdmissionPolicyBindingSpec: Where a policy applies.
  policyName: The policy. Without it, nothing happens.
  paramRef: Objects with parameters. The policy is applied with each of them.
  matchResources: Which calls, of those that the policy matches. Default: all.
`;
