// Who wants which value at which place. Nearly every place has one claim; some (chains by number of
// endpoints) have thousands of the same; two that contradict each other are a conflict between Services.

type Owners = Set<string>;
type Claim = { owner: string; value: string } | Map<string, Owners>;

export class Claims {
  readonly #claims = new Map<string, Claim>();

  add(id: string, owner: string, value: string): void {
    const claim = this.#claims.get(id);
    if (!claim) this.#claims.set(id, { owner, value });
    else if (claim instanceof Map) addTo(claim, owner, value);
    else if (claim.owner === owner) this.#claims.set(id, { owner, value });
    else {
      const byValue = new Map<string, Owners>([[claim.value, new Set([claim.owner])]]);
      addTo(byValue, owner, value);
      this.#claims.set(id, byValue);
    }
  }

  remove(id: string, owner: string): void {
    const claim = this.#claims.get(id);
    if (!claim) return;
    if (claim instanceof Map) {
      for (const [value, owners] of claim) if (owners.delete(owner) && owners.size === 0) claim.delete(value);
      if (claim.size === 0) this.#claims.delete(id);
    } else if (claim.owner === owner) this.#claims.delete(id);
  }

  /** The value that holds: the only one, or that of the owner whose name sorts first. */
  value(id: string): string | undefined {
    const claim = this.#claims.get(id);
    if (!claim) return undefined;
    if (!(claim instanceof Map)) return claim.value;
    if (claim.size === 1) for (const value of claim.keys()) return value;
    let first: { owner: string; value: string } | undefined;
    for (const [value, owners] of claim)
      for (const owner of owners) if (!first || owner < first.owner) first = { owner, value };
    return first?.value;
  }
}

function addTo(byValue: Map<string, Owners>, owner: string, value: string): void {
  const owners = byValue.get(value);
  if (owners) owners.add(owner);
  else byValue.set(value, new Set([owner]));
}
