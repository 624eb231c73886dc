export interface Table {
  columnDefinitions: readonly { name: string; priority?: number }[];
  rows: readonly { cells: readonly unknown[] }[];
}

export interface FormatTableOptions {
  /** Columns of lesser importance too. */
  wide?: boolean;
  /** A column before all others: namespaces, one for each row. */
  namespaces?: readonly string[];
  /** Changes a cell before columns are laid out. */
  cell?: (text: string) => string;
}

/** A Table as kubectl prints it: upper-case headings, columns three blanks apart. */
export function formatTable(
  table: Table,
  { wide, namespaces, cell = (text) => text }: FormatTableOptions,
): string {
  const shown = table.columnDefinitions
    .map(({ name, priority = 0 }, index) => ({ name, priority, index }))
    .filter(({ priority }) => wide || priority === 0);
  const rows = table.rows.map(({ cells }, row) => [
    ...(namespaces ? [namespaces[row]!] : []),
    ...shown.map(({ index }) => cell(textOf(cells[index]))),
  ]);
  // Names may have been changed: what is sorted by name stays so.
  if (!namespaces) rows.sort((a, b) => (a[0]! < b[0]! ? -1 : a[0]! > b[0]! ? 1 : 0));
  return layOut([
    [...(namespaces ? ['NAMESPACE'] : []), ...shown.map(({ name }) => name.toUpperCase())],
    ...rows,
  ]);
}

const padding = 3;
const minWidth = 6;

/** Lines of columns, each as wide as its widest cell; ends of lines have no blanks. */
export function layOut(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows)
    row.forEach((text, i) => {
      widths[i] = Math.max(widths[i] ?? minWidth, text.length + padding);
    });
  return rows
    .map(
      (row) =>
        `${row
          .map((text, i) => text.padEnd(widths[i]!))
          .join('')
          .trimEnd()}\n`,
    )
    .join('');
}

function textOf(cell: unknown): string {
  return cell === null || cell === undefined ? '<none>' : String(cell);
}
