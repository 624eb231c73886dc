import type { Call, Filter } from '../call.ts';
import type { ApiResult } from '../request.ts';
import type { ServerContext } from '../server_context.ts';

export interface AuditEvent {
  call: Call;
  startedMs: number;
  endedMs: number;
  /** HTTP code of the answer. */
  code: number;
  /** The answer itself; undefined for a refusal. */
  result: ApiResult | undefined;
}

/** Called once for each answered request; whoever writes audit logs turns it into an audit.k8s.io Event. */
export type AuditHook = (event: AuditEvent) => void;

export function auditRequests({
  audit,
  clock,
  metrics,
}: Pick<ServerContext, 'audit' | 'clock' | 'metrics'>): Filter {
  if (!audit) return (call, next) => next(call);
  return async (call, next) => {
    const startedMs = clock.now();
    const tell = (code: number, result?: ApiResult) => {
      metrics.auditEvents.with().inc();
      audit({ call, startedMs, endedMs: clock.now(), code, result });
    };
    try {
      const result = await next(call);
      tell(result.type === 'proxy' ? 200 : result.status, result);
      return result;
    } catch (error) {
      tell((error as { code?: number }).code ?? 500);
      throw error;
    }
  };
}
