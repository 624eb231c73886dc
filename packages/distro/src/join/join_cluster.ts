// The side of the joiner.
import { request } from 'node:https';
import { UserError } from '../main.ts';
import type { JoinBundle } from './join_bundle.ts';
import { caPath, joinPath } from './join_endpoint.ts';
import { hashOf, type ServerToken } from './server_token.ts';

export interface JoinOptions {
  /** URL of a server that is there. */
  server: string;
  token: ServerToken;
  /** Of this member. */
  name: string;
  peerUrl: string;
  onWait?(reason: string): void;
}

/** etcd takes one learner at a time, and none without a healthy majority: a joiner waits for its turn this long. */
const patienceMs = 120_000;
const pauseMs = 1_000;
/** Far above any bundle or authority. */
const maxAnswerBytes = 1024 * 1024;
const passing = new Set(['ECONNRESET', 'ECONNREFUSED', 'EPIPE', 'EHOSTUNREACH', 'ENETUNREACH', 'ETIMEDOUT']);

interface Answer {
  status: number;
  body: string;
}

/** @throws UserError for a wrong address, authority or token; Error when the cluster takes nobody for two minutes. */
export async function joinCluster(options: JoinOptions): Promise<JoinBundle> {
  const { server, token, onWait = () => {} } = options;
  const end = Date.now() + patienceMs;
  const ca = await trustedAuthority(server, token);
  for (;;) {
    const path = `${joinPath}?${new URLSearchParams({ name: options.name, peer: options.peerUrl })}`;
    const { status, body } = await ask(server, {
      method: 'POST',
      path,
      ca,
      headers: { authorization: `Bearer ${token.secret}` },
    }).catch(answerToCome);
    if (status === 200) return JSON.parse(body) as JoinBundle;
    if (status === 401 || status === 403) throw new UserError(`${server} does not know the token`);
    if (status === 404)
      throw new UserError(`${server} keeps its objects in its own store: nobody can join it`);
    if (Date.now() > end) throw new UserError(`${server} takes no server: ${messageOf(body)}`);
    onWait(messageOf(body));
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
}

/**
 * A server that was there a moment ago may be back in the next: asking again takes the place of what was asked before.
 * An authority that doesn't vouch for it stays as it is.
 */
function answerToCome(error: NodeJS.ErrnoException): Answer {
  if (!passing.has(error.code ?? '')) throw new UserError(`the server cannot be asked: ${error.message}`);
  return { status: 0, body: error.message };
}

/** Fetched from whoever answers, believed because its hash is the token's. */
async function trustedAuthority(server: string, token: ServerToken): Promise<string> {
  const { status, body } = await ask(server, { method: 'GET', path: caPath }).catch((error) => {
    throw new UserError(`${server} does not answer: ${error.message}`);
  });
  if (status !== 200) throw new UserError(`${server} is no server of kubets (${status})`);
  if (hashOf(body) !== token.caHash) {
    throw new UserError(`${server} belongs to another cluster than the token: its authority differs`);
  }
  return body;
}

function ask(
  server: string,
  options: { method: string; path: string; ca?: string; headers?: Record<string, string> },
): Promise<Answer> {
  const { ca, ...rest } = options;
  return new Promise((resolve, reject) => {
    const asked = request(
      new URL(options.path, server),
      // Without an authority nothing secret is sent, and nothing received is believed.
      { ...rest, ca, rejectUnauthorized: ca !== undefined, agent: false, timeout: 20_000 },
      (response) => {
        let body = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          body += chunk;
          if (body.length > maxAnswerBytes) response.destroy(new Error('the answer has no end'));
        });
        response.on('end', () => resolve({ status: response.statusCode!, body }));
        response.on('error', reject);
      },
    );
    asked.on('timeout', () =>
      asked.destroy(Object.assign(new Error('no answer within 20 s'), { code: 'ETIMEDOUT' })),
    );
    asked.on('error', reject);
    asked.end();
  });
}

function messageOf(body: string): string {
  try {
    return (JSON.parse(body) as { message?: string }).message ?? body;
  } catch {
    return body;
  }
}
