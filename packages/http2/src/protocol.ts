// Numbers of RFC 9113.

export const frameType = {
  data: 0,
  headers: 1,
  priority: 2,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const flag = {
  /** Of SETTINGS and PING. */
  ack: 0x1,
  endStream: 0x1,
  endHeaders: 0x4,
  padded: 0x8,
  priority: 0x20,
} as const;

export const errorCode = {
  noError: 0,
  protocolError: 1,
  internalError: 2,
  flowControlError: 3,
  settingsTimeout: 4,
  streamClosed: 5,
  frameSizeError: 6,
  refusedStream: 7,
  cancel: 8,
  compressionError: 9,
  connectError: 10,
  enhanceYourCalm: 11,
} as const;

export type ErrorCode = (typeof errorCode)[keyof typeof errorCode];

export const setting = {
  headerTableSize: 1,
  enablePush: 2,
  maxConcurrentStreams: 3,
  initialWindowSize: 4,
  maxFrameSize: 5,
  maxHeaderListSize: 6,
} as const;

export const frameHeaderLength = 9;
/** What either side may send before it has heard of other settings (6.5.2). */
export const defaultMaxFrameSize = 16_384;
export const largestMaxFrameSize = 0xff_ffff;
export const defaultWindowSize = 65_535;
export const defaultHeaderTableSize = 4_096;
/** Windows and stream ids have 31 bits. */
export const max31 = 0x7fff_ffff;

/** What a client says first (3.4). */
export const clientPreface = 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n';

/** 31 bits; the reserved one before them is ignored. */
export function read31(bytes: Uint8Array, at: number): number {
  return ((bytes[at]! & 0x7f) << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

/** Ends the connection, with a GOAWAY that gives the code (5.4.1). */
export class ConnectionError extends Error {
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** Ends one stream, with RST_STREAM (5.4.2). */
export class StreamError extends Error {
  readonly streamId: number;
  readonly code: ErrorCode;

  constructor(streamId: number, code: ErrorCode, message: string) {
    super(message);
    this.streamId = streamId;
    this.code = code;
  }
}
