// /statusz: what runs here and since when (KEP-4827).
import { type Clock, type Ms, rfc3339 } from '@kubets/base';
import type { Endpoint } from '../call.ts';
import { componentPageEndpoint } from './component_page.ts';

export interface StatuszOptions {
  clock: Clock;
  /** `v1.36.0+kubets.0.1.0` */
  version: string;
}

const paths = ['/flagz', '/healthz', '/livez', '/metrics', '/readyz', '/statusz', '/version'];

export function statuszEndpoint({ clock, version }: StatuszOptions): Endpoint {
  const startedAt = clock.now();
  const binaryVersion = version.replace(/^v/, '');
  const emulationVersion = /^\d+\.\d+/.exec(binaryVersion)?.[0] ?? '';
  return componentPageEndpoint({
    kind: 'Statusz',
    text: () =>
      [
        '',
        `Started: ${new Date(startedAt).toUTCString().replace(',', '')}`,
        `Up: ${upText(clock.now() - startedAt)}`,
        `Binary version: ${binaryVersion}`,
        `Emulation version: ${emulationVersion}`,
        `Paths: ${paths.join(' ')}`,
      ].join('\n'),
    fields: () => ({
      startTime: rfc3339(startedAt),
      uptimeSeconds: Math.floor((clock.now() - startedAt) / 1000),
      goVersion: 'none',
      binaryVersion,
      emulationVersion,
      paths,
    }),
  });
}

function upText(upMs: Ms): string {
  const seconds = Math.floor(upMs / 1000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${Math.floor(seconds / 3600)} hr ${two(Math.floor(seconds / 60) % 60)} min ${two(seconds % 60)} sec`;
}
