// Aggregated discovery in the media type that the client wants most (KEP-3352).
import { encodeUnknown, formatYaml } from '@kubets/api';
import { sha512Hex } from './digest.ts';

export interface AggregatedForm {
  mediaType: 'application/json' | 'application/yaml' | 'application/vnd.kubernetes.protobuf';
}

const parameters = { g: 'apidiscovery.k8s.io', v: 'v2', as: 'APIGroupDiscoveryList' };
const mediaTypes = {
  'application/json': 'application/json',
  'application/yaml': 'application/yaml',
  'application/vnd.kubernetes.protobuf': 'application/vnd.kubernetes.protobuf',
  'application/*': 'application/json',
  '*/*': 'application/json',
} as const;

/** Undefined where what the client wants most is the old form, or nothing of ours. */
export function aggregatedForm(accept: string | undefined): AggregatedForm | undefined {
  if (!accept?.includes(parameters.as)) return undefined;
  const clauses = accept.split(',').map(parseClause);
  clauses.sort((a, b) => b.quality - a.quality);
  for (const { mediaType, given, quality } of clauses) {
    const known = mediaTypes[mediaType as keyof typeof mediaTypes];
    if (!known || quality === 0) continue;
    if (given['as'] === undefined) return undefined;
    if (Object.entries(parameters).every(([name, value]) => given[name] === value))
      return { mediaType: known };
  }
  return undefined;
}

function parseClause(clause: string) {
  const [mediaType = '', ...rest] = clause.split(';').map((part) => part.trim());
  const given = Object.fromEntries(
    rest.map((part) => {
      const equals = part.indexOf('=');
      return [part.slice(0, equals).trim(), part.slice(equals + 1).trim()];
    }),
  ) as Record<string, string>;
  const quality = Number(given['q'] ?? 1);
  return { mediaType: mediaType.toLowerCase(), given, quality: Number.isFinite(quality) ? quality : 0 };
}

export interface AggregatedDocument {
  /** Of the content, whatever its form. */
  etag: string;
  encode(form: AggregatedForm): { contentType: string; body: string | Uint8Array };
}

export function aggregatedDocument(object: object): AggregatedDocument {
  const json = `${JSON.stringify(object)}\n`;
  const encodings = new Map<string, string | Uint8Array>([['application/json', json]]);
  return {
    etag: `"${sha512Hex(json)}"`,
    encode({ mediaType }) {
      let body = encodings.get(mediaType);
      if (body === undefined) encodings.set(mediaType, (body = encode(object, mediaType)));
      const { g, v, as } = parameters;
      return { contentType: `${mediaType};g=${g};v=${v};as=${as}`, body };
    },
  };
}

function encode(object: object, mediaType: AggregatedForm['mediaType']): string | Uint8Array {
  if (mediaType === 'application/yaml') return formatYaml(object);
  const { g, v, as } = parameters;
  return encodeUnknown(`${g}/${v}`, as, `apidiscovery.${v}.${as}`, object);
}
