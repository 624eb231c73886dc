export { type ApplyRequest, applyConfiguration } from './apply/apply_configuration.ts';
export { type ApplyType, applyTypeOf } from './apply/apply_type.ts';
export { applyTypeOfSchema, type StructuralSchema } from './apply/apply_type_of_schema.ts';
export type { Versions } from './apply/apply_versions.ts';
export { textOfFields } from './apply/fields_text.ts';
export { managersOfScale, managersOfWorkload } from './apply/scale_managers.ts';
export { type ManagerContext, type TrackRequest, trackManagedFields } from './apply/track_managed_fields.ts';
export { decodeBase64, encodeBase64 } from './codec/base64.ts';
export { findDuplicateFields, mayRepeatFields } from './codec/duplicate_fields.ts';
export {
  hasOddNumbers,
  type NumberText,
  parseExact,
  plainNumbers,
  stringifyExact,
} from './codec/exact_numbers.ts';
export { type MessageCodec, makeMessageCodec } from './codec/grpc_messages.ts';
export {
  type DecodeLimits,
  decodeJson,
  decodeUtf8,
  defaultMaxDepth,
  encodeJson,
  parseJson,
} from './codec/json.ts';
export { jsonSyntaxError, maxJsonDepth } from './codec/json_syntax.ts';
export {
  decodeMessage,
  decodeUnknown,
  type Envelope,
  encodeMessage,
  encodeUnknown,
  encodeUnknownList,
  encodeWatchEvent,
  hasMessage,
  isEnvelope,
  openEnvelope,
  wrapMessage,
} from './codec/protobuf/kube_message.ts';
export { parseRepeatedFields } from './codec/repeated_fields.ts';
export { formatYaml, parseYaml, parseYamlDocuments } from './codec/yaml.ts';
export { findDuplicateYamlKeys } from './codec/yaml_duplicates.ts';
export { deepEqual, semanticEqual } from './deep_equal.ts';
export { durationProblem, formatDuration, parseDuration } from './duration.ts';
export {
  ApiError,
  hasStatusCause,
  isAlreadyExists,
  isApiError,
  isConflict,
  isExpired,
  isForbidden,
  isInvalid,
  isNotFound,
  isTooManyRequests,
  isUnauthorized,
  statusError,
} from './errors/api_error.ts';
export {
  alreadyExists,
  applyConflict,
  badRequest,
  conflict,
  expired,
  forbidden,
  type GroupKind,
  type GroupResource,
  generateNameConflict,
  gone,
  internalError,
  invalid,
  methodNotSupported,
  notAcceptable,
  notFound,
  requestEntityTooLarge,
  serverTimeout,
  serviceUnavailable,
  timeoutError,
  tooManyRequests,
  unauthorized,
  unsupportedMediaType,
} from './errors/make_error.ts';
export {
  duplicate,
  type FieldError,
  forbiddenField,
  internalFieldError,
  invalidValue,
  joinFieldErrors,
  notFoundValue,
  notSupported,
  required,
  tooFew,
  tooLong,
  tooLongCharacters,
  tooMany,
  tooShort,
  typeInvalid,
} from './field_error.ts';
export { schemaFingerprint } from './generated/schema.ts';
export type * from './generated/types.ts';
export { formatGo, goTypeOf } from './go_format.ts';
export { goQuote } from './go_quote.ts';
export {
  apiVersionOf,
  controllerOf,
  type KubeObject,
  type New,
  objectKey,
  splitApiVersion,
  splitKey,
} from './object.ts';
export { applyJsonPatch, type JsonPatchOperation } from './patch/json_patch.ts';
export { applyMergePatch, createMergePatch } from './patch/merge_patch.ts';
export { applyStrategicPatch } from './patch/strategic/strategic_patch.ts';
export { parseQuantity, QuantityError, QuantityValue, tryParseQuantity } from './quantity.ts';
export { dropEmpties, dropNulls, fillNulls, type NullPlan, nullPlan } from './schema/fill_nulls.ts';
export { typeNames, typeOfKind, typeSchema } from './schema/find_type.ts';
export { orderProblems } from './schema/order_problems.ts';
export {
  type PruneOptions,
  type PruneResult,
  pruneUnknownFields,
  readObject,
} from './schema/prune_fields.ts';
export { emptyObject } from './schema/read_plan.ts';
export { DecodeProblem } from './schema/read_value.ts';
export type * from './schema.ts';
export {
  escapeFieldValue,
  type FieldRequirement,
  formatFieldSelector,
  parseFieldSelector,
} from './selectors/field_selector.ts';
export type { LabelOperator, LabelRequirement } from './selectors/label_requirement.ts';
export {
  type LabelMatcher,
  labelSelectorMatcher,
  labelSetMatcher,
  parseLabelSelector,
} from './selectors/label_selector.ts';
export { labelKeyProblems, labelValueProblems } from './selectors/label_syntax.ts';
export { formatMicroTime, formatTime, type Instant, parseInstant } from './time.ts';
