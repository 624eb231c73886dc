// The authority for the cluster domain.
import { answerName, isBelow } from '../answer_name.ts';
import type { ClusterView } from '../cluster_view.ts';
import { type DnsHandler, failure } from '../message.ts';
import { followAlias } from './follow_alias.ts';

export function kubernetes(view: ClusterView): DnsHandler {
  return {
    name: 'kubernetes',
    async handle(query, next) {
      if (!isBelow(query.question.name, view.domain)) return next(query);
      if (!view.synced) return failure('SERVFAIL');
      const answer = answerName(query.question, view);
      return { type: 'answer', answer: await followAlias(answer, query, view, next) };
    },
  };
}
