// What the API server needs to know of a kind. Everything generic is driven by this.

import type { FieldError, KubeObject, UserInfo } from '@kubets/api';
import type { Clock, Random } from '@kubets/base';

export interface ResourceId {
  group: string;
  /** The served stable version, which is the stored one too. */
  version: string;
  /** Plural, lower case. */
  resource: string;
  kind: string;
  singular: string;
  shortNames?: readonly string[];
  categories?: readonly string[];
}

export type Verb = 'create' | 'get' | 'list' | 'watch' | 'update' | 'patch' | 'delete' | 'deletecollection';

export interface Column<T> {
  name: string;
  type: 'string' | 'integer' | 'date' | 'boolean' | 'number';
  format?: string;
  description: string;
  /** 0 is always shown; others with `-o wide`. */
  priority?: number;
  /** A cell that the table's header says nothing of (upstream's IPAddress has one). */
  withoutHeader?: boolean;
  /** The cell. Ages are computed against `nowMs`. */
  value(object: T, nowMs: number): string | number | boolean;
}

/** What strategies may use beside the object: never the network or the disk. */
export interface StrategyContext {
  clock: Clock;
  random: Random;
  /** Who asks; certificate signing requests keep it. */
  user?: UserInfo;
  /** Adds a `Warning` header, where what is given is changed. */
  warn?(text: string): void;
}

export interface Subresource<T> {
  /** `status`, `scale`, `approval` ... served at `.../name/<name>`. */
  name: string;
  verbs: readonly ('get' | 'update' | 'patch' | 'create' | 'delete')[];
  /** Kind on the wire where it is not the resource's own, e.g. `autoscaling/v1 Scale`. */
  kind?: { group: string; version: string; kind: string };
  /** For an update of a part of the object: what stays of `old`, what comes of `next`. */
  prepareUpdate?(next: T, old: T, context: StrategyContext): T;
  validateUpdate?(next: T, old: T): FieldError[];
  /** Upstream makes no table of it: 406 for whoever asks. */
  withoutTable?: boolean;
  /** Rules of a kind of its own, of what was sent. */
  validatePart?(part: any): FieldError[];
  /** Of a kind of its own; absent: no table is made of it. */
  columns?: readonly Column<any>[];
  /** For subresources with a kind of their own (scale): both ways. */
  read?(object: T): object;
  write?(object: T, value: any): T;
}

export type SelectableField<T> = (object: T) => string;

export interface Resource<T extends KubeObject = any> {
  id: ResourceId;
  scope: 'Namespaced' | 'Cluster';
  /** Type table of the stored version, e.g. `core.v1.Pod`. */
  type: string;
  verbs: readonly Verb[];
  /**
   * The version that upstream writes to its store where that is an older one, for a release after a newer one is
   * served: `storageVersionHash` of discovery says it.
   */
  upstreamStorageVersion?: string;
  /** Served only where this feature gate of kube-apiserver is open. */
  featureGate?: string;
  /** Path below `/registry/`, as upstream's: `pods`, `services/specs`, `minions`. */
  storagePath: string;
  columns: readonly Column<T>[];
  /** Fills what the user left open. Gets a private copy and changes it. */
  defaults?(object: T): void;
  /** Before validation at create: clears status, sets generation and so on. Gets a private copy and changes it. */
  prepareCreate?(object: T, context: StrategyContext): void;
  /** Before validation at update: keeps status, raises generation when the spec changed. Changes `next`. */
  prepareUpdate?(next: T, old: T, context: StrategyContext): void;
  validateCreate(object: T): FieldError[];
  validateUpdate(next: T, old: T): FieldError[];
  /** `Warning` headers for create and update. */
  warnings?(object: T, old?: T): string[];
  subresources: readonly Subresource<T>[];
  /** Field selectors beyond metadata.name and metadata.namespace. */
  selectableFields?: Readonly<Record<string, SelectableField<T>>>;
  /** Name rule, with upstream's message; default: DNS-1123 subdomain. */
  validateName?(name: string, prefix: boolean): string[];
  /** Other served versions of the same objects, e.g. autoscaling/v1 of an HPA stored as v2. */
  otherVersions?: readonly OtherVersion<T>[];
  /** `true`: PUT of a name that does not exist creates it (e.g. leases do, pods don't). */
  allowCreateOnUpdate?: boolean;
  /** `false`: an update without metadata.resourceVersion is refused. */
  allowUnconditionalUpdate?: boolean;
  /** Seconds of grace for a delete that does not say; pods: spec.terminationGracePeriodSeconds. Absent: at once. */
  deletionGraceSeconds?(object: T, requested: number | undefined): number;
  /** True where the object must go through a graceful delete (pods that a kubelet runs). */
  gracefulDelete?(object: T): boolean;
  /** Finalizers and orphan policy defaults: `OrphanDependents` for the old kinds that orphan by default. */
  defaultPropagation?: 'Background' | 'Orphan';
  /** Nothing depends on it: a delete waits for no garbage collector, whatever it says. */
  ignoresPropagation?: boolean;
  /** Seconds after which an object expires (events: 3600). */
  ttlSeconds?: number;
}

export interface OtherVersion<T> {
  group: string;
  version: string;
  kind: string;
  /** Type table, e.g. `autoscaling.v1.HorizontalPodAutoscaler`. */
  type: string;
  fromStored(object: T): object;
  toStored(object: any): T;
  /** Field selectors of this version by the field of the stored one; absent: the same names. */
  selectableFields?: Readonly<Record<string, string>>;
  /** Rules in place of the stored version's, where this one has others; both objects in the stored form. */
  validateCreate?(object: T): FieldError[];
  validateUpdate?(next: T, old: T): FieldError[];
}
