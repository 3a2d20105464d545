const SPACE = 0x20;
const ZERO = 0x30;

/** Maximum number of digits that is always exact in a double. */
const MAX_DIGITS = 15;

/**
 * The words of a line, separated by white space. They are positions in the line, so only the words that are read become
 * text or numbers.
 */
export class Words {
  /** Number of words in the line. */
  count = 0;
  private line = '';
  private starts = new Int32Array(32);
  private ends = new Int32Array(32);

  /** Finds the words of another line. */
  read(line: string): void {
    this.line = line;
    this.count = 0;
    for (let at = 0; at < line.length; ) {
      while (at < line.length && line.charCodeAt(at) <= SPACE) at++;
      if (at === line.length) return;
      const start = at;
      while (at < line.length && line.charCodeAt(at) > SPACE) at++;
      if (this.count === this.starts.length) this.grow();
      this.starts[this.count] = start;
      this.ends[this.count++] = at;
    }
  }

  /** Whether the first word starts with this text. False without words. */
  startsWith(text: string): boolean {
    return this.count > 0 && this.line.startsWith(text, this.starts[0]);
  }

  text(word: number): string {
    return this.line.slice(this.starts[word], this.ends[word]);
  }

  /** `Number` of the word. Whole numbers, which are most common, are parsed without creating text. */
  number(word: number): number {
    const end = this.ends[word];
    const start = this.starts[word];
    if (end - start > MAX_DIGITS) return Number(this.text(word));
    let value = 0;
    for (let at = start; at < end; at++) {
      const digit = this.line.charCodeAt(at) - ZERO;
      if (digit < 0 || digit > 9) return Number(this.text(word));
      value = value * 10 + digit;
    }
    return value;
  }

  private grow(): void {
    const [starts, ends] = [this.starts, this.ends];
    this.starts = new Int32Array(2 * starts.length);
    this.ends = new Int32Array(2 * ends.length);
    this.starts.set(starts);
    this.ends.set(ends);
  }
}
