// Shuffle sharding: each flow is dealt a few queues, so that two flows seldom share all of theirs.

/** `handSize` different numbers below `deckSize`, always the same for one flow. */
export function dealHand(flow: string, deckSize: number, handSize: number): number[] {
  let entropy = hash(flow);
  const hand: number[] = [];
  for (let i = 0; i < Math.min(handSize, deckSize); i++) {
    const left = BigInt(deckSize - i);
    let card = Number(entropy % left);
    entropy /= left;
    // A number of those that are left: skip the ones dealt before, lowest first.
    for (const taken of [...hand].sort((a, b) => a - b)) if (card >= taken) card += 1;
    hand.push(card);
  }
  return hand;
}

// FNV-1a, 64 bits.
function hash(text: string): bigint {
  let value = 0xcbf29ce484222325n;
  for (let i = 0; i < text.length; i++)
    value = BigInt.asUintN(64, (value ^ BigInt(text.charCodeAt(i))) * 0x100000001b3n);
  return value;
}
