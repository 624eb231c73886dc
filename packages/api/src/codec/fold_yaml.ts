// Long lines as Go's emitter breaks them: at the first space past the 80th column, block scalars excepted.

const bestWidth = 80;
// Indentation and dashes, a key, a value: all that a line of block style has.
const lineShape = /^( *)((?:- )*)((?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s"'](?:[^:]|:(?! ))*): )?(.*)$/;
const blockHeader = /^[|>]\d?[-+]?$/;

/** `text` has each scalar that isn't a block on one line. */
export function foldYaml(text: string): string {
  const lines = text.split('\n');
  if (lines.every(({ length }) => length <= bestWidth)) return text;
  // Where the block scalar stands that is being passed over; -1: none.
  let block = -1;
  return lines
    .map((line) => {
      if (block >= 0) {
        if (line === '' || indentOf(line) > block) return line;
        block = -1;
      }
      const [, spaces = '', dashes = '', key = '', value = ''] = lineShape.exec(line) ?? [];
      const column = spaces.length + (key ? dashes.length : Math.max(0, dashes.length - 2));
      if (blockHeader.test(value)) block = column;
      if (line.length <= bestWidth) return line;
      const start = spaces + dashes + key;
      return start + foldScalar(value, start.length, column + 2);
    })
    .join('\n');
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

function foldScalar(value: string, startColumn: number, indent: number): string {
  const quote = value[0] === '"' || value[0] === "'" ? value[0] : '';
  const last = value.length - (quote ? 2 : 1);
  const next = `\n${' '.repeat(indent)}`;
  let folded = '';
  let column = startColumn;
  let afterSpace = false;
  for (let i = 0; i < value.length; i++) {
    const char = value[i]!;
    const isSpace = char === ' ';
    const breaks =
      isSpace &&
      !afterSpace &&
      column > bestWidth &&
      i > (quote ? 1 : 0) &&
      i < last &&
      (quote === '"' || value[i + 1] !== ' ');
    if (breaks) {
      folded += next;
      column = indent;
      // What is only space would be lost at the start of a line.
      if (value[i + 1] === ' ') {
        folded += '\\';
        column++;
      }
    } else {
      folded += char;
      column++;
    }
    afterSpace = isSpace;
  }
  return folded;
}
