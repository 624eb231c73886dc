import { parseArgs } from 'node:util';
import { formatYaml, isNotFound, type KubeObject } from '@kubets/api';
import type { HistoryItem } from '@kubets/apiserver/archive/history_endpoint.ts';
import type { Client } from '@kubets/client';
import { adminConnection } from '../cluster/readiness.ts';
import { type Command, UserError } from '../main.ts';
import { livePid } from '../processes/process_record.ts';
import { formatTable } from '../terminal/table.ts';
import { pathsOfName, wholeNumber } from './cluster_flags.ts';
import { type FoundResource, findResource } from './find_resource.ts';
import { requireCluster } from './require_cluster.ts';

export const history: Command = {
  name: 'history',
  summary: 'what changed, when and by whom; objects as they were',
  usage: `
kubets history [KIND[/NAME]] [-n NAMESPACE] [--limit N] [--name CLUSTER]
kubets history KIND/NAME --at WHEN [-o yaml|json]    the object as it was at a revision (4711), at a time
                                                     (2030-01-31T12:00:00Z), or some time ago (10m, 2h)

Goes back as far as the store keeps its history: at least five minutes.
`,
  async run(args) {
    const { values: flags, positionals } = parseArgs({
      args,
      options: {
        name: { type: 'string' },
        namespace: { type: 'string', short: 'n' },
        limit: { type: 'string' },
        at: { type: 'string' },
        output: { type: 'string', short: 'o' },
      },
      allowPositionals: true,
    });
    const words = positionals.length === 1 ? positionals[0]!.split('/') : positionals;
    const [kind, name] = words;
    if (words.length > 2) throw new UserError('one object at a time: KIND/NAME');
    if (words.includes('')) throw new UserError(`an object is KIND/NAME: ${JSON.stringify(positionals[0])}`);
    if (flags.at !== undefined && !name) throw new UserError('--at needs an object: KIND/NAME');
    if (flags.output !== undefined && flags.at === undefined) throw new UserError('-o needs --at');
    const paths = pathsOfName(flags.name);
    const config = requireCluster(paths);
    if (livePid(paths, 'server') === undefined)
      throw new UserError(
        `cluster ${config.name} is not running: \`kubets up --name ${config.name}\` starts it`,
      );
    const connection = adminConnection(paths, config);
    try {
      const resource = kind === undefined ? undefined : await findResource(connection.client, kind);
      const limit = wholeNumber('limit', flags.limit, 1, 10_000) ?? (flags.at === undefined ? 50 : 10_000);
      if (flags.namespace !== undefined && !resource) throw new UserError('-n needs a KIND');
      const given = resource?.namespaced ? flags.namespace : undefined;
      const namespace = given ?? (name && resource?.namespaced ? 'default' : undefined);
      const query = { resource, namespace, name, limit, withObject: flags.at !== undefined };
      const items = await readHistory(connection.client, query);
      if (flags.at === undefined) show(items, resource, name);
      else {
        const found =
          items.length === 0
            ? unchangedSince(
                await readNow(connection.client, resource!, namespace, name!),
                flags.at,
                Date.now(),
              )
            : objectAt(items, flags.at, Date.now());
        process.stdout.write(format(found, flags.output));
      }
    } finally {
      connection.close();
    }
    return 0;
  },
};

async function readHistory(
  client: Client,
  query: {
    resource: FoundResource | undefined;
    namespace: string | undefined;
    name: string | undefined;
    limit: number;
    withObject: boolean;
  },
): Promise<HistoryItem[]> {
  const search = new URLSearchParams({ limit: String(query.limit) });
  if (query.resource) {
    search.set('group', query.resource.group);
    search.set('resource', query.resource.resource);
  }
  if (query.namespace) search.set('namespace', query.namespace);
  if (query.name) search.set('name', query.name);
  if (query.withObject) search.set('object', 'true');
  const answer: any = await client.request('GET', `/kubets/v1/history?${search}`);
  return answer.items;
}

