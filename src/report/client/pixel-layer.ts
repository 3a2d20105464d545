/** Pixels between dots. */
const DOTS = 4;

/**
 * Pixels that keep their first colour. What is on top is drawn first, and each pixel is filled at most once, so the time to fill depends on the size of the
 * layer and not on how much is drawn below.
 */
export class PixelLayer {
  /** How many pixels have been filled since `clear`. */
  filled = 0;
  /** By pixel, and one more at the end of each row: itself if it is empty, else one further right on the way to the next empty one. */
  private readonly next: Int32Array;
  /** By pixel, and one more at the end of each row: how many dotted lines begin there, less those that end there. */
  private readonly dotted: Int32Array;

  /** `pixels`: `width * height`, which the layer fills. */
  constructor(
    readonly pixels: Uint32Array,
    readonly width: number,
    readonly height: number,
  ) {
    this.next = new Int32Array((width + 1) * height);
    this.dotted = new Int32Array(this.next.length);
    this.clear();
  }

  clear(): void {
    const { next } = this;
    for (let at = 0; at < next.length; at++) next[at] = at;
    this.dotted.fill(0);
    this.pixels.fill(0);
    this.filled = 0;
  }

  /** Fills the empty pixels of a rectangle, as far as it is within the layer. */
  fill(left: number, top: number, right: number, bottom: number, color: number): void {
    const { pixels, next, width } = this;
    const from = Math.max(0, left);
    const to = Math.min(width, right);
    if (to <= from) return;
    const end = Math.min(this.height, bottom);
    for (let y = Math.max(0, top); y < end; y++) {
      const row = y * (width + 1);
      for (let at = this.emptyFrom(row + from); at < row + to; at = this.emptyFrom(at + 1)) {
        pixels[at - y] = color;
        next[at] = at + 1;
        this.filled++;
      }
    }
  }

  /** A dotted line of one pixel, which `drawDots` draws. */
  dot(left: number, right: number, y: number): void {
    const from = Math.max(0, left);
    const to = Math.min(this.width, right);
    if (y < 0 || y >= this.height || to <= from) return;
    const row = y * (this.width + 1);
    this.dotted[row + from]++;
    this.dotted[row + to]--;
  }

  /** Draws all dotted lines, below everything else. */
  drawDots(color: number): void {
    const { width, height, dotted } = this;
    for (let y = 0; y < height; y++) {
      const row = y * (width + 1);
      let lines = 0;
      for (let x = 0; x < width; x++) {
        // Dots of neighbouring rows are beside each other, so that many rows make no stripes.
        if (lines > 0 && (x + y) % DOTS === 0) this.fill(x, y, x + 1, y + 1, color);
        lines += dotted[row + x];
      }
    }
  }

  /** The first empty pixel from here on; the end of the row if there is none. Shortens the way for the next search (union-find with path halving). */
  private emptyFrom(start: number): number {
    const { next } = this;
    let at = start;
    while (next[at] !== at) {
      next[at] = next[next[at]];
      at = next[at];
    }
    return at;
  }
}
