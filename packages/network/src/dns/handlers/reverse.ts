// Names of the cluster's addresses. Those of others go on to the upstream servers.
import { pointersOf } from '../answer_address.ts';
import { found } from '../answer_name.ts';
import type { ClusterView } from '../cluster_view.ts';
import type { DnsHandler } from '../message.ts';

export function reverse(view: ClusterView): DnsHandler {
  return {
    name: 'reverse',
    async handle(query, next) {
      const records = view.synced ? pointersOf(query.question, view) : [];
      if (records.length === 0) return next(query);
      return { type: 'answer', answer: found(query.question, view, records) };
    },
  };
}
