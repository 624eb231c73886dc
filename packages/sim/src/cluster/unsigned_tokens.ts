import type { TokenIssuer } from '@kubets/apiserver';
import type { Clock } from '@kubets/base';

const prefix = 'unsigned.';

/**
 * Tokens without a signature: real ones are signed on other threads, whose answers come when they come. Nobody
 * outside can reach a simulated cluster.
 */
export function unsignedTokens(clock: Clock, issuer: string): TokenIssuer {
  return {
    issuer,
    sign: async (claims) => prefix + encodeURIComponent(JSON.stringify(claims)),
    async verify(token) {
      if (!token.startsWith(prefix)) return undefined;
      const claims = JSON.parse(decodeURIComponent(token.slice(prefix.length)));
      return claims.exp * 1000 > clock.now() ? claims : undefined;
    },
    jwks: () => ({ keys: [] }),
  };
}
