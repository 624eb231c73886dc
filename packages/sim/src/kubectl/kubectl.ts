// What kubectl shows and does, over the in-process API, as text.
import { ApiError, badRequest, formatYaml, type KubeObject, type Status } from '@kubets/api';
import type { ApiResult, ApiServer } from '@kubets/apiserver';
import { tableOf } from '@kubets/apiserver/encode/table.ts';
import type { Clock } from '@kubets/base';
import { type Client, refs, resourcePath } from '@kubets/client';
import { objectName } from './apply_manifest.ts';
import { formatTable, layOut, type Table } from './format_table.ts';
import { type FoundResource, ResourceFinder } from './resource_finder.ts';

export interface GetOptions {
  /** `default` where absent. */
  namespace?: string;
  allNamespaces?: boolean;
  /** One object; all where absent. */
  name?: string;
  labelSelector?: string;
  fieldSelector?: string;
  output?: 'wide' | 'yaml' | 'name';
  /** Changes the text of a cell before columns are laid out. */
  cell?: (text: string) => string;
}

export class Kubectl {
  readonly resources: ResourceFinder;
  readonly #api: ApiServer;
  readonly #client: Client;
  readonly #clock: Clock;

  constructor(options: { api: ApiServer; client: Client; clock: Clock }) {
    this.#api = options.api;
    this.#client = options.client;
    this.#clock = options.clock;
    this.resources = new ResourceFinder(options.client);
  }

  /** As `kubectl get`: the server's columns. @throws ApiError */
  async get(type: string, options: GetOptions = {}): Promise<string> {
    const ref = await this.resources.byName(type);
    const { objects, columns } = await this.#read(ref, options);
    const { output, cell, name } = options;
    if (output === 'yaml')
      return objects.map((object) => formatYaml(withoutManagedFields(object))).join('---\n');
    if (output === 'name')
      return objects.map(({ metadata }) => `${objectName(ref, metadata.name)}\n`).join('');
    if (objects.length === 0 && name === undefined)
      return ref.namespaced && !options.allNamespaces
        ? `No resources found in ${options.namespace ?? 'default'} namespace.\n`
        : 'No resources found\n';
    const nowMs = this.#clock.now();
    const table = tableOf(objects, columns, {}, { version: 'v1', includeObject: 'None', nowMs }) as Table;
    const namespaces =
      options.allNamespaces && ref.namespaced
        ? objects.map(({ metadata }) => metadata.namespace ?? '')
        : undefined;
    return formatTable(table, { wide: output === 'wide', namespaces, cell });
  }

  /** The object as YAML, and its events. @throws ApiError */
  async describe(
    type: string,
    name: string,
    options: Pick<GetOptions, 'namespace' | 'cell'> = {},
  ): Promise<string> {
    const ref = await this.resources.byName(type);
    const { namespace = 'default', cell = (text) => text } = options;
    const { objects } = await this.#read(ref, { namespace, name });
    const object = objects[0]!;
    const { items } = await this.#client.list(refs.events, {
      ...(ref.namespaced && { namespace }),
      fieldSelector: `involvedObject.uid=${object.metadata.uid}`,
    });
    const rows = items.map(({ type, reason, message, source, reportingComponent }) => [
      `  ${type ?? ''}`,
      reason ?? '',
      source?.component || reportingComponent || '',
      message ?? '',
    ]);
    const head = ['  Type', 'Reason', 'From', 'Message'];
    const events = rows.length > 0 ? `Events:\n${layOut([head, ...rows])}` : 'Events:  <none>\n';
    return cell(formatYaml(withoutManagedFields(object)) + events);
  }

  /** @throws ApiError */
  async delete(type: string, name: string, { namespace = 'default' } = {}): Promise<string> {
    const ref = await this.resources.byName(type);
    await this.#client.delete(ref, name, ref.namespaced ? namespace : undefined);
    return `${ref.singular}${ref.group ? `.${ref.group}` : ''} "${name}" deleted\n`;
  }

  /** @throws ApiError */
  async scale(type: string, name: string, replicas: number, { namespace = 'default' } = {}): Promise<string> {
    const ref = await this.resources.byName(type);
    const scale = { spec: { replicas } };
    await this.#client.patch(ref, name, namespace, 'merge', scale, { subresource: 'scale' });
    return `${objectName(ref, name)} scaled\n`;
  }

  async #read(ref: FoundResource, options: GetOptions) {
    const { namespace = 'default', allNamespaces, name, labelSelector, fieldSelector } = options;
    const where = { name, namespace: ref.namespaced && !allNamespaces ? namespace : undefined };
    const query = new URLSearchParams();
    if (labelSelector) query.set('labelSelector', labelSelector);
    if (fieldSelector) query.set('fieldSelector', fieldSelector);
    const result = await this.#api.handle({
      method: 'GET',
      path: resourcePath(ref, where),
      query,
      headers: {},
      body: undefined,
      user: { username: 'kubernetes-admin', groups: ['system:masters', 'system:authenticated'] },
      remoteAddress: '',
      signal: new AbortController().signal,
    });
    return { objects: objectsOf(result), columns: ('columns' in result && result.columns) || [] };
  }
}

function objectsOf(result: ApiResult): KubeObject[] {
  if (result.type === 'list') return result.items.map((item) => item.object);
  if (result.type !== 'object') throw badRequest('this cannot be shown as text');
  if (result.status >= 400) throw new ApiError(result.object as Status);
  return [result.object as KubeObject];
}

function withoutManagedFields(object: KubeObject): KubeObject {
  const { managedFields: _fields, ...metadata } = object.metadata;
  return { ...object, metadata: metadata as KubeObject['metadata'] };
}
