import { type JobId, NONE } from '../../model/index.js';

/** Jobs in line before a scheduler that serves one at a time: first come, first served. */
export class JobLine {
  length = 0;
  private ring = new Int32Array(16);
  private head = 0;

  /** The job at the head, or NONE. */
  get first(): JobId {
    return this.length === 0 ? NONE : this.ring[this.head];
  }

  add(job: JobId): void {
    if (this.length === this.ring.length) this.grow();
    this.ring[(this.head + this.length++) % this.ring.length] = job;
  }

  /** Takes the job at the head out, or returns NONE. */
  take(): JobId {
    const job = this.first;
    if (job === NONE) return NONE;
    this.head = (this.head + 1) % this.ring.length;
    this.length--;
    return job;
  }

  /** A job leaves from wherever it stands; that is rare enough for a walk along the line. */
  remove(job: JobId): void {
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      const other = this.ring[(this.head + i) % this.ring.length];
      if (other !== job) this.ring[(this.head + kept++) % this.ring.length] = other;
    }
    this.length = kept;
  }

  private grow(): void {
    const larger = new Int32Array(this.ring.length * 2);
    for (let i = 0; i < this.length; i++) larger[i] = this.ring[(this.head + i) % this.ring.length];
    this.ring = larger;
    this.head = 0;
  }
}
