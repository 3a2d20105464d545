import { MICROS_PER_SECOND, type Micros } from '../../model/index.js';

/** A level that is looked at on every whole second from 0 on; what a second's own events change is seen at the next one. */
export class SampledLevel {
  private level = 0;
  private sum = 0;
  /** Samples taken so far: those before second number `samples`. */
  private samples = 0;

  /** The level is another from now on. */
  set(level: number, now: Micros): void {
    this.sampleUntil(Math.ceil(now / MICROS_PER_SECOND));
    this.level = level;
  }

  /** The last sample is that at `now`. */
  close(now: Micros): void {
    this.sampleUntil(Math.floor(now / MICROS_PER_SECOND) + 1);
  }

  /** Unweighted mean of the samples. */
  get mean(): number {
    return this.samples === 0 ? 0 : this.sum / this.samples;
  }

  private sampleUntil(second: number): void {
    if (second <= this.samples) return;
    this.sum += this.level * (second - this.samples);
    this.samples = second;
  }
}
