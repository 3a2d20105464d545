import type { CsvScanner } from './csv-scanner.js';

/**
 * The texts of a column that says the same on many rows in a row, such as the job of its tasks: made anew only where the
 * bytes change, since making a string costs more than comparing them.
 */
export class RepeatedText {
  private bytes = new Uint8Array(64);
  private length = -1;
  private text = '';

  /** The text of this field of the record at hand. */
  of(scanner: CsvScanner, field: number): string {
    if (this.length >= 0 && scanner.equals(field, this.bytes, this.length)) return this.text;
    const bytes = scanner.bytes(field);
    if (bytes.length > this.bytes.length) this.bytes = new Uint8Array(2 * bytes.length);
    this.bytes.set(bytes);
    this.length = bytes.length;
    this.text = scanner.text(field);
    return this.text;
  }
}
