// Resolvers in containers (musl's above all) don't look up the target of a CNAME: the server does it for them.
import { answerName, isBelow } from '../answer_name.ts';
import type { ClusterView } from '../cluster_view.ts';
import { decodeReply } from '../decode_reply.ts';
import { encodeQuestion } from '../encode_message.ts';
import type { Answer, DnsRecord, Query, Reply } from '../message.ts';

/** An alias may point to another; a ring of them ends here. */
const aliasesMax = 8;

/** Who asks for something else gets the alias and may follow it. */
const followed: ReadonlySet<string> = new Set(['A', 'AAAA', 'SRV', 'TXT']);

/** `answer` with the records that its alias leads to, in the cluster or (by `next`) outside. */
export async function followAlias(
  answer: Answer,
  query: Query,
  view: ClusterView,
  next: (query: Query) => Promise<Reply>,
): Promise<Answer> {
  let current = answer;
  for (let i = 0; i < aliasesMax; i++) {
    const last = current.answers.at(-1);
    if (last?.type !== 'CNAME' || !followed.has(query.question.type)) return current;
    const question = { name: last.target, type: query.question.type };
    const inside = isBelow(question.name, view.domain);
    const more = inside ? answerName(question, view) : await outside(question, query, next);
    current = { ...answer, answers: [...current.answers, ...more.answers] };
    if (!inside || more.answers.length === 0) return current;
  }
  return current;
}

async function outside(
  question: Query['question'],
  query: Query,
  next: (query: Query) => Promise<Reply>,
): Promise<{ answers: readonly DnsRecord[] }> {
  const reply = await next({ question, message: encodeQuestion(question), edns: query.edns });
  // A target that can't be resolved leaves the alias, which is true all the same.
  return reply.type === 'answer' ? reply.answer : (decodeReply(reply.message) ?? { answers: [] });
}
