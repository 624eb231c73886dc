// Which form an answer takes: from the Accept header to a media type and, maybe, a transformation.
import { notAcceptable } from '@kubets/api';

export interface Form {
  mediaType: 'json' | 'yaml' | 'protobuf';
  /** A Table, or only metadata, instead of the object. */
  as: 'object' | 'Table' | 'PartialObjectMetadata' | 'PartialObjectMetadataList';
  /** `meta.k8s.io/v1` or `/v1beta1`, of the transformed answer. */
  version: 'v1' | 'v1beta1';
}

export const contentTypes = {
  json: 'application/json',
  yaml: 'application/yaml',
  protobuf: 'application/vnd.kubernetes.protobuf',
} as const;

const mediaTypes: Readonly<Record<string, Form['mediaType']>> = {
  'application/json': 'json',
  'application/yaml': 'yaml',
  'application/vnd.kubernetes.protobuf': 'protobuf',
  'application/*': 'json',
  '*/*': 'json',
};

const transformations = new Set(['Table', 'PartialObjectMetadata', 'PartialObjectMetadataList']);
const plainJson: Form = Object.freeze({ mediaType: 'json', as: 'object', version: 'v1' });
/** Clients send few different headers; past this many someone is playing. */
const maxRemembered = 500;
const remembered = new Map<string, Form | undefined>();

/** @throws ApiError 406 when nothing that the client accepts can be served. */
export function negotiate(accept: string | undefined): Form {
  if (!accept) return plainJson;
  let form = remembered.get(accept);
  if (form === undefined && !remembered.has(accept)) {
    form = parseAccept(accept);
    if (remembered.size >= maxRemembered) remembered.clear();
    remembered.set(accept, form);
  }
  if (form) return form;
  throw notAcceptable(
    `only the following media types are accepted: ${Object.values(contentTypes).join(', ')}`,
  );
}

interface Clause {
  mediaType: string;
  parameters: Record<string, string>;
  quality: number;
}

function parseAccept(accept: string): Form | undefined {
  const clauses = accept.split(',').map(parseClause);
  // The most wanted first; among equals the order of the header (Array.sort is stable).
  clauses.sort((a, b) => b.quality - a.quality);
  for (const clause of clauses) {
    const form = formOf(clause);
    if (form) return form;
  }
  return undefined;
}

function parseClause(text: string): Clause {
  const [mediaType = '', ...rest] = text.split(';').map((part) => part.trim());
  const parameters: Record<string, string> = {};
  for (const part of rest) {
    const equals = part.indexOf('=');
    if (equals > 0) parameters[part.slice(0, equals).trim().toLowerCase()] = part.slice(equals + 1).trim();
  }
  const quality = Number(parameters['q'] ?? 1);
  return {
    mediaType: mediaType.toLowerCase(),
    parameters,
    quality: Number.isFinite(quality) ? quality : 0,
  };
}

function formOf({ mediaType, parameters, quality }: Clause): Form | undefined {
  const known = mediaTypes[mediaType];
  if (!known || quality === 0) return undefined;
  const { as, g, v } = parameters;
  if (!as) return { mediaType: known, as: 'object', version: 'v1' };
  if (!transformations.has(as) || (g ?? '') !== 'meta.k8s.io' || (v !== 'v1' && v !== 'v1beta1'))
    return undefined;
  // Tables have no protobuf form.
  if (as === 'Table' && known === 'protobuf') return undefined;
  return { mediaType: known, as: as as Form['as'], version: v };
}
