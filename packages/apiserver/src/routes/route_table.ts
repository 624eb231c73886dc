// Which endpoint answers which (group, version, resource, subresource, verb): data, made when the set of resources changes.
import type { Endpoint } from '../call.ts';
import type { RequestInfo } from '../request_info.ts';
import type { Target } from './target.ts';

export interface Route {
  /** Plural: `pods`. */
  readonly resource: string;
  /** Empty for the resource itself. */
  readonly subresource: string;
  readonly singular: string;
  readonly namespaced: boolean;
  /** What is sent and answered; `group` and `version` differ from the route's own for e.g. Scale. */
  readonly kind: { group: string; version: string; kind: string };
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  /** By verb of the request info (`get`, `list`, `create` ...). */
  readonly endpoints: Readonly<Record<string, Endpoint>>;
  /** Present for what is stored; absent for virtual resources. */
  readonly target: Target | undefined;
}

export interface ResourceRoutes extends Route {
  readonly subresources: ReadonlyMap<string, Route>;
}

export interface GroupVersion {
  readonly group: string;
  readonly version: string;
  readonly resources: ReadonlyMap<string, ResourceRoutes>;
}

/** Remembers what `make` derives from a version, for as long as the version is there. */
export function perVersion<T>(make: (version: GroupVersion) => T): (version: GroupVersion) => T {
  const made = new WeakMap<GroupVersion, { value: T }>();
  return (version) => {
    let found = made.get(version);
    if (!found) made.set(version, (found = { value: make(version) }));
    return found.value;
  };
}

export class RouteTable {
  #versions = new Map<string, GroupVersion>();
  #generation = 0;

  /** Grows with every change: what is derived from the table (discovery, OpenAPI) is rebuilt when it differs. */
  get generation(): number {
    return this.#generation;
  }

  /** Replaces everything. */
  set(versions: readonly GroupVersion[]): void {
    this.#versions = new Map(versions.map((each) => [`${each.group}/${each.version}`, each]));
    this.#generation += 1;
  }

  /**
   * Adds or replaces one version. A `GroupVersion` never changes: what is derived from it is kept as long as it
   * is (see `perVersion`), so that a new custom resource costs the documents of its own version alone.
   */
  put(version: GroupVersion): void {
    this.#versions.set(`${version.group}/${version.version}`, version);
    this.#generation += 1;
  }

  remove(group: string, version: string): void {
    if (this.#versions.delete(`${group}/${version}`)) this.#generation += 1;
  }

  versions(): Iterable<GroupVersion> {
    return this.#versions.values();
  }

  version(group: string, version: string): GroupVersion | undefined {
    return this.#versions.get(`${group}/${version}`);
  }

  hasGroup(group: string): boolean {
    for (const each of this.#versions.values()) if (each.group === group) return true;
    return false;
  }

  find(group: string, version: string, resource: string): ResourceRoutes | undefined {
    return this.#versions.get(`${group}/${version}`)?.resources.get(resource);
  }

  hasSubresource(info: RequestInfo): boolean {
    return this.find(info.group, info.version, info.resource)?.subresources.has(info.subresource) ?? false;
  }
}
