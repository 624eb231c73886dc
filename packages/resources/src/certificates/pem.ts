export interface PemBlock {
  type: string;
  /** `Key: value` lines stand before the content. */
  headers: boolean;
}

const block = /^-----BEGIN ([^\n-]+)-----[ \t]*\r?\n([^-]*?)-----END \1-----[ \t]*\r?$/gm;

/** The PEM blocks of a text that is base64 once more, as bytes are in JSON. */
export function pemBlocks(base64: string | undefined): PemBlock[] {
  let text: string;
  try {
    text = atob(base64 ?? '');
  } catch {
    return [];
  }
  return pemBlocksIn(text);
}

export interface TextPemBlock extends PemBlock {
  /** The content, without line breaks; empty below headers. */
  base64: string;
}

export function pemBlocksIn(text: string): TextPemBlock[] {
  return [...text.matchAll(block)].map(([, type = '', body = '']) => {
    const headers = /^[^\n:]+:/.test(body);
    return { type, headers, base64: headers ? '' : body.replace(/\s+/g, '') };
  });
}
