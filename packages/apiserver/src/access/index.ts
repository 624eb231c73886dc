export { type AdmissionOptions, admissionPlugins } from './admission/index.ts';
export { writeQuotaStatus } from './admission/write_quota_status.ts';
export { createServiceAccountAuthenticator, userOfToken } from './authn/service_account_authenticator.ts';
export { createTokenIssuer, type TokenIssuerOptions } from './authn/token_issuer.ts';
export { createNodeAuthorizer, nodeOf } from './authz/node_authorizer.ts';
export { createRbacAuthorizer } from './authz/rbac_authorizer.ts';
export { superuserAuthorizer } from './authz/superuser_authorizer.ts';
export { ensureBootstrapObjects } from './bootstrap/ensure.ts';
export { type BootstrapObject, bootstrapObjects } from './bootstrap/objects.ts';
