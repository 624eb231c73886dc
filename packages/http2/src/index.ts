// HTTP/2, the server's side (RFC 9113, RFC 7541).
export { BlockPool } from './block_pool.ts';
export { ServerConnection, type ServerConnectionOptions } from './connection.ts';
export type { Transport } from './output.ts';
export { type ErrorCode, errorCode } from './protocol.ts';
export type { RequestBody } from './request_body.ts';
export type { RequestHeaders } from './request_headers.ts';
export type { FrameSource, ResponseHeaders, ServerStream } from './stream.ts';
