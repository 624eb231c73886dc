import type { Readable } from 'node:stream';

export interface TerminalSize {
  width: number;
  height: number;
}

/** The text of one size has some 30 characters; more than this without an end is none. */
const maxSizeLength = 1024;

/** The sizes on a resize stream. What is no size is skipped. */
export async function* terminalSizes(resize: Readable): AsyncGenerator<TerminalSize> {
  let text = '';
  for await (const chunk of resize.iterator({ destroyOnReturn: false })) {
    text += chunk.toString();
    // Objects without nesting: each ends at its brace.
    for (let end = text.indexOf('}'); end >= 0; end = text.indexOf('}')) {
      const size = readSize(text.slice(0, end + 1));
      text = text.slice(end + 1);
      if (size) yield size;
    }
    if (text.length > maxSizeLength) return;
  }
}

function readSize(text: string): TerminalSize | undefined {
  try {
    const { Width: width, Height: height } = JSON.parse(text);
    const valid = (side: unknown) => Number.isInteger(side) && Number(side) >= 0 && Number(side) <= 0xffff;
    return valid(width) && valid(height) ? { width, height } : undefined;
  } catch {
    return undefined;
  }
}
