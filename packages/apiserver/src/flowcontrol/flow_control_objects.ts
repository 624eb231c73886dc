// Keeps the cluster's own FlowSchemas and PriorityLevelConfigurations, and says which schemas point nowhere.
import { rfc3339 } from '@kubets/base';
import { createIfAbsent, ownRequest } from '../upkeep/own_request.ts';
import type { Task, UpkeepContext } from '../upkeep/upkeep.ts';
import { autoUpdateAnnotation, type BootstrapObject, bootstrapFlowControl } from './bootstrap_objects.ts';

const group = 'flowcontrol.apiserver.k8s.io';
const apiVersion = `${group}/v1`;
const kinds = {
  flowschemas: 'FlowSchema',
  prioritylevelconfigurations: 'PriorityLevelConfiguration',
} as const;

export function flowControlObjects({ handle, server }: UpkeepContext): Task {
  const { reader, clock } = server;
  const path = (resource: string) => `/apis/${apiVersion}/${resource}`;
  const keep = async (wanted: BootstrapObject) => {
    const { resource, name, spec } = wanted;
    const current: any = reader.get(group, resource, undefined, name);
    if (!current) {
      const annotations = { [autoUpdateAnnotation]: 'true' };
      const object = { apiVersion, kind: kinds[resource], metadata: { name, annotations }, spec };
      return createIfAbsent(handle, path(resource), object);
    }
    if (!followsServer(current, wanted.mandatory) || sameSpec(current.spec, spec)) return;
    const body = { ...current, apiVersion, kind: kinds[resource], spec };
    await ownRequest(handle, { method: 'PUT', path: `${path(resource)}/${name}`, body });
  };
  const judge = async (schema: any) => {
    const level = schema.spec.priorityLevelConfiguration.name;
    const found = reader.get(group, 'prioritylevelconfigurations', undefined, level) !== undefined;
    const condition = danglingCondition(level, found);
    const before = schema.status?.conditions?.find((each: any) => each.type === 'Dangling');
    if (before?.status === condition.status && before.message === condition.message) return;
    const { name } = schema.metadata;
    const own = { ...condition, lastTransitionTime: rfc3339(clock.now()) };
    const applied = {
      apiVersion,
      kind: kinds.flowschemas,
      metadata: { name },
      status: { conditions: [own] },
    };
    await ownRequest(handle, {
      method: 'PATCH',
      path: `${path('flowschemas')}/${name}/status`,
      query: { fieldManager: 'api-priority-and-fairness-config-consumer-v1', force: 'true' },
      headers: { 'content-type': 'application/apply-patch+yaml' },
      body: new TextEncoder().encode(JSON.stringify(applied)),
    });
  };
  return {
    name: 'flow control',
    everyMs: 10_000,
    async run() {
      if (!server.routes.find(group, 'v1', 'flowschemas')) return;
      await Promise.all(bootstrapFlowControl().map(keep));
      await Promise.all(reader.list(group, 'flowschemas').map(judge));
    },
  };
}

/** Mandatory objects always; suggested ones as long as the annotation says so, or nobody has changed them. */
function followsServer({ metadata }: any, mandatory: boolean): boolean {
  if (mandatory) return true;
  const asked = metadata.annotations?.[autoUpdateAnnotation];
  return asked === undefined ? (metadata.generation ?? 1) === 1 : asked === 'true';
}

function danglingCondition(level: string, found: boolean) {
  const object = `This FlowSchema references the PriorityLevelConfiguration object named "${level}"`;
  return found
    ? { type: 'Dangling', status: 'False', reason: 'Found', message: `${object} and it exists` }
    : {
        type: 'Dangling',
        status: 'True',
        reason: 'NotFound',
        message: `${object} but there is no such object`,
      };
}

// Whatever order the fields stand in; all defaults of these specs are written out.
function sameSpec(a: unknown, b: unknown): boolean {
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return a === b;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => sameSpec((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}
