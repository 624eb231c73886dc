// Answers with one object, as bytes.
import {
  encodeMessage,
  encodeUnknown,
  formatYaml,
  hasMessage,
  type KubeObject,
  notAcceptable,
  stringifyExact,
  wrapMessage,
} from '@kubets/api';
import type { Column } from '@kubets/resources';
import { withLineFeed } from '../cache/stored_entry.ts';
import type { ApiResult, Stored } from '../request.ts';
import { contentTypes, type Form } from './negotiate.ts';
import { RecentBytes } from './recent_bytes.ts';
import { type IncludeObject, partialOf, tableOf } from './table.ts';
import { typeOf, withNulls } from './with_nulls.ts';

export interface Encoded {
  contentType: string;
  /** Stands before the body: the part of an answer that is its own when the body is shared. */
  head?: Uint8Array;
  body: Uint8Array;
}

export interface EncodeOptions {
  form: Form;
  includeObject: IncludeObject;
  pretty: boolean;
  nowMs: number;
}

const encoder = new TextEncoder();

export function encodeObject(result: ApiResult & { type: 'object' }, options: EncodeOptions): Encoded {
  const { form } = options;
  const failure = result.status >= 400 || isStatus(result);
  if (form.as === 'object' || failure) {
    if (result.stored && form.mediaType === 'json' && !options.pretty)
      return { contentType: contentTypes.json, body: withLineFeed(result.stored.json) };
    if (result.stored && form.mediaType === 'protobuf') return encodeStoredMessage(result.stored, form);
    return encodeAs(result.stored ? withNulls(result.stored.object) : result.object, form, options.pretty);
  }
  const object = result.object as KubeObject;
  if (form.as === 'PartialObjectMetadataList')
    throw notAcceptable(
      `you requested PartialObjectMetadataList, but the requested object is not a list (${goTypeOf(object)})`,
    );
  if (form.as === 'Table') {
    const { resourceVersion } = object.metadata ?? {};
    const table = tableOf([object], columnsOf(result), resourceVersion ? { resourceVersion } : {}, {
      ...options,
      version: form.version,
    });
    return encodeAs(table, form, options.pretty);
  }
  return encodeAs(partialOf(object, form.version), form, options.pretty);
}

export function columnsOf(result: { columns?: readonly Column<any>[] }): readonly Column<any>[] {
  if (!result.columns)
    throw notAcceptable(
      `only the following media types are accepted: ${Object.values(contentTypes).join(', ')}`,
    );
  return result.columns;
}

/** How kube-apiserver's messages name the type of an object: `*apps.Deployment`. */
export function goTypeOf({ apiVersion, kind }: { apiVersion: string; kind: string }): string {
  if (!messageTypeOf(apiVersion, kind))
    return kind.endsWith('List') ? '*unstructured.UnstructuredList' : '*unstructured.Unstructured';
  const group = apiVersion.includes('/') ? apiVersion.split(/[./]/, 1)[0] : 'core';
  return `*${group === 'events' ? 'core' : group}.${kind}`;
}

/** Any object in any media type; what has no protobuf form is answered as JSON. */
export function encodeAs(object: object, form: Form, pretty: boolean): Encoded {
  if (form.mediaType === 'yaml')
    return { contentType: contentTypes.yaml, body: encoder.encode(formatYaml(object)) };
  if (form.mediaType === 'protobuf') {
    const { apiVersion, kind } = object as { apiVersion: string; kind: string };
    const type = messageTypeOf(apiVersion, kind);
    if (type)
      return {
        contentType: contentTypes.protobuf,
        body: encodeUnknown(apiVersion, kind, type, object),
      };
  }
  if (pretty)
    return { contentType: contentTypes.json, body: encoder.encode(`${stringifyExact(object, 2)}\n`) };
  return { contentType: contentTypes.json, body: encoder.encode(`${stringifyExact(object)}\n`) };
}

/** Message bytes of entries that are kept: lists and watches of many clients share them. */
const maxMessageBytes = 16 * 1024 * 1024;
const messages = new RecentBytes<Stored>(maxMessageBytes, ({ object }) =>
  encodeMessage(messageTypeOf(object.apiVersion, object.kind)!, object),
);

function encodeStoredMessage(stored: Stored, form: Form): Encoded {
  const { apiVersion, kind } = stored.object;
  const message = storedMessage(stored);
  if (!message) return encodeAs(stored.object, { ...form, mediaType: 'json' }, false);
  return { contentType: contentTypes.protobuf, body: wrapMessage(apiVersion, kind, message) };
}

/** Undefined for kinds without a protobuf form (custom resources). */
export function storedMessage(stored: Stored): Uint8Array | undefined {
  // Before the object is asked for, which may have to be parsed for that.
  const kept = messages.kept(stored);
  if (kept) return kept;
  const { apiVersion, kind } = stored.object;
  return messageTypeOf(apiVersion, kind) ? messages.get(stored) : undefined;
}

export function messageTypeOf(apiVersion: string | undefined, kind: string | undefined): string | undefined {
  const type = typeOf(apiVersion, kind);
  return type && hasMessage(type) ? type : undefined;
}

function isStatus(result: ApiResult & { type: 'object' }): boolean {
  return !result.stored && (result.object as { kind?: string }).kind === 'Status';
}
