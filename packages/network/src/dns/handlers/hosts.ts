// Fixed names, e.g. one for the machine under the cluster. Unlike /etc/hosts they may be read once.
import { addressRecords } from '../answer_name.ts';
import type { DnsHandler } from '../message.ts';

/** Addresses by lower-case name. */
export function hosts(table: ReadonlyMap<string, readonly string[]>): DnsHandler {
  return {
    name: 'hosts',
    async handle(query, next) {
      const { name, type } = query.question;
      const addresses = table.get(name);
      if (!addresses || !['A', 'AAAA', 'ANY'].includes(type)) return next(query);
      const records = addressRecords(name, addresses);
      const answers = type === 'ANY' ? records : records.filter((record) => record.type === type);
      return {
        type: 'answer',
        answer: { rcode: 'NOERROR', answers, authority: [], additional: [], authoritative: true },
      };
    },
  };
}
