import { describe, expect, test } from 'vitest';
import { rewriteHtml, throughProxy } from './rewrite_html.ts';

const proxy = { host: '10.0.0.1:80', prefix: '/api/v1/namespaces/a/pods/b/proxy' };
const rewritten = (page: string) => rewriteHtml(page, (url) => throughProxy(url, proxy));

describe('links in proxied pages', () => {
  test.each([
    ['<a href="/x">t</a>', `<a href="${proxy.prefix}/x">t</a>`],
    ["<IMG class=c SRC='/i.png'/>", `<IMG class=c SRC='${proxy.prefix}/i.png'/>`],
    ['<a href=/x>t</a>', `<a href="${proxy.prefix}/x">t</a>`],
    ['<a href="http://10.0.0.1:80/x">t</a>', `<a href="${proxy.prefix}/x">t</a>`],
    [`<a href="${proxy.prefix}/x">t</a>`, `<a href="${proxy.prefix}/x">t</a>`],
    ['<a href="x/y">t</a>', '<a href="x/y">t</a>'],
    ['<a href="//cdn/x">t</a>', '<a href="//cdn/x">t</a>'],
    ['<a href="https://elsewhere/x">t</a>', '<a href="https://elsewhere/x">t</a>'],
    ['<p title="/x">1 < 2 and a href="/x"</p>', '<p title="/x">1 < 2 and a href="/x"</p>'],
  ])('%s', (page, expected) => expect(rewritten(page)).toBe(expected));

  test('a hostile page takes no more than a moment', () => {
    const page = `<a ${'x '.repeat(50_000)}`;
    expect(rewritten(page)).toBe(page);
  });
});
