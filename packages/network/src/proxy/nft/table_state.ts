// What a table holds and the commands that lead from one version to the next.
import type { IpFamily } from '../../address.ts';
import { Claims } from './claims.ts';
import type { Entry } from './render_rules.ts';
import { nftFamily } from './table_base.ts';

export class TableState {
  readonly #table: string;
  readonly #claims = new Claims();
  /** Value in the kernel of each entry touched since the last `commands`; undefined: not there. */
  readonly #touched = new Map<string, string | undefined>();
  /**
   * Chains and sets in the kernel that nobody claims, with their value. A packet on its way through a map may
   * still be sent to a chain that has just lost its last reference, so they stay until the next commands.
   */
  readonly #unclaimed = new Map<string, string>();

  constructor(table: string, family: IpFamily) {
    this.#table = `${nftFamily[family]} ${table}`;
  }

  replace(owner: string, before: readonly Entry[], after: readonly Entry[]): void {
    for (const entry of before) {
      this.#touch(idOf(entry));
      this.#claims.remove(idOf(entry), owner);
    }
    for (const entry of after) {
      this.#touch(idOf(entry));
      this.#claims.add(idOf(entry), owner, entry.value);
    }
  }

  /** Commands for all that changed since the last call, in an order that the kernel takes as one transaction. */
  commands(): string {
    const plan = newPlan();
    for (const [id, value] of this.#unclaimed) {
      if (this.#claims.value(id) === undefined) this.#planRemoval(plan, id);
      else this.#touched.set(id, value);
    }
    this.#unclaimed.clear();
    for (const [id, before] of this.#touched) {
      const after = this.#claims.value(id);
      if (before === after) continue;
      const { place, key } = split(id);
      if (isObject(place)) {
        if (after === undefined) {
          this.#unclaimed.set(id, before!);
          // Clients of an endpoint that is gone are free, also when it comes back before its set is deleted.
          if (place === 'set') plan.sets.push(`flush set ${this.#table} ${key}`);
        } else this.#planObject(plan, place, key, after);
        continue;
      }
      if (before !== undefined) append(plan.removed, place, key);
      if (after !== undefined) append(plan.added, place, after === '' ? key : `${key} : ${after}`);
    }
    this.#touched.clear();
    return this.#write(plan);
  }

  #touch(id: string): void {
    if (!this.#touched.has(id)) this.#touched.set(id, this.#unclaimed.get(id) ?? this.#claims.value(id));
  }

  #planObject(plan: Plan, place: string, name: string, value: string): void {
    if (place === 'set') plan.sets.push(`add set ${this.#table} ${name} { ${value}; }`);
    else {
      plan.chains.push(`add chain ${this.#table} ${name}`, `flush chain ${this.#table} ${name}`);
      for (const rule of value.split('\n')) plan.rules.push(`add rule ${this.#table} ${name} ${rule}`);
    }
  }

  #planRemoval(plan: Plan, id: string): void {
    const { place, key: name } = split(id);
    // All chains lose their rules before the first is deleted: the rules may refer to one another's chains.
    if (place === 'chain') plan.chains.push(`flush chain ${this.#table} ${name}`);
    const list = place === 'chain' ? plan.goneChains : plan.goneSets;
    list.push(`delete ${place} ${this.#table} ${name}`);
  }

  #write(plan: Plan): string {
    const elements = (verb: string, byPlace: Map<string, string[]>) =>
      [...byPlace].map(([place, list]) => `${verb} element ${this.#table} ${place} { ${list.join(', ')} }`);
    const lines = [
      ...plan.sets,
      ...plan.chains,
      ...elements('delete', plan.removed),
      ...plan.rules,
      ...elements('add', plan.added),
      ...plan.goneChains,
      ...plan.goneSets,
    ];
    return lines.length > 0 ? lines.join('\n') + '\n' : '';
  }
}

interface Plan {
  sets: string[];
  chains: string[];
  rules: string[];
  removed: Map<string, string[]>;
  added: Map<string, string[]>;
  goneChains: string[];
  goneSets: string[];
}

function newPlan(): Plan {
  return {
    sets: [],
    chains: [],
    rules: [],
    removed: new Map(),
    added: new Map(),
    goneChains: [],
    goneSets: [],
  };
}

function isObject(place: string): boolean {
  return place === 'chain' || place === 'set';
}

function idOf(entry: Entry): string {
  return `${entry.in}\n${entry.key}`;
}

function split(id: string): { place: string; key: string } {
  const end = id.indexOf('\n');
  return { place: id.slice(0, end), key: id.slice(end + 1) };
}

function append(byPlace: Map<string, string[]>, place: string, item: string): void {
  const list = byPlace.get(place);
  if (list) list.push(item);
  else byPlace.set(place, [item]);
}
