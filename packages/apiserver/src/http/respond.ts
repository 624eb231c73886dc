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
  includeObjectOf,
  negotiate,
  wantsPretty,
} from '../encode/index.ts';
import type { ApiResult } from '../request.ts';
import type { HttpRequest } from './http_request.ts';
import type { Headers, Responder } from './responder.ts';

export interface RespondContext {
  clock: Clock;
  log: Logger;
  /** For the `audit-id` header. */
  requestId(): string;
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
  let options: EncodeOptions;
  try {
    options = encodeOptions(context, request);
    if (result.type === 'watch') return await respondWatch(context, out, result, options);
    const encoded = result.type === 'list' ? encodeList(result, options) : encodeObject(result, options);
    await respondEncoded(context, request, out, result, encoded);
  } catch (error) {
    if (!isApiError(error)) {
      context.log.error('answer could not be encoded', { path: request.path, error: errorMessage(error) });
      out.destroy();
      return;
    }
    const { contentType, body } = encodeAs(
      error.status,
      { mediaType: 'json', as: 'object', version: 'v1' },
      false,
    );
    const headers = commonHeaders(context, contentType);
    headers['content-length'] = body.length;
    out.head(error.code, headers);
    out.end(body);
  }
}

function encodeOptions(context: RespondContext, request: HttpRequest): EncodeOptions {
  const { query, headers } = request;
  return {
    form: negotiate(headers['accept']),
    includeObject: query.size > 0 ? includeObjectOf(query) : 'Metadata',
    pretty: wantsPretty(query, headers['user-agent']),
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
  const headers = commonHeaders(context, encoded.contentType);
  if (result.type === 'object' && result.headers) Object.assign(headers, result.headers);
  if (result.warnings?.length) headers['warning'] = result.warnings.map(warningValue);
  await sendBody(request, out, result.status, headers, encoded.body);
}

async function sendBody(
  request: HttpRequest,
  out: Responder,
  status: number,
  headers: Headers,
  body: Uint8Array,
): Promise<void> {
  let bytes = body;
  if (body.length >= gzipFromBytes && request.headers['accept-encoding']?.includes('gzip')) {
    bytes = await compress(body);
    headers['content-encoding'] = 'gzip';
    headers['vary'] = 'Accept-Encoding';
  }
  headers['content-length'] = bytes.length;
  out.head(status, headers);
  out.end(request.method === 'HEAD' ? undefined : bytes);
}

function compress(body: Uint8Array): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    gzip(body, { level: constants.Z_BEST_SPEED }, (error, bytes) => (error ? reject(error) : resolve(bytes)));
  });
}

async function respondWatch(
  context: RespondContext,
  out: Responder,
  result: ApiResult & { type: 'watch' },
  options: EncodeOptions,
): Promise<void> {
  const { contentType, frame } = encodeWatch(result, options, () => context.clock.now());
  out.head(200, commonHeaders(context, contentType));
  for await (const events of result.events) {
    let chunks: Uint8Array[] = [];
    let length = 0;
    for (const event of events) {
      const bytes = frame(event);
      chunks.push(bytes);
      length += bytes.length;
      if (length < maxWriteBytes) continue;
      const waiting = out.write(Buffer.concat(chunks, length));
      if (waiting) await waiting;
      if (out.closed) return;
      chunks = [];
      length = 0;
    }
    if (length > 0) {
      const waiting = out.write(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length));
      if (waiting) await waiting;
    }
    if (out.closed) return;
  }
  out.end();
}

async function respondRaw(
  context: RespondContext,
  out: Responder,
  result: ApiResult & { type: 'raw' },
  request: HttpRequest,
): Promise<void> {
  const { status, contentType, body } = result;
  const headers = commonHeaders(context, contentType);
  if (result.headers) Object.assign(headers, result.headers);
  if (typeof body === 'string' || body instanceof Uint8Array) {
    const bytes = typeof body === 'string' ? Buffer.from(body) : body;
    return sendBody(request, out, status, headers, bytes);
  }
  out.head(status, headers);
  for await (const chunk of body) {
    const waiting = out.write(chunk);
    if (waiting) await waiting;
    if (out.closed) return;
  }
  out.end();
}

function commonHeaders(context: RespondContext, contentType: string): Headers {
  return {
    'audit-id': context.requestId(),
    'cache-control': 'no-cache, private',
    'content-type': contentType,
  };
}

/** RFC 7234, 5.5: code 299, an unknown agent, a quoted text. */
function warningValue(text: string): string {
  // Header values are one line of printable ASCII.
  const clean = text
    .replace(/[^\x20-\x7e]+/g, ' ')
    .replaceAll('\\', '\\\\')
    .replaceAll('"', '\\"');
  return `299 - "${clean}"`;
}
