import type { KubeObject } from '@kubets/api';

/** What a hook took (an address, a port) and how to give it back if the write doesn't happen. */
export interface Claim {
  /** After the commit: gives back what the write made free. */
  committed(): Promise<void> | void;
  /** The write failed. */
  undo(): Promise<void> | void;
}

/** Steps around the writes of one resource that reach beyond the object. Hooks change `object` in place. */
export interface WriteHooks {
  beforeCreate?(object: any, dryRun: boolean): Promise<Claim | undefined>;
  beforeUpdate?(next: any, old: any, dryRun: boolean): Promise<Claim | undefined>;
  afterDelete?(old: KubeObject): Promise<void> | void;
}
