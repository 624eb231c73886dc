// The environment of a container.
import { type ConfigMap, type Container, type EnvVarSource, isNotFound, type Secret } from '@kubets/api';
import type { ReferencedObjects } from '../objects/referenced_objects.ts';
import { parseEnvFile } from './env_file.ts';
import { expandVariables } from './expand.ts';
import { availableTo, fieldValue, type PodFacts, resourceValue } from './field_ref.ts';

export interface EnvironmentOptions {
  container: Container;
  facts: PodFacts;
  objects: ReferencedObjects;
  serviceEnv: ReadonlyMap<string, string>;
  /** Of the node, for limits that are not set. */
  allocatable: Readonly<Record<string, string>>;
  /** The text of a file in a volume of the pod; undefined when there is none. */
  readVolumeFile(volume: string, path: string): Promise<string | undefined>;
}

/**
 * Variables in the order in which they were declared, those of services last. Throws with upstream's words when
 * one can't be resolved; the container then waits with CreateContainerConfigError.
 */
export async function environment(options: EnvironmentOptions): Promise<Map<string, string>> {
  const { container, serviceEnv } = options;
  const env = new Map<string, string>();
  for (const from of container.envFrom ?? []) {
    const values = from.configMapRef
      ? (await configMap(options, from.configMapRef))?.data
      : from.secretRef
        ? decoded((await secret(options, from.secretRef))?.data)
        : undefined;
    for (const [key, value] of Object.entries(values ?? {})) env.set((from.prefix ?? '') + key, value);
  }
  for (const { name, value, valueFrom } of container.env ?? []) {
    if (value)
      env.set(
        name,
        expandVariables(value, (key) => env.get(key) ?? serviceEnv.get(key)),
      );
    else if (!valueFrom) env.set(name, '');
    else {
      const resolved = await resolve(valueFrom, options);
      if (resolved !== undefined) env.set(name, resolved);
    }
  }
  for (const [name, value] of serviceEnv) if (!env.has(name)) env.set(name, value);
  return env;
}

/** Undefined for something optional that isn't there: the variable is left out. */
async function resolve(source: EnvVarSource, options: EnvironmentOptions): Promise<string | undefined> {
  const { container, facts, allocatable } = options;
  const home = facts.pod.metadata.namespace;
  if (source.fieldRef) return fieldValue(source.fieldRef.fieldPath, facts);
  if (source.resourceFieldRef) {
    const { containerName } = source.resourceFieldRef;
    const { spec } = facts.pod;
    const target = containerName
      ? [...spec.containers, ...(spec.initContainers ?? [])].find(({ name }) => name === containerName)
      : container;
    if (!target) throw new Error(`container ${containerName} not found`);
    return resourceValue(source.resourceFieldRef, target, availableTo(facts.pod, allocatable));
  }
  if (source.configMapKeyRef) {
    const { name, key, optional } = source.configMapKeyRef;
    const found = await configMap(options, source.configMapKeyRef);
    const value = found?.data?.[key];
    if (value === undefined && !optional)
      throw new Error(`couldn't find key ${key} in ConfigMap ${home}/${name}`);
    return value;
  }
  if (source.secretKeyRef) {
    const { name, key, optional } = source.secretKeyRef;
    const value = (await secret(options, source.secretKeyRef))?.data?.[key];
    if (value === undefined && !optional)
      throw new Error(`couldn't find key ${key} in Secret ${home}/${name}`);
    return value === undefined ? undefined : decodeBase64Text(value);
  }
  if (source.fileKeyRef) {
    const { volumeName, path, key, optional } = source.fileKeyRef;
    const text = await options.readVolumeFile(volumeName, path);
    const value = text === undefined ? undefined : parseEnvFile(text, key);
    if (value === undefined && !optional)
      throw new Error(`environment variable key "${key}" not found in file "${path}"`);
    return value;
  }
  return undefined;
}

interface ObjectReference {
  name?: string;
  optional?: boolean;
}

async function configMap(
  { objects, facts }: EnvironmentOptions,
  { name, optional }: ObjectReference,
): Promise<ConfigMap | undefined> {
  return orUndefined(objects.configMap(facts.pod.metadata.namespace!, name!), optional);
}

async function secret(
  { objects, facts }: EnvironmentOptions,
  { name, optional }: ObjectReference,
): Promise<Secret | undefined> {
  return orUndefined(objects.secret(facts.pod.metadata.namespace!, name!), optional);
}

async function orUndefined<T>(object: Promise<T>, optional: boolean | undefined): Promise<T | undefined> {
  try {
    return await object;
  } catch (error) {
    if (optional && isNotFound(error)) return undefined;
    throw error;
  }
}

function decoded(data: Record<string, string> | undefined): Record<string, string> | undefined {
  return (
    data && Object.fromEntries(Object.entries(data).map(([key, value]) => [key, decodeBase64Text(value)]))
  );
}

function decodeBase64Text(value: string): string {
  return new TextDecoder().decode(Uint8Array.from(atob(value), (char) => char.charCodeAt(0)));
}
