/** A `Warning` for kinds whose objects are stored and served while nothing acts on them in this release. */
export function notActedOn(what: string): () => string[] {
  return () => [`kubets does not act on this object: ${what}`];
}
