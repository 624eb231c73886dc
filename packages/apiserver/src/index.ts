export type * from './access.ts';
export type { Call, Endpoint } from './call.ts';
export type { AuditEvent, AuditHook } from './filters/audit.ts';
export type * from './request.ts';
export { type ApiServer, type ApiServerOptions, createApiServer } from './server.ts';
