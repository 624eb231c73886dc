// What a table holds and the commands that lead from one version to the next.
import type { IpFamily } from '../../address.ts';
import { Claims } from './claims.ts';
import type { Entry } from './render_rules.ts';
import { nftFamily } from './table_base.ts';

export class TableState {
  readonly #table: string;
  /** Sets and maps, and the two kinds of objects: `chain`, `set`. */
  readonly #places = new Map<string, Place>();

  constructor(table: string, family: IpFamily) {
    this.#table = `${nftFamily[family]} ${table}`;
  }

  replace(owner: string, before: readonly Entry[], after: readonly Entry[]): void {
    for (const entry of before) this.#touch(entry).claims.remove(entry.key, owner);
    for (const entry of after) this.#touch(entry).claims.add(entry.key, owner, entry.value);
  }

  /** Commands for all that changed since the last call, in an order that the kernel takes as one transaction. */
  commands(): string {
    const plan = newPlan();
    for (const [name, place] of this.#places) {
      if (name === 'chain' || name === 'set') this.#planObjects(plan, name, place);
      else planElements(plan, name, place);
      place.touched.clear();
    }
    return this.#write(plan);
  }

  #touch(entry: Entry): Place {
    let place = this.#places.get(entry.in);
    if (!place) {
      place = { claims: new Claims(), touched: new Map(), unclaimed: new Map() };
      this.#places.set(entry.in, place);
    }
    const { touched, unclaimed, claims } = place;
    if (!touched.has(entry.key)) touched.set(entry.key, unclaimed.get(entry.key) ?? claims.value(entry.key));
    return place;
  }

  #planObjects(plan: Plan, kind: 'chain' | 'set', { claims, touched, unclaimed }: Place): void {
    for (const name of unclaimed.keys())
      if (claims.value(name) === undefined) {
        this.#planRemoval(plan, kind, name);
        touched.delete(name);
      }
    unclaimed.clear();
    for (const [name, before] of touched) {
      const after = claims.value(name);
      if (before === after) continue;
      if (after !== undefined) this.#planObject(plan, kind, name, after);
      else {
        unclaimed.set(name, before!);
        // Clients of an endpoint that is gone are free, also when it comes back before its set is deleted.
        if (kind === 'set') plan.sets.push(`flush set ${this.#table} ${name}`);
      }
    }
  }

  #planObject(plan: Plan, place: string, name: string, value: string): void {
    if (place === 'set') plan.sets.push(`add set ${this.#table} ${name} { ${value}; }`);
    else {
      plan.chains.push(`add chain ${this.#table} ${name}`, `flush chain ${this.#table} ${name}`);
      for (const rule of value.split('\n')) plan.rules.push(`add rule ${this.#table} ${name} ${rule}`);
    }
  }

  #planRemoval(plan: Plan, place: 'chain' | 'set', name: string): void {
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

interface Place {
  claims: Claims;
  /** Value in the kernel of each entry touched since the last `commands`; undefined: not there. */
  touched: Map<string, string | undefined>;
  /**
   * Chains or sets in the kernel that nobody claims, with their value. A packet on its way through a map may
   * still be sent to a chain that has just lost its last reference, so they stay until the next commands.
   */
  unclaimed: Map<string, string>;
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

function planElements(plan: Plan, name: string, { claims, touched }: Place): void {
  for (const [key, before] of touched) {
    const after = claims.value(key);
    if (before === after) continue;
    if (before !== undefined) append(plan.removed, name, key);
    if (after !== undefined) append(plan.added, name, after === '' ? key : `${key} : ${after}`);
  }
}

function append(byPlace: Map<string, string[]>, place: string, item: string): void {
  const list = byPlace.get(place);
  if (list) list.push(item);
  else byPlace.set(place, [item]);
}
