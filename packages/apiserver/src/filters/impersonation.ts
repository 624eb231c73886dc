// `Impersonate-User` and its companions: acting as someone else where the authorizers allow it.
import { badRequest, goQuote, type UserInfo } from '@kubets/api';
import type { Authorizer } from '../access.ts';
import type { Filter } from '../call.ts';
import { attributesOf, forbiddenError, isAllowed } from './authorization.ts';
import { impersonationModes, type Wanted } from './impersonation_modes.ts';

const extraPrefix = 'impersonate-extra-';

export function impersonate(authorizers: readonly Authorizer[]): Filter {
  return async (call, next) => {
    const wanted = wantedOf(call.request.headers);
    if (!wanted) return next(call);
    const requestor = call.user;
    call.user = await impersonated(authorizers, wanted, requestor, attributesOf(requestor, call.info));
    call.impersonator = requestor;
    return next(call);
  };
}

/** The narrowest mode that is allowed counts; of those that are not, the first one's refusal is told (KEP-5284). */
async function impersonated(
  authorizers: readonly Authorizer[],
  wanted: Wanted,
  requestor: UserInfo,
  request: ReturnType<typeof attributesOf>,
): Promise<UserInfo> {
  let refusal: Error | undefined;
  modes: for (const mode of impersonationModes) {
    if (!mode.covers(wanted, requestor)) continue;
    for (const question of mode.questions(wanted, requestor, request)) {
      const answer =
        'refused' in question
          ? { allowed: false, reason: question.refused }
          : await isAllowed(authorizers, question.ask);
      if (answer.allowed) continue;
      refusal ??= forbiddenError(question.ask, answer.reason);
      continue modes;
    }
    return mode.user(wanted);
  }
  throw refusal!;
}

function wantedOf(headers: Readonly<Record<string, string>>): Wanted | undefined {
  const username = headers['impersonate-user'] ?? '';
  const uid = headers['impersonate-uid'] ?? '';
  const groups = splitHeader(headers['impersonate-group']);
  const extra = extraOf(headers);
  if (username) return { username, uid, groups, extra };
  if (uid || groups.length || Object.keys(extra).length)
    throw badRequest(
      `requested ${goText({ username, uid, groups, extra })} without impersonating a user name`,
    );
  return undefined;
}

// As Go prints its struct with %#v.
function goText({ username, uid, groups, extra }: Wanted): string {
  const list = (items: readonly string[]) => `[]string{${items.map(goQuote).join(', ')}}`;
  const keys = Object.keys(extra).sort();
  const map = keys.map((key) => `${goQuote(key)}:${list(extra[key]!)}`).join(', ');
  return `&user.DefaultInfo{Name:${goQuote(username)}, UID:${goQuote(uid)}, Groups:${groups.length ? list(groups) : '[]string(nil)'}, Extra:map[string][]string${keys.length ? `{${map}}` : '(nil)'}}`;
}

function splitHeader(value: string | undefined): string[] {
  return value ? value.split(',').map((part) => part.trim()) : [];
}

function extraOf(headers: Readonly<Record<string, string>>): Record<string, string[]> {
  const extra: Record<string, string[]> = {};
  for (const name in headers) {
    if (!name.startsWith(extraPrefix)) continue;
    extra[unescaped(name.slice(extraPrefix.length))] = splitHeader(headers[name]);
  }
  return extra;
}

// What is not percent-encoded well counts as it is.
function unescaped(key: string): string {
  try {
    return decodeURIComponent(key);
  } catch {
    return key;
  }
}
