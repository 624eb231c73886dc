import { parseArgs } from 'node:util';
import { formatYaml, type KubeObject } from '@kubets/api';
import type { HistoryItem } from '@kubets/apiserver/archive/history_endpoint.ts';
import type { Client } from '@kubets/client';
import { adminConnection } from '../cluster/readiness.ts';
import { type Command, UserError } from '../main.ts';
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
    const [kind, name] = positionals.length === 1 ? positionals[0]!.split('/') : positionals;
    if (positionals.length > 2) throw new UserError('one object at a time');
    if (flags.at !== undefined && !name) throw new UserError('--at needs an object: KIND/NAME');
    const paths = pathsOfName(flags.name);
    const config = requireCluster(paths);
    const connection = adminConnection(paths, config);
    try {
      const resource = kind === undefined ? undefined : await findResource(connection.client, kind);
      const limit = wholeNumber('limit', flags.limit, 1, 10_000) ?? (flags.at === undefined ? 50 : 10_000);
      const namespace = flags.namespace ?? (name && resource?.namespaced ? 'default' : undefined);
      const query = { resource, namespace, name, limit, withObject: flags.at !== undefined };
      const items = await readHistory(connection.client, query);
      if (flags.at === undefined) show(items, resource, name);
      else process.stdout.write(format(objectAt(items, flags.at, Date.now()), flags.output));
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

/** @throws UserError when the history does not reach back that far, or there was no object then. */
export function objectAt(items: readonly HistoryItem[], at: string, nowMs: number): KubeObject {
  const before = beforeOf(at, nowMs);
  // A deletion has no time of its own: it stands between its neighbours.
  let time: string | undefined;
  let found: HistoryItem | undefined;
  for (const item of items) {
    time = item.time ?? time;
    if (!before({ revision: item.revision, time })) break;
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
