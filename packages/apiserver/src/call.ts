import type { UserInfo } from '@kubets/api';
import type { ApiRequest, ApiResult } from './request.ts';
import type { RequestInfo } from './request_info.ts';

/** One request on its way through the pipeline; filters fill it in order. */
export interface Call {
  readonly request: ApiRequest;
  info: RequestInfo;
  user: UserInfo;
  /** Set by impersonation: who really asks. */
  impersonator: UserInfo | undefined;
  readonly warnings: string[];
  readonly audit: Record<string, string>;
  /** What the client sent has empty lists or maps: rules see them, the store doesn't. */
  empties?: boolean;
  /** Milliseconds spent waiting for a seat (API priority and fairness). */
  waitedMs?: number;
}

export type Endpoint = (call: Call) => Promise<ApiResult>;

/** One step of the pipeline. Throws ApiError (from @kubets/api) to refuse. */
export type Filter = (call: Call, next: Endpoint) => Promise<ApiResult>;
