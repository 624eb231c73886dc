const streams = new Set(['exec', 'attach', 'portforward', 'proxy', 'log']);

export function isLongRunning(verb: string, subresource: string): boolean {
  return verb === 'watch' || streams.has(subresource);
}
