// Service rules in the kernel's nf_tables. A change costs what changed, not what there is.
import type { Logger } from '@kubets/base';
import type { IpFamily } from '../../address.ts';
import type { RuleBackend, RuleSet } from '../rule_set.ts';
import { type Entry, renderHostPorts, renderService } from './render_rules.ts';
import { type Nft, nftCommand } from './run_nft.ts';
import { nftFamily, tableBase } from './table_base.ts';
import { TableState } from './table_state.ts';

export interface NftBackendOptions {
  /** Of the cluster: two clusters on one machine have a table each. */
  clusterName: string;
  log: Logger;
  nft?: Nft;
}

/** The name of a cluster's table in the families ip and ip6. */
export function tableName(clusterName: string): string {
  return `kubets-${clusterName.replace(/[^A-Za-z0-9_.-]/g, '-')}`;
}

export function nftBackend(options: NftBackendOptions): RuleBackend {
  const { log, nft = nftCommand() } = options;
  const table = tableName(options.clusterName);
  let applied: Applied | undefined;

  const transact = async (commands: string) => {
    if (commands === '') return;
    const { code, stderr } = await nft.run(commands);
    if (code !== 0) throw new Error(`nft failed with code ${code}: ${stderr.trim()}`);
  };

  /** Adding first makes deleting succeed whether the table is there or not. */
  const drop = async (family: IpFamily) => {
    const name = `${nftFamily[family]} ${table}`;
    const { code, stderr } = await nft.run(`add table ${name}\ndelete table ${name}\n`);
    // A kernel without the family has nothing to take out.
    if (code !== 0 && family === 'IPv4') throw new Error(`nft failed with code ${code}: ${stderr.trim()}`);
  };

  return {
    async apply(next) {
      if (applied && applied.rules.node === next.node) {
        const commands = advance(applied, next, table);
        try {
          await transact(commands);
          return;
        } catch (error) {
          // Someone else may have changed the table. Writing it anew puts it right whatever happened.
          log.warn('nft refused a change, writing the whole table', { table, error });
        }
      }
      applied = undefined;
      const fresh: Applied = {
        rules: { ...next, services: new Map(), hostPorts: new Map() },
        tables: new Map(),
      };
      await transact(advance(fresh, next, table));
      for (const family of families) if (!fresh.tables.has(family)) await drop(family);
      applied = fresh;
    },
    async remove() {
      applied = undefined;
      for (const family of families) await drop(family);
      nft.close();
    },
  };
}

const families: readonly IpFamily[] = ['IPv4', 'IPv6'];

interface Applied {
  rules: RuleSet;
  tables: Map<IpFamily, TableState>;
}

/** Changes `applied` to `next` and returns the commands for it. */
function advance(applied: Applied, next: RuleSet, table: string): string {
  const created: string[] = [];
  const replace = (owner: string, before: readonly Entry[], after: readonly Entry[]) => {
    for (const family of families) {
      const ofFamily = (entries: readonly Entry[]) => entries.filter((entry) => entry.family === family);
      const [old, fresh] = [ofFamily(before), ofFamily(after)];
      if (old.length === 0 && fresh.length === 0) continue;
      stateOf(family).replace(owner, old, fresh);
    }
  };
  const stateOf = (family: IpFamily): TableState => {
    let state = applied.tables.get(family);
    if (!state) {
      state = new TableState(table, family);
      applied.tables.set(family, state);
      created.push(tableBase(table, family, next.node));
    }
    return state;
  };
  // An IPv6 table only where something speaks IPv6: not every kernel does.
  stateOf('IPv4');
  if (next.node.podCidrs.some((cidr) => cidr.includes(':'))) stateOf('IPv6');
  changesOf(applied.rules.services, next.services, (key, before, after) =>
    replace(`service ${key}`, before ? renderService(before) : [], after ? renderService(after) : []),
  );
  changesOf(applied.rules.hostPorts, next.hostPorts, (key, before, after) =>
    replace(`pod ${key}`, before ? renderHostPorts(before) : [], after ? renderHostPorts(after) : []),
  );
  applied.rules = next;
  return created.join('') + [...applied.tables.values()].map((state) => state.commands()).join('');
}

function changesOf<V>(
  before: ReadonlyMap<string, V>,
  after: ReadonlyMap<string, V>,
  onChange: (key: string, before: V | undefined, after: V | undefined) => void,
): void {
  for (const [key, value] of before) if (!after.has(key)) onChange(key, value, undefined);
  for (const [key, value] of after) {
    const old = before.get(key);
    if (old !== value) onChange(key, old, value);
  }
}
