// From a result of `handle` to an answer on the wire.
import { constants, gzip } from 'node:zlib';
import { isApiError } from '@kubets/api';
import type { Clock, Logger } from '@kubets/base';
import { errorMessage } from '@kubets/base';
import {
  type Encoded,
  type EncodeOptions,
  encodeAs,
  encodeList,
  encodeObject,
  encodeWatch,
  type Form,
  includeObjectOf,
  negotiate,
  negotiateFailure,
  negotiateWatch,
  wantsPretty,
} from '../encode/index.ts';
import type { ApiResult, KeptBodies, WatchEvents } from '../request.ts';
import type { HttpRequest } from './http_request.ts';
import type { JoinedFrames } from './joined_frames.ts';
import type { Headers, Responder } from './responder.ts';
import { spliceGzip } from './splice_gzip.ts';
import { WatchFrames, type WatchFramesOptions } from './watch_frames.ts';

export interface RespondContext {
  clock: Clock;
  log: Logger;
  /** For the `audit-id` header. */
  requestId(): string;
  /** Of watches. */
  joined: JoinedFrames;
}

/** Smaller answers aren't worth compressing (upstream: defaultGzipThresholdBytes). */
const gzipFromBytes = 128 * 1024;
/** Frames are joined up to this size into one write. */
const maxWriteBytes = 256 * 1024;

type Answer = Exclude<ApiResult, { type: 'proxy' }>;

export async function respond(
  context: RespondContext,
  request: HttpRequest,
  out: Responder,
  result: Answer,
): Promise<void> {
  if (result.type === 'raw') return respondRaw(context, out, result, request);
  try {
    if (result.type === 'object' && result.status >= 400)
      return await respondFailure(context, request, out, result);
    const options = encodeOptions(context, request, result);
    if (result.type === 'watch') return await respondWatch(context, request, out, result, options);
    const encoded = result.type === 'list' ? encodeList(result, options) : encodeObject(result, options);
    await respondEncoded(context, request, out, result, encoded);
  } catch (error) {
    if (isApiError(error)) {
      const { code, status } = error;
      return respondFailure(context, request, out, { type: 'object', status: code, object: status });
    }
    breakOff(context, request, out, error);
  }
}

function breakOff({ log }: RespondContext, { path }: HttpRequest, out: Responder, error: unknown): void {
  log.error('answer could not be encoded', { path, error: errorMessage(error) });
  out.destroy();
}

/** A refusal, in a form that the client accepts or else as indented JSON: it must not hide behind a 406. */
async function respondFailure(
  context: RespondContext,
  request: HttpRequest,
  out: Responder,
  result: ApiResult & { type: 'object' },
): Promise<void> {
  const { query, headers } = request;
  const form = negotiateFailure(headers['accept']);
  const pretty = !form || form.pretty || wantsPretty(query, headers['user-agent']);
  await respondEncoded(context, request, out, result, encodeAs(result.object, form ?? plainJson, pretty));
}

const plainJson: Form = { mediaType: 'json', as: 'object', version: 'v1' };

function encodeOptions(context: RespondContext, request: HttpRequest, { type }: Answer): EncodeOptions {
  const { query, headers } = request;
  const form = type === 'watch' ? negotiateWatch(headers['accept']) : negotiate(headers['accept']);
  return {
    form,
    includeObject: query.size > 0 ? includeObjectOf(query) : 'Metadata',
    pretty: form.pretty || wantsPretty(query, headers['user-agent']),
    nowMs: context.clock.now(),
  };
}

async function respondEncoded(
  context: RespondContext,
  request: HttpRequest,
  out: Responder,
  result: ApiResult & { type: 'object' | 'list' },
  encoded: Encoded,
): Promise<void> {
  const headers = commonHeaders(context, request, encoded.contentType);
  if (result.type === 'object' && result.headers) Object.assign(headers, result.headers);
  if (result.warnings?.length) headers['warning'] = result.warnings.map(warningValue);
  await sendBody(request, out, result.status, headers, encoded, 'kept' in result ? result.kept : undefined);
}

