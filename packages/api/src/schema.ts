// The shape of the generated type tables. One table drives JSON, protobuf, patches, apply, pruning,
// OpenAPI and validation of structure.

/** One type of the API or one message of a gRPC interface. */
export interface TypeSchema {
  /** Fields by JSON name. Absent for special types. */
  fields?: Record<string, FieldSchema>;
  /** Messages whose fields stand among ours in JSON, e.g. `core.v1.VolumeSource` in a Volume. */
  inline?: { n: number; type: string }[];
  /** Set for types whose JSON form is not an object of fields. */
  special?: SpecialType;
  /** [group, version, kind] for types that stand alone on the wire. */
  gvk?: [group: string, version: string, kind: string];
  /** Names of fields that OpenAPI lists as required. */
  required?: string[];
  /** `x-kubernetes-map-type: atomic`: apply treats a value of this type as one. */
  atomic?: boolean;
  unions?: unknown[];
}

export type SpecialType =
  | 'quantity'
  | 'intOrString'
  | 'time'
  | 'microTime'
  | 'duration'
  | 'fieldsV1'
  | 'stringList'
  | 'raw'
  | 'json'
  | 'schemaOrArray'
  | 'schemaOrBool'
  | 'schemaOrStringArray';

export interface FieldSchema {
  /** Protobuf field number; absent where the type has no protobuf form (CRDs of later versions, JSON-only types). */
  n?: number;
  /** A scalar (`string`, `int32`, `int64`, `uint32`, `uint64`, `bool`, `double`, `float`, `bytes`) or a type's short name. */
  type: string;
  /** A list, with its `x-kubernetes-list-type` (`atomic` when not stated). */
  list?: 'atomic' | 'set' | 'map';
  /** `x-kubernetes-list-map-keys`. */
  keys?: string[];
  /** A map from string (or `keyType`) to `type`. */
  map?: boolean;
  keyType?: string;
  /** Values of the map are lists of `type`. */
  listValues?: boolean;
  /** Items of the list are maps from string to `type`. */
  mapItems?: boolean;
  /** `x-kubernetes-map-type` of the field: `false` undoes the `atomic` of its type. */
  atomic?: boolean;
  /** A Go pointer: absent differs from empty. Without it protobuf always carries the field (lists and maps excepted). */
  ptr?: boolean;
  /** Written in JSON even when empty (no `omitempty`). */
  keep?: boolean;
  /** The Go type where it is a named one that no table tells: `v1.SecretType`, `[]v1.FinalizerName`. */
  go?: string;
  /** `x-kubernetes-patch-strategy`: `merge`, `replace`, `retainKeys` or a comma-separated pair. */
  patch?: string;
  /** `x-kubernetes-patch-merge-key`. */
  mergeKey?: string;
  /** The default of OpenAPI where it is not the empty value. */
  default?: unknown;
  /** `x-kubernetes-list-type` of what is text in JSON (bytes). */
  listed?: string;
  /** Whether OpenAPI states the empty value as the default, where that does not follow from `keep`, `ptr` and the type. */
  zero?: boolean;
  /** All values that there are (of the field, or of each item). */
  enum?: (string | number)[];
}

export interface GrpcMethod {
  request: string;
  response: string;
  requestStream?: boolean;
  responseStream?: boolean;
}
