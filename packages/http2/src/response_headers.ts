/** What HPACK does with headers of answers, by name. */
export const headerTreatment: ReadonlyMap<string, 'index' | 'omit'> = new Map<string, 'index' | 'omit'>([
  // The same in many answers.
  ['cache-control', 'index'],
  ['content-encoding', 'index'],
  ['content-type', 'index'],
  ['date', 'index'],
  ['vary', 'index'],
  ['x-kubernetes-pf-flowschema-uid', 'index'],
  ['x-kubernetes-pf-prioritylevel-uid', 'index'],
  // Of a connection, which here is no matter of headers (RFC 9113, 8.2.2).
  ['connection', 'omit'],
  ['keep-alive', 'omit'],
  ['proxy-connection', 'omit'],
  ['transfer-encoding', 'omit'],
  ['upgrade', 'omit'],
]);
