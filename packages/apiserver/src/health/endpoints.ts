// /healthz, /livez, /readyz and each of their checks; /metrics; /version; the token issuer's public keys.
import type { Endpoint } from '../call.ts';
import type { ApiResult } from '../request.ts';
import { pageNotFound } from '../routes/dispatch.ts';
import type { ServerContext } from '../server_context.ts';
import { objectAnswer } from '../verbs/answer.ts';
import { serverMetrics } from './server_metrics.ts';

export interface Check {
  name: string;
  /** Why the check fails; undefined: it doesn't. */
  problem(): Promise<string | undefined> | string | undefined;
  /** `/readyz` alone: a server that still loads is alive. */
  readyOnly?: boolean;
}

export function healthEndpoints(checks: readonly Check[]) {
  const exact: Record<string, Endpoint> = {};
  const prefixes: Record<string, Endpoint> = {};
  for (const kind of ['healthz', 'livez', 'readyz']) {
    const own = checks.filter((check) => kind !== 'livez' || !check.readyOnly);
    exact[`/${kind}`] = (call) => answerAll(kind, own, call.request.query);
    prefixes[`/${kind}/`] = async (call) => {
      const name = call.request.path.slice(kind.length + 2);
      const check = own.find((each) => each.name === name);
      if (!check) throw pageNotFound();
      const problem = await check.problem();
      return text(
        problem === undefined ? 200 : 500,
        problem === undefined ? 'ok' : `internal server error: ${problem}`,
      );
    };
  }
  return { exact, prefixes };
}

async function answerAll(kind: string, checks: readonly Check[], query: URLSearchParams): Promise<ApiResult> {
  const excluded = new Set(query.getAll('exclude'));
  let lines = '';
  let failed = false;
  for (const check of checks) {
    if (excluded.delete(check.name)) {
      lines += `[+]${check.name} excluded: ok\n`;
      continue;
    }
    const problem = await check.problem();
    if (problem === undefined) lines += `[+]${check.name} ok\n`;
    else {
      failed = true;
      // The reason is in the log, not in an answer that anybody may ask for.
      lines += `[-]${check.name} failed: reason withheld\n`;
    }
  }
  if (excluded.size)
    lines += `warn: some health checks cannot be excluded: no matches for ${[...excluded].map((name) => `"${name}"`).join(',')}\n`;
  if (failed) return text(500, `${lines}${kind} check failed\n`);
  return query.has('verbose') ? text(200, `${lines}${kind} check passed\n`) : text(200, 'ok');
}

function text(status: number, body: string): ApiResult {
  return {
    type: 'raw',
    status,
    contentType: 'text/plain; charset=utf-8',
    body,
    headers: { 'x-content-type-options': 'nosniff' },
  };
}

export function metricsEndpoint(server: ServerContext): Endpoint {
  return async () => ({
    type: 'raw',
    status: 200,
    contentType: 'text/plain; version=0.0.4; charset=utf-8',
    body: `${[...serverMetrics(server)].join('\n')}\n`,
  });
}

/** `v1.36.0` -> what `kubectl version` shows. */
export function versionEndpoint(version: string): Endpoint {
  const [, major = '1', minor = '36'] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  const gitVersion = version.includes('+') ? version : `${version}+kubets`;
  const body = {
    major,
    minor,
    emulationMajor: major,
    emulationMinor: minor,
    minCompatibilityMajor: major,
    minCompatibilityMinor: String(Number(minor) - 1),
    gitVersion,
    gitCommit: '',
    gitTreeState: 'clean',
    buildDate: '1970-01-01T00:00:00Z',
    goVersion: 'none',
    compiler: 'typescript',
    platform: 'linux/amd64',
  };
  return async () => ({
    type: 'raw',
    status: 200,
    contentType: 'application/json',
    body: JSON.stringify(body, null, 2),
  });
}

/** OpenID Connect discovery of the service account issuer (KEP-1393). */
export function openidEndpoints({
  tokenIssuer,
}: Pick<ServerContext, 'tokenIssuer'>): Record<string, Endpoint> {
  if (!tokenIssuer) return {};
  const { issuer } = tokenIssuer;
  const json = (contentType: string, body: () => object): Endpoint => {
    return async () => ({
      type: 'raw',
      status: 200,
      contentType,
      body: JSON.stringify(body()),
      headers: { 'cache-control': 'public, max-age=3600' },
    });
  };
  return {
    '/openid/v1/jwks': json('application/jwk-set+json', () => tokenIssuer.jwks()),
    '/.well-known/openid-configuration': json('application/json', () => ({
      issuer,
      jwks_uri: `${issuer.replace(/\/$/, '')}/openid/v1/jwks`,
      response_types_supported: ['id_token'],
      subject_types_supported: ['public'],
      id_token_signing_alg_values_supported: ['RS256', 'ES256'],
    })),
  };
}

/** `/`: the paths there are. */
export function rootEndpoint(paths: () => string[]): Endpoint {
  return async () => objectAnswer({ paths: paths() });
}
