// /healthz, /livez, /readyz and each of their checks; /metrics; /version; the token issuer's public keys.
import type { Endpoint } from '../call.ts';
import { namesOneOf, notAcceptableHere } from '../decode/acceptable.ts';
import { onlyGet } from '../discovery/endpoints.ts';
import type { ApiResult } from '../request.ts';
import { textNotFound } from '../routes/dispatch.ts';
import type { ServerContext } from '../server_context.ts';
import type { Check } from './checks.ts';
import { metricLines } from './server_metrics.ts';

type Checks = () => readonly Check[];

export function healthEndpoints(checks: Checks, metrics: ServerContext['metrics']) {
  const exact: Record<string, Endpoint> = {};
  const prefixes: Record<string, Endpoint> = {};
  for (const kind of ['healthz', 'livez', 'readyz'] as const) {
    const own = () => checks().filter(({ of }) => !of || of.includes(kind));
    const ask = async (check: Check) => {
      const problem = await check.problem();
      metrics.health.with(check.name, kind).set(problem === undefined ? 1 : 0);
      metrics.healthChecks.with(check.name, kind, problem === undefined ? 'success' : 'error').inc();
      return problem;
    };
    exact[`/${kind}`] = (call) => answerAll(kind, own(), ask, call.request.query);
    prefixes[`/${kind}/`] = async (call) => {
      const name = call.request.path.slice(kind.length + 2);
      const check = own().find((each) => each.name === name);
      if (!check) return textNotFound;
      const problem = await ask(check);
      return problem === undefined ? text(200, 'ok') : refusal(`internal server error: ${problem}\n`);
    };
  }
  const paths = () =>
    (['healthz', 'livez', 'readyz'] as const).flatMap((kind) =>
      checks()
        .filter(({ of }) => !of || of.includes(kind))
        .map(({ name }) => `/${kind}/${name}`),
    );
  return { exact, prefixes, paths };
}

async function answerAll(
  kind: string,
  checks: readonly Check[],
  ask: (check: Check) => Promise<string | undefined>,
  query: URLSearchParams,
): Promise<ApiResult> {
  const excluded = new Set(query.getAll('exclude').filter((name) => name !== ''));
  let lines = '';
  let failed = false;
  for (const check of checks) {
    if (excluded.delete(check.name)) {
      lines += `[+]${check.name} excluded: ok\n`;
      continue;
    }
    if ((await ask(check)) === undefined) lines += `[+]${check.name} ok\n`;
    else {
      failed = true;
      // The reason is for those who may ask for this one check.
      lines += `[-]${check.name} failed: reason withheld\n`;
    }
  }
  if (excluded.size)
    lines += `warn: some health checks cannot be excluded: no matches for ${[...excluded]
      .sort()
      .map((name) => `"${name}"`)
      .join(',')}\n`;
  if (failed) return refusal(`${lines}${kind} check failed\n`);
  return text(200, query.has('verbose') ? `${lines}${kind} check passed\n` : 'ok', nosniff);
}

const nosniff = { 'x-content-type-options': 'nosniff' };

function refusal(body: string): ApiResult {
  return text(500, body, nosniff);
}

function text(status: number, body: string, headers: Record<string, string> = {}): ApiResult {
  return { type: 'raw', status, contentType: 'text/plain; charset=utf-8', body, headers };
}

/** `/metrics/slis`: how the health checks went when somebody last looked. */
export function healthMetricsEndpoint({ metrics }: ServerContext): Endpoint {
  return async () => metricsText([...metrics.health.lines(), ...metrics.healthChecks.lines()]);
}

function metricsText(lines: readonly string[]): ApiResult {
  return {
    type: 'raw',
    status: 200,
    contentType: 'text/plain; version=0.0.4; charset=utf-8; escaping=underscores',
    body: lines.map((line) => `${line}\n`).join(''),
  };
}

export function metricsEndpoint(server: ServerContext, more: () => Iterable<string> = () => []): Endpoint {
  return async () => metricsText([...metricLines(server), ...more()]);
}

const jsonAlone = ['application/json'];

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
  return async (call) => {
    onlyGet(call);
    const { accept } = call.request.headers;
    if (accept && !namesOneOf(accept, jsonAlone)) throw notAcceptableHere(jsonAlone);
    return {
      type: 'raw',
      status: 200,
      contentType: 'application/json',
      body: JSON.stringify(body, null, 2),
    };
  };
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
  return async () => ({
    type: 'raw',
    status: 200,
    contentType: 'application/json',
    body: JSON.stringify({ paths: [...new Set(paths())].filter((path) => path !== '/').sort() }, null, 2),
  });
}
