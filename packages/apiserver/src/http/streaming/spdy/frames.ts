// The frames of SPDY/3.1, as https://www.chromium.org/spdy/spdy-protocol/spdy-protocol-draft3-1 numbers them.

export const protocolVersion = 3;

export const frameTypes = {
  synStream: 1,
  synReply: 2,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goAway: 7,
  headers: 8,
  windowUpdate: 9,
} as const;

export const frameFlags = { fin: 0x01, unidirectional: 0x02 } as const;

/** Why a stream was reset. */
export const resetStatus = {
  protocolError: 1,
  invalidStream: 2,
  refusedStream: 3,
  unsupportedVersion: 4,
  cancel: 5,
  internalError: 6,
  flowControlError: 7,
  streamInUse: 8,
  streamAlreadyClosed: 9,
  frameTooLarge: 11,
} as const;

export const goAwayStatus = { ok: 0, protocolError: 1, internalError: 2 } as const;

export const settingIds = { maxConcurrentStreams: 4, initialWindowSize: 7 } as const;

/** Names in lower case; several values of one name are joined by a NUL, as on the wire. */
export type SpdyHeaders = Readonly<Record<string, string>>;

export type Frame =
  | { type: 'synStream'; streamId: number; fin: boolean; headers: SpdyHeaders }
  | { type: 'synReply'; streamId: number; fin: boolean; headers: SpdyHeaders }
  | { type: 'headers'; streamId: number; fin: boolean; headers: SpdyHeaders }
  | { type: 'rstStream'; streamId: number; status: number }
  | { type: 'settings'; values: ReadonlyMap<number, number> }
  | { type: 'ping'; id: number }
  | { type: 'goAway'; lastStreamId: number; status: number }
  | { type: 'windowUpdate'; streamId: number; delta: number }
  /** A data frame may arrive as several of these; `fin` is on its last. */
  | { type: 'data'; streamId: number; fin: boolean; bytes: Uint8Array };

/** The peer broke the protocol: the session can't go on. */
export class SpdyProtocolError extends Error {
  override readonly name = 'SpdyProtocolError';
}
