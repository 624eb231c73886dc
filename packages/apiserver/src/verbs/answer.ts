import type { Column } from '@kubets/resources';
import type { ApiResult, Stored } from '../request.ts';
import type { Target } from '../routes/target.ts';

/** The answer with one stored object; the object itself is parsed only if someone reads it. */
export function storedAnswer(target: Target, stored: Stored, status = 200): ApiResult {
  const view = target.conversion ? target.conversion.stored(stored) : stored;
  return new StoredAnswer(status, view, target.columns);
}

class StoredAnswer {
  readonly type = 'object';
  readonly status: number;
  readonly stored: Stored;
  readonly columns: readonly Column<any>[] | undefined;
  warnings: readonly string[] | undefined;

  constructor(status: number, stored: Stored, columns: readonly Column<any>[] | undefined) {
    this.status = status;
    this.stored = stored;
    this.columns = columns;
  }

  get object(): object {
    return this.stored.object;
  }
}

/** The answer with an object that is not in the store: dry runs, reviews. */
export function objectAnswer(object: object, status = 200, columns?: readonly Column<any>[]): ApiResult {
  return { type: 'object', status, object, columns };
}
