import { stripVTControlCharacters } from 'node:util';

/** Longer lines are hard to read. */
const LONGEST_LINE = 110;

/** Width of prose when the output is not a terminal and COLUMNS is not set. */
const DEFAULT_WIDTH = 80;

/** Columns of a terminal, or of COLUMNS; undefined for a file or a pipe. */
export function terminalWidth({ columns }: { readonly columns?: number | undefined } = process.stdout) {
  const given = Number(process.env.COLUMNS);
  return Number.isInteger(given) && given > 0 ? given : columns;
}

/** Width of the prose on stdout. */
export function proseWidth(): number {
  return Math.min(LONGEST_LINE, terminalWidth() ?? DEFAULT_WIDTH);
}

/** Number of visible characters. */
export function visibleLength(text: string): number {
  return stripVTControlCharacters(text).length;
}

/**
 * Lines of at most `width` characters. Breaks are at spaces only, so that a long path or address stays whole. Lines after the first
 * begin with `indent`.
 */
export function wrapped(text: string, width: number, indent = ''): string {
  return filled(text.split(/(?<=\S)(?= )/), width, indent);
}

/** A cell of a table: as wrapped, but a word such as `byFramework.spark.wait.p95` may also break after a dot. */
export function wrappedCell(text: string, width: number, indent: string): string {
  return filled(text.split(/(?<=\S)(?= )|(?<=[./])(?=\S)/), width, indent);
}

/** Pieces between which a line may break. A piece may begin with spaces, which are dropped at a break. */
function filled(pieces: readonly string[], width: number, indent: string): string {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces) {
    if (line === '' || visibleLength(line + piece) <= width) line += piece;
    else {
      lines.push(line.trimEnd());
      line = indent + piece.trimStart();
    }
  }
  return [...lines, line].join('\n');
}

/** Prose for stdout, each line wrapped. */
export function prose(text: string): string {
  return text
    .split('\n')
    .map((line) => wrapped(line, proseWidth()))
    .join('\n');
}

/** Writes a line to stderr: wrapped on a terminal, and whole in a file or a pipe, where programs read it. */
export function writeMessage(text: string): void {
  const width = Math.min(LONGEST_LINE, terminalWidth(process.stderr) ?? DEFAULT_WIDTH);
  process.stderr.write(`${process.stderr.isTTY === true ? wrapped(text, width) : text}\n`);
}

/** Text after a term, in a column that begins after `column` characters. A longer term has a line of its own. */
export function definition(term: string, text: string, column: number): string {
  const indent = ' '.repeat(column);
  const gap = column - visibleLength(term);
  if (text === '') return `${term}\n`;
  const body = wrapped(`${indent}${text}`, proseWidth(), indent);
  return gap >= 2 ? `${term}${body.slice(column - gap)}\n` : `${term}\n${body}\n`;
}

/** A doc comment as paragraphs. Entries of a list and indented lines keep their own lines. */
export function paragraphs(doc: string): string {
  return doc
    .split(/\n{2,}/)
    .map((paragraph) => prose(paragraph.replace(/\n(?![ \t]|[-*] )/g, ' ')))
    .join('\n\n');
}
