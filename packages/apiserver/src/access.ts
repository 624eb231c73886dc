// Who may do what: the interfaces between the pipeline and authentication, authorization and admission.
import type { KubeObject, UserInfo } from '@kubets/api';
import type { ApiRequest } from './request.ts';

export interface Authenticator {
  readonly name: string;
  /** The user, or undefined when this authenticator has nothing to say. Throws ApiError 401 for a bad credential. */
  authenticate(request: ApiRequest): Promise<UserInfo | undefined> | UserInfo | undefined;
}

/** What is asked for, as authorizers see it (SubjectAccessReview's attributes). */
export interface Attributes {
  user: UserInfo;
  verb: string;
  /** Empty for non-resource requests. */
  resource: string;
  subresource: string;
  group: string;
  version: string;
  namespace: string;
  name: string;
  /** The path for non-resource requests. */
  path: string;
  isResourceRequest: boolean;
}

export type Decision = { decision: 'allow' | 'deny' | 'none'; reason: string };

export interface Authorizer {
  readonly name: string;
  authorize(attributes: Attributes): Promise<Decision> | Decision;
  /** For SelfSubjectRulesReview; `incomplete` says why these are not all. */
  rulesFor?(
    user: UserInfo,
    namespace: string,
  ): { resourceRules: object[]; nonResourceRules: object[]; incomplete?: string };
}

/** Reads of the server's own caches, for authorizers and admission: always current, never remote. */
export interface Reader {
  get<T extends KubeObject>(
    group: string,
    resource: string,
    namespace: string | undefined,
    name: string,
  ): T | undefined;
  /** `where` narrows it to what may matter, for whoever would look through many; in no order then. */
  list<T extends KubeObject>(
    group: string,
    resource: string,
    namespace?: string,
    where?: FieldEquals,
  ): readonly T[];
}

/** A field of `selectableFields` and the value that it has. */
export interface FieldEquals {
  field: string;
  value: string;
}

export interface AdmissionRequest {
  operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';
  group: string;
  version: string;
  resource: string;
  subresource: string;
  kind: string;
  namespace: string;
  name: string;
  user: UserInfo;
  dryRun: boolean;
  /** The object to be written; mutating plugins change it in place. Undefined for DELETE. */
  object: any;
  /** The object as it is; undefined for CREATE. */
  old: any;
  /** DeleteOptions, PodExecOptions and the like. */
  options?: any;
  /** Adds a `Warning` header to the answer. */
  warn(message: string): void;
  /** Adds an annotation to the audit event. */
  annotate?(key: string, value: string): void;
}

/** One admission plugin. Throws ApiError (403 Forbidden mostly) to refuse. */
export interface AdmissionPlugin {
  readonly name: string;
  handles(request: AdmissionRequest): boolean;
  admit?(request: AdmissionRequest): Promise<void> | void;
  validate?(request: AdmissionRequest): Promise<void> | void;
}

/** Signs and checks service account tokens. */
export interface TokenIssuer {
  readonly issuer: string;
  sign(claims: Record<string, unknown>): Promise<string>;
  /** Claims of a token that this issuer signed and that has not expired; undefined otherwise. */
  verify(token: string): Promise<Record<string, any> | undefined>;
  /** Public keys, for `/openid/v1/jwks`. */
  jwks(): object;
}
