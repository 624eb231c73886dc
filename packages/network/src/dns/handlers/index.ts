// The way of a DNS query, in order.
import type { Clock } from '@kubets/base';
import type { ClusterView } from '../cluster_view.ts';
import type { DnsHandler } from '../message.ts';
import { cache } from './cache.ts';
import { type ForwardOptions, forward } from './forward.ts';
import { hosts } from './hosts.ts';
import { kubernetes } from './kubernetes.ts';
import { reverse } from './reverse.ts';

export interface HandlersOptions extends ForwardOptions {
  view: ClusterView;
  clock: Clock;
  hosts?: ReadonlyMap<string, readonly string[]>;
}

export function dnsHandlers(options: HandlersOptions): readonly DnsHandler[] {
  return [
    kubernetes(options.view),
    reverse(options.view),
    hosts(options.hosts ?? new Map()),
    cache({ clock: options.clock }),
    forward(options),
  ];
}
