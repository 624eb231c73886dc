// Field managers of writes (KEP-555): in the version of the request, with what its path resets.
import {
  apiVersionOf,
  applyConfiguration,
  applyTypeOf,
  dropEmpties,
  type KubeObject,
  nullPlan,
  trackManagedFields,
  typeSchema,
  type Versions,
} from '@kubets/api';
import { rfc3339 } from '@kubets/base';
import { resetFieldsOf, type Subresource } from '@kubets/resources';
import type { Call } from '../call.ts';
import { withoutEmpties } from '../decode/without_empties.ts';
import { managerOf, type WriteOptions } from '../decode/write_options.ts';
import type { Target } from '../routes/target.ts';
import type { ServerContext } from '../server_context.ts';

export interface TrackedWrite {
  target: Target;
  call: Call;
  options: WriteOptions;
  subresource?: Subresource<any> | undefined;
}

/** `next`, in the stored version, with managedFields that say what the write changed of `old`. */
export function trackWrite(
  server: ServerContext,
  write: TrackedWrite,
  old: KubeObject | undefined,
  next: KubeObject,
): KubeObject {
  const { conversion, type, resource } = write.target;
  const kept = withoutEmpties(write.call, next, resource.type);
  const inVersion = (object: KubeObject) =>
    conversion ? (conversion.fromStored(structuredClone(object)) as KubeObject) : object;
  const tracked = trackManagedFields({
    ...contextOf(server, write),
    manager: managerOf(write.call, write.options),
    old: old && asStored(type, inVersion(old)),
    next: inVersion(kept),
  });
  return conversion || kept !== next ? withManagers(next, tracked) : tracked;
}

function withManagers(object: KubeObject, { metadata: { managedFields } }: KubeObject): KubeObject {
  const { managedFields: _before, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...(managedFields && { managedFields }) } };
}

/** `live`, in the version of the request, with the configuration merged in. */
export function applyWrite(
  server: ServerContext,
  write: TrackedWrite,
  live: object | undefined,
  applied: object,
  force: boolean,
): any {
  return applyConfiguration({
    ...contextOf(server, write),
    manager: write.options.fieldManager,
    kind: write.target.kind,
    live,
    applied,
    force,
  });
}

/** As upstream reads it from its store, which doesn't tell empty lists and maps from none. */
export function asStored<T extends object>(type: string, object: T): T {
  const plan = nullPlan(type);
  return plan ? dropEmpties(plan, object) : object;
}

function contextOf(server: ServerContext, { target, subresource }: TrackedWrite) {
  return {
    apiVersion: target.apiVersion,
    type: target.type,
    subresource: subresource?.name ?? '',
    time: rfc3339(server.clock.now()),
    resetFields: resetFieldsOf(target.resource, subresource),
    versions: versionsOf(target.resource),
  };
}

const known = new WeakMap<Target['resource'], Versions>();

// Only of resources that have several versions; the others are the same in all.
function versionsOf(resource: Target['resource']): Versions | undefined {
  if (!resource.otherVersions?.length || !typeSchema(resource.type)) return undefined;
  let versions = known.get(resource);
  if (!versions) known.set(resource, (versions = compareVersions(resource)));
  return versions;
}

function compareVersions({ id, type, otherVersions = [] }: Target['resource']): Versions {
  const stored = apiVersionOf(id);
  const others = new Map(otherVersions.map((version) => [apiVersionOf(version), version]));
  return {
    typeOf(apiVersion) {
      const name = apiVersion === stored ? type : others.get(apiVersion)?.type;
      return name === undefined ? undefined : applyTypeOf(name);
    },
    convert(value, from, to) {
      const source = others.get(from);
      const wanted = others.get(to);
      const object: any = source ? source.toStored(structuredClone(value)) : value;
      return (wanted ? wanted.fromStored(structuredClone(object)) : object) as Record<string, unknown>;
    },
  };
}
