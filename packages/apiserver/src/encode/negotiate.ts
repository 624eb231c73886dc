// Which form an answer takes: from the Accept header to a media type and, maybe, a transformation.
import { notAcceptable } from '@kubets/api';

export interface Form {
  mediaType: 'json' | 'yaml' | 'protobuf';
  /** A Table, or only metadata, instead of the object. */
  as: 'object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  /** `meta.k8s.io/v1` or `/v1beta1`, of the transformed answer. */
  version: 'v1' | 'v1beta1';
  /** Indented, as `;pretty=1` asks. */
  pretty?: boolean;
}

export const contentTypes = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
} as const;

const mediaTypes: Readonly<Record<string, readonly Form['mediaType'][]>> = {
  'application/json': ['json'],
  'application/yaml': ['yaml'],
  'application/vnd.kubernetes.protobuf': ['protobuf'],
  'application/*': ['json', 'yaml', 'protobuf'],
  '*/*': ['json', 'yaml', 'protobuf'],
};
const streamTypes = [contentTypes.json, contentTypes.protobuf].map((each) => `${each};stream=watch`);

const transformations = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']);
const plainJson: Form = Object.freeze({ mediaType: 'json', as: 'object', version: 'v1' });
/** Clients send few different headers; past this many someone is playing. */
const maxRemembered = 500;
const remembered = new Map<string, Accepted>();

interface Accepted {
  /** For an object. */
  form: Form | undefined;
  /** For a Status, which has no other form than its own. */
  failure: Form | undefined;
}

/** @throws ApiError 406 when nothing that the client accepts can be served. */
export function negotiate(accept: string | undefined): Form {
  if (!accept) return plainJson;
  const { form } = lookUp(accept);
  if (form) return form;
  throw notAcceptable(
    `only the following media types are accepted: ${Object.values(contentTypes).join(', ')}`,
  );
}

/** @throws ApiError 406 also for YAML, which has no framing for events. */
export function negotiateWatch(accept: string | undefined): Form {
  if (!accept) return plainJson;
  const { form } = lookUp(accept);
  if (form && form.mediaType !== 'yaml') return form;
  throw notAcceptable(`only the following media types are accepted: ${streamTypes.join(', ')}`);
}

/** The form of a refusal; undefined when the client accepts none, and gets plain JSON nevertheless. */
export function negotiateFailure(accept: string | undefined): Form | undefined {
  return accept ? lookUp(accept).failure : plainJson;
}

function lookUp(accept: string): Accepted {
  let found = remembered.get(accept);
  if (!found) {
    found = parseAccept(accept);
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(accept, found);
  }
  return found;
}

interface Clause {
  mediaType: string;
  parameters: ReadonlyMap<string, string>;
  quality: number;
}

function parseAccept(accept: string): Accepted {
  const clauses = accept.split(',').flatMap(parseClause);
  // The most wanted first; among equals the order of the header (Array.sort is stable), wildcards last.
  clauses.sort((a, b) => b.quality - a.quality || wildcards(a) - wildcards(b));
  const forms = clauses.flatMap((clause) => formsOf(clause));
  return { form: forms[0], failure: forms.find(({ as }) => as === 'object') };
}

function wildcards({ mediaType }: Clause): number {
  return mediaType.split('*').length;
}

function parseClause(text: string): Clause[] {
  const [mediaType = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters = new Map<string, string>();
  for (const part of rest) {
    const [name = '', value, ...more] = part.split('=');
    if (value && more.length === 0) parameters.set(name.trim(), value.trim());
  }
  const quality = Number(parameters.get('q') ?? 1);
  parameters.delete('q');
  const type = mediaType === '*' ? '*/*' : mediaType;
  return [{ mediaType: type, parameters, quality: Number.isFinite(quality) ? quality : 0 }];
}

function formsOf({ mediaType, parameters }: Clause): Form[] {
  const stream = parameters.get('stream');
  const kinds = ['as', 'g', 'v'].some((name) => parameters.has(name));
  const as = parameters.get('as') ?? '';
  const version = parameters.get('v');
  if (parameters.has('sv') && parameters.get('sv') !== 'v1') return [];
  const pretty = parameters.get('pretty') === '1' ? { pretty: true } : {};
  return (Object.hasOwn(mediaTypes, mediaType) ? mediaTypes[mediaType]! : []).flatMap((known): Form[] => {
    if (stream !== undefined && (stream !== 'watch' || known === 'yaml')) return [];
    if (!kinds) return [{ mediaType: known, as: 'object', version: 'v1', ...pretty }];
    if (parameters.get('g') !== 'meta.k8s.io' || (version !== 'v1' && version !== 'v1beta1')) return [];
    if (!transformations.has(as)) return [];
    // Tables have no protobuf form.
    if (as === 'Table' && known === 'protobuf') return [];
    return [{ mediaType: known, as: as as Form['as'], version, ...pretty }];
  });
}
