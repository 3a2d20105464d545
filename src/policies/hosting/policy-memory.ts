/** Most characters that a policy may keep, keys included. UTF-16, so at most 1 MiB. */
const MOST_CHARACTERS = 2 ** 19;

/** What a policy remembers: keys and texts, in the order in which the keys were first set. */
export type MemoryTexts = readonly (readonly [key: string, text: string])[];

/** Texts that a policy keeps with `remember`. */
export class PolicyMemory {
  private readonly texts = new Map<string, string>();
  private characters = 0;
  private isChanged = false;

  /** The texts of an earlier process. */
  restore(texts: MemoryTexts): void {
    for (const [key, text] of texts) this.set(key, text);
    this.isChanged = false;
  }

  /** All texts, if they have changed since the last call; otherwise undefined. */
  takeChanged(): MemoryTexts | undefined {
    if (!this.isChanged) return undefined;
    this.isChanged = false;
    return [...this.texts];
  }

  get(key: string): string | undefined {
    return this.texts.get(key);
  }

  /** Returns false, without a change, if it would become too large. Undefined forgets the text. */
  set(key: string, text: string | undefined): boolean {
    const known = this.texts.get(key);
    const before = known === undefined ? 0 : key.length + known.length;
    const after = text === undefined ? 0 : key.length + text.length;
    if (this.characters - before + after > MOST_CHARACTERS) return false;
    this.characters += after - before;
    this.isChanged ||= known !== text;
    if (text === undefined) this.texts.delete(key);
    else this.texts.set(key, text);
    return true;
  }
}
