// Who may act as whom: as before KEP-5284, with everything that the other may do, or for one kind of identity and for
// the very action alone.
import { goQuote, type UserInfo } from '@kubets/api';
import { dns1123Subdomain } from '@kubets/resources';
import type { Attributes } from '../access.ts';

export interface Wanted {
  username: string;
  uid: string;
  groups: readonly string[];
  extra: Readonly<Record<string, readonly string[]>>;
}

/** Something that must be allowed, or is refused whoever asks. */
export type Question = { ask: Attributes } | { ask: Attributes; refused: string };

export interface ImpersonationMode {
  /** Whether it is about such an identity at all. */
  covers(wanted: Wanted, requestor: UserInfo): boolean;
  /** Asked one after the other, until one is denied. */
  questions(wanted: Wanted, requestor: UserInfo, request: Attributes): Iterable<Question>;
  user(wanted: Wanted): UserInfo;
}

const authentication = 'authentication.k8s.io';
const nodeNameKey = 'authentication.kubernetes.io/node-name';

/** In the order in which they are tried. */
export const impersonationModes: readonly ImpersonationMode[] = [
  constrained('associated-node', (wanted, requestor) => {
    const node = nodeOf(wanted.username);
    const [own, ...more] = requestor.extra?.[nodeNameKey] ?? [];
    return (
      isNameOnly(wanted) &&
      node !== undefined &&
      accountOf(requestor.username ?? '') !== undefined &&
      own === node &&
      more.length === 0
    );
  }),
  constrained('arbitrary-node', (wanted) => isNameOnly(wanted) && nodeOf(wanted.username) !== undefined),
  constrained('serviceaccount', (wanted) => isNameOnly(wanted) && accountOf(wanted.username) !== undefined),
  constrained('user-info', ({ username }) => !nodeOf(username) && !accountOf(username)),
  {
    covers: () => true,
    *questions(wanted, requestor) {
      const asker = { user: requestor, verb: 'impersonate' };
      const account = accountOf(wanted.username);
      if (account) yield { ask: about(asker, { group: '', resource: 'serviceaccounts', ...account }) };
      else yield { ask: about(asker, { group: '', resource: 'users', name: wanted.username }) };
      if (wanted.uid) yield { ask: about(asker, { resource: 'uids', name: wanted.uid }) };
      for (const name of wanted.groups) yield { ask: about(asker, { group: '', resource: 'groups', name }) };
      yield* ofExtra(asker, wanted);
    },
    user: (wanted) => userOf(wanted, wanted.groups.length ? wanted.groups : accountGroups(wanted.username)),
  },
];

/** @param mode e.g. `user-info`: the part of its verbs that tells it */
function constrained(mode: string, covers: ImpersonationMode['covers']): ImpersonationMode {
  return {
    covers,
    *questions(wanted, requestor, request) {
      // With what they share, so that one answer holds for every node (upstream caches it so).
      const user = mode === 'associated-node' ? withKeysOnly(requestor) : requestor;
      yield { ask: { ...request, user, verb: `impersonate-on:${mode}:${request.verb}` } };
      const asker = { user, verb: `impersonate:${mode}` };
      const node = nodeOf(wanted.username);
      const account = accountOf(wanted.username);
      if (node)
        yield { ask: about(asker, { resource: 'nodes', name: mode === 'associated-node' ? '*' : node }) };
      else if (account) yield { ask: about(asker, { resource: 'serviceaccounts', ...account }) };
      else yield { ask: about(asker, { resource: 'users', name: wanted.username }) };
      if (wanted.uid) yield { ask: about(asker, { resource: 'uids', name: wanted.uid }) };
      yield* ofGroups(asker, wanted);
      const problem = extraProblem(wanted.extra);
      if (problem) yield { ask: about(asker, { resource: 'userextras' }), refused: problem };
      yield* ofExtra(asker, wanted);
    },
    user: (wanted) =>
      userOf(
        wanted,
        nodeOf(wanted.username)
          ? ['system:nodes']
          : wanted.groups.length
            ? wanted.groups
            : accountGroups(wanted.username),
      ),
  };
}

interface Asker {
  user: UserInfo;
  verb: string;
}

function about(asker: Asker, part: Partial<Attributes>): Attributes {
  return {
    resource: '',
    subresource: '',
    group: authentication,
    version: 'v1',
    namespace: '',
    name: '',
    path: '',
    isResourceRequest: true,
    ...part,
    ...asker,
  };
}

function* ofGroups(asker: Asker, { groups }: Wanted): Generator<Question> {
  const ask = (name: string) => about(asker, { resource: 'groups', name });
  if (groups.includes(''))
    yield { ask: ask(''), refused: 'impersonating the empty string group is not allowed' };
  if (groups.includes('system:masters'))
    yield { ask: ask('system:masters'), refused: 'impersonating the system:masters group is not allowed' };
  for (const name of groups) yield { ask: ask(name) };
}

function* ofExtra(asker: Asker, { extra }: Wanted): Generator<Question> {
  for (const [key, values] of Object.entries(extra))
    for (const name of values)
      yield { ask: about(asker, { resource: 'userextras', subresource: key, name }) };
}

function extraProblem(extra: Wanted['extra']): string | undefined {
  for (const [key, values] of Object.entries(extra)) {
    if (key === '') return 'impersonating the empty string key in extra is not allowed';
    if (key !== key.toLowerCase())
      return `impersonating a non-lowercase key in extra is not allowed: ${goQuote(key)}`;
    if (values.length === 0) return 'impersonating empty values in extra is not allowed';
    if (values.includes('')) return 'impersonating the empty string value in extra is not allowed';
  }
  return undefined;
}

function userOf({ username, uid, extra }: Wanted, groups: readonly string[]): UserInfo {
  const all = [...groups];
  const marker = username === 'system:anonymous' ? 'system:unauthenticated' : 'system:authenticated';
  if (!all.includes(marker) && !all.includes('system:unauthenticated')) all.push(marker);
  const copied = Object.fromEntries(Object.entries(extra).map(([key, values]) => [key, [...values]]));
  return { username, groups: all, ...(uid && { uid }), ...(Object.keys(copied).length && { extra: copied }) };
}

function accountGroups(username: string): string[] {
  const account = accountOf(username);
  return account ? ['system:serviceaccounts', `system:serviceaccounts:${account.namespace}`] : [];
}

function withKeysOnly(user: UserInfo): UserInfo {
  return {
    ...user,
    extra: { 'authentication.kubernetes.io/associated-node-keys': Object.keys(user.extra ?? {}).sort() },
  };
}

function isNameOnly({ uid, groups, extra }: Wanted): boolean {
  return !uid && groups.length === 0 && Object.keys(extra).length === 0;
}

function nodeOf(username: string): string | undefined {
  const name = /^system:node:(.*)$/s.exec(username)?.[1];
  return name !== undefined && dns1123Subdomain(name).length === 0 ? name : undefined;
}

function accountOf(username: string): { namespace: string; name: string } | undefined {
  const [, namespace, name] = /^system:serviceaccount:([^:]+):([^:]+)$/.exec(username) ?? [];
  return namespace && name ? { namespace, name } : undefined;
}
