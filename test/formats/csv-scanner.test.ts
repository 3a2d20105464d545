import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CsvScanner } from '../../src/workloads/formats/csv-scanner.js';

/** The records of a file that comes in these pieces, and what was wrong with it. */
function scanned(pieces: readonly Uint8Array[]): { records: string[][]; lines: number[]; problem?: string } {
  const scanner = new CsvScanner('f.csv');
  const records: string[][] = [];
  const lines: number[] = [];
  const take = () => {
    while (scanner.next()) {
      records.push(Array.from({ length: scanner.fields }, (_, field) => scanner.text(field)));
      lines.push(scanner.line);
    }
  };
  try {
    for (const piece of pieces) {
      scanner.feed(piece);
      take();
    }
    scanner.finish();
    take();
  } catch (error) {
    return { records, lines, problem: (error as Error).message };
  }
  return { records, lines };
}

/** The same by the package, for text that is CSV. */
function parsed(text: string): string[][] {
  return parse(text, {
    bom: true,
    record_delimiter: ['\r\n', '\n'],
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  }) as string[][];
}

function bytesOf(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** Cuts bytes into pieces of these lengths, in turn. */
function cut(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let at = 0, i = 0; at < bytes.length; i++) {
    const end = at + (lengths[i % lengths.length] ?? 1);
    pieces.push(bytes.subarray(at, end));
    at = end;
  }
  return pieces;
}

const space = fc.constantFrom('', '', '', ' ', '\t', '  ');
const plain = fc
  .string({ unit: fc.constantFrom('a', 'B', '7', '.', '-', ' ', 'é', '火', '🦊', ';', '|'), maxLength: 8 })
  .map((text) => text.trim());
const quoted = fc
  .string({ unit: fc.constantFrom('a', ' ', ',', '"', '\n', 'é', '7'), maxLength: 8 })
  .map((text) => `"${text.replaceAll('"', '""')}"`);
const field = fc
  .tuple(space, fc.oneof({ weight: 3, arbitrary: plain }, quoted), space)
  .map((parts) => parts.join(''));
const line = fc.oneof(
  { weight: 6, arbitrary: fc.array(field, { minLength: 1, maxLength: 5 }).map((fields) => fields.join(',')) },
  space,
);
const end = fc.constantFrom('\n', '\r\n');
const file = fc
  .tuple(fc.boolean(), fc.array(fc.tuple(line, end), { maxLength: 12 }), fc.boolean())
  .map(([hasMark, lines, isCut]) => {
    const text = lines.map((parts) => parts.join('')).join('');
    return `${hasMark ? '\ufeff' : ''}${isCut ? text.replace(/\r?\n$/, '') : text}`;
  });

describe('the scanner of CSV', () => {
  it('finds what csv-parse finds, wherever the bytes are cut into chunks', () => {
    fc.assert(
      fc.property(
        file,
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 }),
        (text, lengths) => {
          const bytes = bytesOf(text);
          const { records, problem } = scanned(cut(bytes, lengths));
          expect(problem).toBeUndefined();
          expect(records).toEqual(parsed(text));
        },
      ),
      { numRuns: 2000, seed: 20261121 },
    );
  });

  it('says the same of damaged text whether it comes whole or byte by byte', () => {
    const damaged = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', '\r', ' ', '1'), maxLength: 30 });
    fc.assert(
      fc.property(damaged, (text) => {
        const bytes = bytesOf(text);
        const whole = scanned([bytes]);
        expect(scanned(cut(bytes, [1]))).toEqual(whole);
        expect(scanned(cut(bytes, [3, 1, 2]))).toEqual(whole);
      }),
      { numRuns: 3000, seed: 20261121 },
    );
  });

  it('reads plain decimal numbers as Number does', () => {
    const numbers = fc.oneof(
      fc.double({ min: 0, max: 1e9, noNaN: true }).map(String),
      fc.nat().map(String),
      fc.tuple(fc.nat(), fc.nat()).map(([whole, part]) => `${whole}.${part}`),
      fc.constantFrom(
        '',
        '.',
        '5.',
        '.5',
        '007',
        '1e3',
        '-1',
        '+1',
        '0x10',
        '1_000',
        '1.2.3',
        '9'.repeat(15),
        '9'.repeat(16),
      ),
    );
    fc.assert(
      fc.property(numbers, (text) => {
        const scanner = new CsvScanner('f.csv');
        scanner.feed(bytesOf(`x,${text}\n`));
        scanner.next();
        const value = scanner.decimal(1);
        if (Number.isNaN(value)) expect(text).not.toMatch(/^(\d{1,15}|\d{1,7}\.\d{1,7})$/);
        else expect(value).toBe(Number(text));
      }),
      { numRuns: 3000, seed: 20261121 },
    );
  });

  it('counts lines to the end of each record, also through quoted line breaks and blank lines', () => {
    const { records, lines } = scanned([bytesOf('a,b\r\n\r\n"1\n2",3\n\n\n4,5')]);
    expect(records).toEqual([
      ['a', 'b'],
      ['1\n2', '3'],
      ['4', '5'],
    ]);
    expect(lines).toEqual([1, 4, 7]);
  });

  it.each([
    ['a quote that is not closed', 'a\n"b\n\n', 'f.csv:4: a quote is not closed'],
    ['text behind a closing quote', 'a\n"b" c\n', 'f.csv:2: text follows a closing quote'],
    ['a quote inside a field', 'a\nb,c"d"\n', 'f.csv:2: a quote opens inside a field'],
    [
      'a record of more than a million characters',
      `a\n${'x,'.repeat(1 << 20)}\n`,
      'f.csv:2: the line has more than 1048576 characters',
    ],
    [
      'a record of more than a million characters without an end',
      `a\nb\n${'x'.repeat((1 << 20) + 1)}`,
      'f.csv:3: the line has more than 1048576 characters',
    ],
  ])('refuses %s by its line', (_what, text, message) => {
    expect(scanned([bytesOf(text)]).problem).toBe(message);
    expect(scanned(cut(bytesOf(text), [60_000])).problem).toBe(message);
  });

  it('takes records that are longer than a chunk, and many fields', () => {
    const wide = Array.from({ length: 5000 }, (_, i) => `field ${i}`);
    expect(scanned(cut(bytesOf(wide.join(',')), [1000])).records).toEqual([wide]);
  });
});
