// Asks the upstream servers, one after the other.
import type { DnsHandler } from '../message.ts';
import { failure } from '../message.ts';

/** Sends a query and resolves with the reply to it; rejects on timeout or refusal of the network. */
export type Exchange = (message: Uint8Array, server: string) => Promise<Uint8Array>;

export interface ForwardOptions {
  /** `address` or `address#port`, in order of preference; asked for each query, as laptops move. */
  upstreams: () => Promise<readonly string[]>;
  exchange: Exchange;
  /** Queries under way; more are refused. Default 1,000. */
  concurrencyMax?: number;
}

const serversTried = 3;

export function forward({ upstreams, exchange, concurrencyMax = 1000 }: ForwardOptions): DnsHandler {
  let underWay = 0;
  /** Servers that did not answer last time: asked last. */
  let silent: ReadonlySet<string> = new Set();
  return {
    name: 'forward',
    async handle(query) {
      if (underWay >= concurrencyMax) return failure('REFUSED');
      underWay++;
      try {
        const servers = await upstreams();
        const ordered = [...servers].sort((a, b) => Number(silent.has(a)) - Number(silent.has(b)));
        for (const server of ordered.slice(0, serversTried)) {
          try {
            const message = await exchange(query.message, server);
            if (silent.has(server)) silent = new Set([...silent].filter((each) => each !== server));
            return { type: 'message', message, ageSeconds: 0 };
          } catch {
            // Bounded: only servers of the present list are kept.
            silent = new Set([...silent, server].filter((each) => servers.includes(each)));
          }
        }
        return failure('SERVFAIL');
      } finally {
        underWay--;
      }
    },
  };
}
