import {
  apiVersionOf,
  type FieldError,
  fillNulls,
  type KubeObject,
  type NullPlan,
  nullPlan,
  pruneUnknownFields,
  stringifyExact,
} from '@kubets/api';
import type { Column, OtherVersion, Resource } from '@kubets/resources';
import type { History } from '../cache/history.ts';
import { type JsonHead, jsonHead } from '../cache/stored_entry.ts';
import type { ServerWatchEvent, Stored } from '../request.ts';

/** A resource as one served version sees it: what verbs work on. */
export interface Target {
  readonly resource: Resource;
  readonly history: History;
  readonly group: string;
  readonly version: string;
  /** `apps/v1`, `v1` */
  readonly apiVersion: string;
  readonly kind: string;
  readonly groupResource: { group: string; resource: string };
  readonly groupKind: { group: string; kind: string };
  readonly namespaced: boolean;
  /** Type table of this version. */
  readonly type: string;
  /** Undefined where no table is made: of some subresources. */
  readonly columns: readonly Column<any>[] | undefined;
  readonly head: JsonHead;
  /** Absent for the stored version itself. */
  readonly conversion: Conversion | undefined;
}

export interface Conversion {
  toStored(object: any): KubeObject;
  fromStored(object: KubeObject): object;
  /** Rules where this version has others than the stored one; both objects in the stored form. */
  validateCreate?(object: KubeObject): FieldError[];
  validateUpdate?(next: KubeObject, old: KubeObject): FieldError[];
  stored(entry: Stored): Stored;
  event(event: ServerWatchEvent): ServerWatchEvent;
  /** What an object of this version, one that `stored` gave, was made of. */
  storedOf(view: object): KubeObject;
}

/** One target for each served version of `resource`, the stored one first. */
export function targetsOf(resource: Resource, history: History): Target[] {
  const own = target(resource, history, resource.id, resource.type, undefined);
  const others = (resource.otherVersions ?? []).map((version) =>
    target(resource, history, version, version.type, conversion(version, resource.type)),
  );
  return [own, ...others];
}

function target(
  resource: Resource,
  history: History,
  id: { group: string; version: string; kind: string },
  type: string,
  conversion: Conversion | undefined,
): Target {
  const { group, version, kind } = id;
  const apiVersion = apiVersionOf({ group, version });
  return {
    resource,
    history,
    group,
    version,
    apiVersion,
    kind,
    groupResource: { group, resource: resource.id.resource },
    groupKind: { group, kind },
    namespaced: resource.scope === 'Namespaced',
    type,
    columns: conversion ? columnsOfStored(resource.columns, conversion) : resource.columns,
    head: jsonHead(apiVersion, kind),
    conversion,
  };
}

// Columns read the stored version: the same cells in every version.
function columnsOfStored(columns: readonly Column<any>[], { storedOf }: Conversion): readonly Column<any>[] {
  return columns.map((column) => ({
    ...column,
    value: (view: object, nowMs) => column.value(storedOf(view), nowMs),
  }));
}

const encoder = new TextEncoder();

// Converted once for each revision, however many read it.
function conversion(version: OtherVersion<any>, storedType: string): Conversion {
  const entries = new WeakMap<Stored, Stored>();
  const events = new WeakMap<ServerWatchEvent, ServerWatchEvent>();
  const sources = new WeakMap<object, KubeObject>();
  const convert = (source: KubeObject) => {
    const view = version.fromStored(structuredClone(source));
    sources.set(view, source);
    return view;
  };
  const stored = (entry: Stored): Stored => {
    let converted = entries.get(entry);
    if (!converted) entries.set(entry, (converted = new ConvertedEntry(entry, convert, version.type)));
    return converted;
  };
  // What a conversion fills in and the stored version would leave out.
  const toStored = (object: any) =>
    pruneUnknownFields(version.toStored(object), storedType).object as KubeObject;
  return {
    toStored,
    storedOf: (view) => sources.get(view) ?? toStored(structuredClone(view)),
    fromStored: version.fromStored,
    validateCreate: version.validateCreate,
    validateUpdate: version.validateUpdate,
    stored,
    event(event) {
      let converted = events.get(event);
      if (!converted) {
        converted = event.stored
          ? { type: event.type, stored: stored(event.stored) }
          : { type: event.type, object: renamed(version, event) };
        events.set(event, converted);
      }
      return converted;
    },
  };
}

// A bookmark is an object of the kind with nothing in it; an error is a Status in every version.
function renamed({ group, version, kind }: OtherVersion<any>, event: ServerWatchEvent): object {
  if (event.type !== 'BOOKMARK') return event.object!;
  return { ...event.object, kind, apiVersion: apiVersionOf({ group, version }) };
}

class ConvertedEntry implements Stored {
  readonly key: string;
  readonly revision: number;
  readonly #source: Stored;
  readonly #convert: (object: KubeObject) => object;
  #object: KubeObject | undefined;
  readonly #nulls: NullPlan | undefined;
  #json: Uint8Array | undefined;

  constructor(source: Stored, convert: (object: KubeObject) => object, type: string) {
    this.#nulls = nullPlan(type);
    this.key = source.key;
    this.revision = source.revision;
    this.#source = source;
    this.#convert = convert;
  }

  get object(): KubeObject {
    return (this.#object ??= this.#convert(this.#source.object) as KubeObject);
  }

  get json(): Uint8Array {
    if (!this.#json) {
      // Laid out as stored JSON is, so that lists can leave out the type of each item.
      const { kind, apiVersion, metadata, ...rest } = this.#nulls
        ? fillNulls(this.#nulls, this.object)
        : this.object;
      this.#json = encoder.encode(stringifyExact({ kind, apiVersion, metadata, ...rest }));
    }
    return this.#json;
  }
}
