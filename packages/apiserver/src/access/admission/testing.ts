// A request as the verbs make it, and a world to judge it by, for tests of admission plugins.
import type { AdmissionPlugin, AdmissionRequest, Reader } from '../../access.ts';

/** Objects by `resource/namespace/name`. */
export function readerOf(world: Readonly<Record<string, object>>): Reader {
  return {
    get: (_group, resource, namespace, name) => world[`${resource}/${namespace ?? ''}/${name}`] as never,
    list: (_group, resource, namespace) =>
      Object.entries(world)
        .filter(([key]) => key.startsWith(`${resource}/${namespace ?? ''}`))
        .map(([, value]) => value) as never,
  };
}

export interface Outcome {
  object: any;
  /** Of the refusal; undefined where the request is let through. */
  message: string | undefined;
  warnings: string[];
  annotations: Record<string, string>;
}

/** A pod named p in the namespace shop unless `change` says otherwise. */
export function requestOf(change: Partial<AdmissionRequest>): AdmissionRequest {
  return {
    operation: 'CREATE',
    group: '',
    version: 'v1',
    resource: 'pods',
    subresource: '',
    kind: 'Pod',
    namespace: 'shop',
    name: 'p',
    user: { username: 'ann' },
    dryRun: false,
    object: undefined,
    old: undefined,
    warn: () => {},
    ...change,
  };
}

/** As the verbs do. Throws what a plugin refuses with. */
export async function runPlugins(
  plugins: readonly AdmissionPlugin[],
  request: AdmissionRequest,
): Promise<void> {
  const handling = plugins.filter((plugin) => plugin.handles(request));
  for (const plugin of handling) await plugin.admit?.(request);
  for (const plugin of handling) await plugin.validate?.(request);
}

/** What the plugins make of a request (requestOf). */
export async function admitWith(
  plugins: readonly AdmissionPlugin[],
  change: Partial<AdmissionRequest>,
): Promise<Outcome> {
  const warnings: string[] = [];
  const annotations: Record<string, string> = {};
  const request = requestOf({
    warn: (text) => warnings.push(text),
    annotate: (key, value) => {
      annotations[key] = value;
    },
    ...change,
  });
  const message = await runPlugins(plugins, request).then(
    () => undefined,
    (error: Error) => error.message,
  );
  return { object: request.object, message, warnings, annotations };
}