async function sendBody(
  request: HttpRequest,
  out: Responder,
  status: number,
  headers: Headers,
  { head, body }: Pick<Encoded, 'head' | 'body'>,
  kept?: KeptBodies,
): Promise<void> {
  let chunks = head ? [head, body] : [body];
  if (lengthOf(chunks) > gzipFromBytes && takesGzip(request.headers['accept-encoding'])) {
    const packed = await (kept ? kept.packed(body, compress) : compress(body));
    chunks = head ? spliceGzip(head, packed) : [packed];
    headers['content-encoding'] = 'gzip';
    const vary = String(headers['vary'] ?? '');
    if (!vary.includes('Accept-Encoding'))
      headers['vary'] = vary ? `${vary}, Accept-Encoding` : 'Accept-Encoding';
  }
  const length = lengthOf(chunks);
  headers['content-length'] = length;
  request.observer?.sized(length);
  out.head(status, headers);
  if (request.method === 'HEAD') out.end();
  else out.end(...chunks);
}

function lengthOf(chunks: readonly Uint8Array[]): number {
  return chunks.reduce((sum, { length }) => sum + length, 0);
}

function takesGzip(accepted: string | undefined): boolean {
  return accepted?.split(',').some((each) => each.trim() === 'gzip') ?? false;
}

function compress(body: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gzip(body, { level: constants.Z_BEST_SPEED }, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });
}

async function respondWatch(
  context: RespondContext,
  request: HttpRequest,
  out: Responder,
  result: ApiResult & { type: 'watch' },
  options: EncodeOptions,
): Promise<void> {
  const { contentType, frame } = encodeWatch(result, options, () => context.clock.now());
  out.head(200, commonHeaders(context, request, contentType));
  const { observer } = request;
  const { events } = result;
  if (canTap(events) && canFollow(out)) {
    const onFailure = (error: unknown) => breakOff(context, request, out, error);
    new WatchFrames({ events, frame, observer, onFailure }).sendOn(out);
    return;
  }
  for await (const batch of events) {
    let chunks: Uint8Array[] = [];
    let length = 0;
    for (const event of batch) {
      const bytes = frame(event);
      chunks.push(bytes);
      length += bytes.length;
      observer?.event?.(bytes.length);
      if (length < maxWriteBytes) continue;
      const waiting = out.write(context.joined.join(chunks, length));
      if (waiting) await waiting;
      if (out.closed) return;
      chunks = [];
      length = 0;
    }
    if (length > 0) {
      const waiting = out.write(context.joined.join(chunks, length));
      if (waiting) await waiting;
    }
    if (out.closed) return;
  }
  out.end();
}

function canTap(events: WatchEvents): events is WatchFramesOptions['events'] {
  return events.tap !== undefined;
}

function canFollow(out: Responder): out is Responder & Required<Pick<Responder, 'follow' | 'onClose'>> {
  return out.follow !== undefined;
}

async function respondRaw(
  context: RespondContext,
  out: Responder,
  result: ApiResult & { type: 'raw' },
  request: HttpRequest,
): Promise<void> {
  const { status, contentType, body } = result;
  const headers = commonHeaders(context, request, contentType);
  if (result.headers) Object.assign(headers, result.headers);
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    return sendBody(request, out, status, headers, { body: bytes });
  }
  out.head(status, headers);
  for await (const chunk of body) {
    const waiting = out.write(chunk);
    if (waiting) await waiting;
    if (out.closed) return;
  }
  out.end();
}

function commonHeaders(
  context: RespondContext,
  { flow, headers }: HttpRequest,
  contentType: string,
): Headers {
  return {
    // A proxy in front, or a client, may have given it one already.
    'audit-id': headers['audit-id'] || context.requestId(),
    'cache-control': 'no-cache, private',
    ...(contentType && { 'content-type': contentType }),
    ...(flow && {
      'x-kubernetes-pf-flowschema-uid': flow.schema.metadata.uid ?? '',
      'x-kubernetes-pf-prioritylevel-uid': flow.level.object.metadata.uid ?? '',
    }),
  };
}

const ascii = /^[\x20-\x7e]*$/;
const utf8 = new TextEncoder();

/** RFC 7234, 5.5: code 299, an unknown agent, a quoted text. */
function warningValue(text: string): string {
  // A header's characters are bytes: others than ASCII go as UTF-8.
  const bytes = ascii.test(text) ? text : String.fromCharCode(...utf8.encode(text));
  return `299 - "${bytes.replace(/["\\]/g, '\\$&')}"`;
}
