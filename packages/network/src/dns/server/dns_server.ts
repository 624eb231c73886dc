// The cluster's name server.
import type { Clock, Component, Logger, Random } from '@kubets/base';
import type { Informers } from '@kubets/client';
import { clusterView } from '../cluster_view.ts';
import type { Exchange } from '../handlers/forward.ts';
import { dnsHandlers } from '../handlers/index.ts';
import { networkExchange } from './exchange.ts';
import { nameServer } from './name_server.ts';
import { machineUpstreams } from './read_upstreams.ts';

export interface DnsServerOptions {
  informers: Informers;
  clock: Clock;
  random: Random;
  log: Logger;
  listen: readonly { address: string; port: number }[];
  /** `cluster.local` */
  clusterDomain: string;
  /** Servers for all other names, `address` or `address#port`; default: those of the machine. */
  upstreams?: readonly string[];
  /** Fixed names. */
  hosts?: ReadonlyMap<string, readonly string[]>;
  exchange?: Exchange;
}

/** Create before the informers run. The addresses to listen on must be on an interface already. */
export function dnsServer(options: DnsServerOptions): Component {
  const { informers, clock, random, listen, clusterDomain, upstreams } = options;
  const own = listen.map(({ address }) => address);
  const view = clusterView({ informers, domain: clusterDomain, serverAddresses: own });
  const handlers = dnsHandlers({
    view,
    clock,
    ...(options.hosts && { hosts: options.hosts }),
    exchange: options.exchange ?? networkExchange({ clock, random }),
    upstreams: upstreams ? async () => upstreams : machineUpstreams({ clock, own }),
  });
  return nameServer({ handlers, listen, random, log: options.log });
}
