// Lets the API server say who a token belongs to and what a user may do (TokenReview, SubjectAccessReview), so
// that RBAC holds at the kubelet too.
import type { SubjectAccessReview, TokenReview, UserInfo } from '@kubets/api';
import type { Clock, Ms } from '@kubets/base';
import { type Client, refs } from '@kubets/client';
import type { ServeKubeletOptions } from './serve_kubelet.ts';

export interface DelegatedAuthOptions {
  client: Client;
  clock: Clock;
  nodeName: string;
}

/** Upstream's lifetimes of answers. */
const tokenMs = 120_000;
const allowedMs = 300_000;
const deniedMs = 30_000;
const entries = 1_000;

export function delegatedAuth(
  options: DelegatedAuthOptions,
): Required<Pick<ServeKubeletOptions, 'authenticate' | 'authorize'>> {
  const { client, clock, nodeName } = options;
  const users = new AnswerCache<UserInfo | undefined>(clock);
  const answers = new AnswerCache<boolean>(clock);
  return {
    authenticate: (token) =>
      users.get(token, async () => {
        const review = await client.create(refs.tokenReviews, {
          metadata: {},
          spec: { token },
        } as Partial<TokenReview> as never);
        return [review.status?.authenticated ? review.status.user : undefined, tokenMs];
      }),
    authorize: (user, { verb, subresource }) =>
      answers.get(JSON.stringify([user, verb, subresource]), async () => {
        const review = await client.create(refs.subjectAccessReviews, {
          metadata: {},
          spec: {
            user: user.username,
            groups: user.groups,
            uid: user.uid,
            extra: user.extra,
            resourceAttributes: { verb, version: 'v1', resource: 'nodes', subresource, name: nodeName },
          },
        } as Partial<SubjectAccessReview> as never);
        const allowed = review.status?.allowed ?? false;
        return [allowed, allowed ? allowedMs : deniedMs];
      }),
  };
}

/** Answers for as long as they hold; the oldest go when there are too many. */
class AnswerCache<T> {
  readonly #clock: Clock;
  readonly #answers = new Map<string, { value: T; until: Ms }>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async get(key: string, ask: () => Promise<[value: T, holdsMs: Ms]>): Promise<T> {
    const known = this.#answers.get(key);
    if (known && this.#clock.now() < known.until) return known.value;
    const [value, holdsMs] = await ask();
    this.#answers.delete(key);
    if (this.#answers.size >= entries) this.#answers.delete(this.#answers.keys().next().value!);
    this.#answers.set(key, { value, until: this.#clock.now() + holdsMs });
    return value;
  }
}
