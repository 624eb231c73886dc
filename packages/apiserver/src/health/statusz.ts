// /statusz: what runs here and since when, for people and, where they ask for it by name, for programs (KEP-4827).
import { formatYaml, notAcceptable } from '@kubets/api';
import { type Clock, type Ms, rfc3339 } from '@kubets/base';
import type { Endpoint } from '../call.ts';
import { onlyGet } from '../discovery/endpoints.ts';

export interface StatuszOptions {
  clock: Clock;
  /** `v1.36.0+kubets.0.1.0` */
  version: string;
}

const paths = ['/healthz', '/livez', '/metrics', '/readyz', '/statusz', '/version'];
const accepted = 'application/json, application/yaml, text/plain';
const warning =
  'Warning: This endpoint is not meant to be machine parseable, has no formatting compatibility guarantees and is for debugging purposes only.';

export function statuszEndpoint({ clock, version }: StatuszOptions): Endpoint {
  const startedAt = clock.now();
  const binaryVersion = version.replace(/^v/, '');
  const emulationVersion = /^\d+\.\d+/.exec(binaryVersion)?.[0] ?? '';
  return async (call) => {
    onlyGet(call);
    const form = formOf(call.request.headers['accept'] || '*/*');
    if (!form) throw notAcceptable(`only the following media types are accepted: ${accepted}`);
    const upMs = clock.now() - startedAt;
    if (form.type === 'text') {
      const lines = [
        `Started: ${new Date(startedAt).toUTCString().replace(',', '')}`,
        `Up: ${upText(upMs)}`,
        `Binary version: ${binaryVersion}`,
        `Emulation version: ${emulationVersion}`,
        `Paths: ${paths.join(' ')}`,
      ];
      const body = `\napiserver statusz\n${warning}\n\n${lines.join('\n')}\n`;
      return { type: 'raw', status: 200, contentType: 'text/plain; charset=utf-8', body };
    }
    const object = {
      kind: 'Statusz',
      apiVersion: `config.k8s.io/${form.version}`,
      metadata: { name: 'apiserver' },
      startTime: rfc3339(startedAt),
      uptimeSeconds: Math.floor(upMs / 1000),
      goVersion: 'none',
      binaryVersion,
      emulationVersion,
      paths,
    };
    return form.type === 'yaml'
      ? { type: 'raw', status: 200, contentType: 'application/yaml', body: formatYaml(object) }
      : { type: 'raw', status: 200, contentType: 'application/json', body: `${JSON.stringify(object)}\n` };
  };
}

type StatuszForm = { type: 'text' } | { type: 'json' | 'yaml'; version: string };

/** Objects only for those who name the kind and its version: it may change. */
function formOf(accept: string): StatuszForm | undefined {
  for (const clause of accept.split(',')) {
    const [mediaType = '', ...parameters] = clause.split(';').map((part) => part.trim());
    if (['text/plain', 'text/*', '*/*'].includes(mediaType)) return { type: 'text' };
    const given = new Set(parameters);
    const version = ['v1beta1', 'v1alpha1'].find((each) => given.has(`v=${each}`));
    if (!version || !given.has('g=config.k8s.io') || !given.has('as=Statusz')) continue;
    if (mediaType === 'application/json') return { type: 'json', version };
    if (mediaType === 'application/yaml') return { type: 'yaml', version };
  }
  return undefined;
}

function upText(upMs: Ms): string {
  const seconds = Math.floor(upMs / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)} hr ${two(Math.floor(seconds / 60) % 60)} min ${two(seconds % 60)} sec`;
}