async function readNow(
  client: Client,
  { path, resource }: FoundResource,
  namespace: string | undefined,
  name: string,
): Promise<KubeObject> {
  const folder = namespace === undefined ? '' : `/namespaces/${encodeURIComponent(namespace)}`;
  try {
    const url = `${path}${folder}/${resource}/${encodeURIComponent(name)}`;
    return (await client.request('GET', url)) as KubeObject;
  } catch (error) {
    if (isNotFound(error))
      throw new UserError(`no object ${resource}/${name}, and no changes of it are kept`);
    throw error;
  }
}

/** An object of which no change is kept, where it tells that it was the same then. @throws UserError */
export function unchangedSince(object: KubeObject, at: string, nowMs: number): KubeObject {
  const { resourceVersion, creationTimestamp, managedFields = [] } = object.metadata;
  const times = [creationTimestamp, ...managedFields.map(({ time }) => time)].filter(
    (time) => time !== undefined,
  );
  const changed = { revision: Number(resourceVersion), time: times.sort().at(-1) };
  if (beforeOf(at, nowMs)(changed)) return object;
  throw new UserError(`the history that is kept begins later than ${at}`);
}

/** @throws UserError when the history does not reach back that far, or there was no object then. */
export function objectAt(items: readonly HistoryItem[], at: string, nowMs: number): KubeObject {
  const before = beforeOf(at, nowMs);
  // A deletion has no time of its own, nor has a change of untracked fields: they stand between their neighbours.
  let time: string | undefined;
  let found: HistoryItem | undefined;
  for (const item of items) {
    time = item.time ?? time ?? item.object?.metadata.creationTimestamp;
    if (!before({ revision: item.revision, time })) {
      if (time === undefined) continue;
      break;
    }
    found = item;
  }
  if (!found) throw new UserError(`the history that is kept begins later than ${at}`);
  if (!found.object) throw new UserError(`it was deleted at revision ${found.revision}`);
  return found.object;
}

function beforeOf(
  at: string,
  nowMs: number,
): (item: { revision: number; time: string | undefined }) => boolean {
  if (/^\d+$/.test(at)) return ({ revision }) => revision <= Number(at);
  const ago = /^(\d+)(s|m|h|d)$/.exec(at);
  const unitMs: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
  const ms = ago ? nowMs - Number(ago[1]) * unitMs[ago[2]!]! : Date.parse(at);
  if (Number.isNaN(ms)) throw new UserError(`--at takes a revision, a time or 10m: ${JSON.stringify(at)}`);
  return ({ time }) => time !== undefined && Date.parse(time) <= ms;
}

function format(object: KubeObject, output: string | undefined): string {
  if (output === 'json') return `${JSON.stringify(object, null, 2)}\n`;
  if (output !== undefined && output !== 'yaml') throw new UserError(`-o takes yaml or json: ${output}`);
  return formatYaml(object);
}

function show(
  items: readonly HistoryItem[],
  resource: FoundResource | undefined,
  name: string | undefined,
): void {
  if (items.length === 0) {
    process.stdout.write('no changes are kept\n');
    return;
  }
  const whole = resource === undefined || name === undefined;
  const rows = items.map((item) => [
    String(item.revision),
    item.time ?? '',
    ...(whole ? [`${item.resource}/${item.namespace ? `${item.namespace}/` : ''}${item.name}`] : []),
    item.type,
    item.by ?? '',
    summary(item.fields),
  ]);
  const head = ['REVISION', 'TIME', ...(whole ? ['OBJECT'] : []), 'CHANGE', 'BY', 'FIELDS'];
  process.stdout.write(formatTable([head, ...rows]));
}

function summary(fields: readonly string[]): string {
  const shown = fields.slice(0, 3).join(', ');
  return fields.length > 3 ? `${shown}, ${fields.length - 3} more` : shown;
}
