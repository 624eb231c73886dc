/** What a runtime answers when it can't do as it is told; the message is the runtime's own. */
export class RuntimeError extends Error {
  override readonly name = 'RuntimeError';
  readonly code: RuntimeErrorCode;

  constructor(code: RuntimeErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

export type RuntimeErrorCode = 'NotFound' | 'DeadlineExceeded' | 'Unimplemented' | 'Unavailable' | 'Other';

export function isTimeout(error: unknown): boolean {
  return error instanceof RuntimeError && error.code === 'DeadlineExceeded';
}
