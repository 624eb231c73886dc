// Links in pages of a proxied host, so that they lead back through the proxy (apimachinery util/proxy: Transport).

/** Attributes that hold a URL, by element. */
const urlAttributes: Record<string, readonly string[]> = {
  a: ['href'],
  applet: ['codebase'],
  area: ['href'],
  audio: ['src'],
  base: ['href'],
  blockquote: ['cite'],
  body: ['background'],
  button: ['formaction'],
  command: ['icon'],
  del: ['cite'],
  embed: ['src'],
  form: ['action'],
  frame: ['longdesc', 'src'],
  head: ['profile'],
  html: ['manifest'],
  iframe: ['longdesc', 'src'],
  img: ['longdesc', 'src', 'usemap'],
  input: ['src', 'usemap', 'formaction'],
  ins: ['cite'],
  link: ['href'],
  object: ['classid', 'codebase', 'data', 'usemap'],
  q: ['cite'],
  script: ['src'],
  source: ['src'],
  video: ['poster', 'src'],
};

const openTag = /<([a-zA-Z]+)((?:\s+[^\s=>"']+(?:\s*=\s*(?:"[^"]*"|'[^']*'|[^\s"'>]+))?)*)\s*\/?>/g;
const attribute = /([^\s=>"']+)(\s*=\s*)("[^"]*"|'[^']*'|[^\s"'>]+)/g;

/** The page with each link put through `rewrite`; what it returns unchanged stays as it was written. */
export function rewriteHtml(page: string, rewrite: (url: string) => string): string {
  return page.replace(openTag, (tag: string, element: string, attributes: string) => {
    const names = urlAttributes[element.toLowerCase()];
    if (!names) return tag;
    const changed = attributes.replace(
      attribute,
      (whole: string, name: string, equals: string, quoted: string) => {
        if (!names.includes(name.toLowerCase())) return whole;
        const quote = /^["']/.test(quoted) ? quoted[0]! : '';
        const url = quote ? quoted.slice(1, -1) : quoted;
        const next = rewrite(url);
        return next === url ? whole : `${name}${equals}${quote || '"'}${next}${quote || '"'}`;
      },
    );
    return tag.replace(attributes, () => changed);
  });
}

/** A link of the host at `host` as seen through a proxy whose paths begin with `prefix`. */
export function throughProxy(url: string, { host, prefix }: { host: string; prefix: string }): string {
  const absolute = /^[a-z][a-z0-9+.-]*:\/\/([^/]*)(\/[^\s]*)?$/i.exec(url);
  if (absolute) return absolute[1] === host ? prefix + (absolute[2] ?? '/') : url;
  // `//elsewhere/x` names another host; a path without a slash in front is relative already.
  if (!url.startsWith('/') || url.startsWith('//') || url.startsWith(`${prefix}/`)) return url;
  return prefix + url;
}
