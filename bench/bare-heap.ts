/** A minimal 4-ary heap of (time, id): the baseline for the event queue. */
export class BareHeap {
  size = 0;
  private readonly times: Float64Array;
  private readonly ids: Int32Array;

  constructor(capacity: number) {
    this.times = new Float64Array(capacity);
    this.ids = new Int32Array(capacity);
  }

  get top(): number {
    return this.times[0];
  }

  push(time: number, id: number): void {
    const { times, ids } = this;
    let hole = this.size++;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      if (times[parent] <= time) break;
      times[hole] = times[parent];
      ids[hole] = ids[parent];
      hole = parent;
    }
    times[hole] = time;
    ids[hole] = id;
  }

  pop(): number {
    const { times, ids } = this;
    const id = ids[0];
    const last = --this.size;
    const time = times[last];
    const lastId = ids[last];
    let hole = 0;
    for (;;) {
      const first = (hole << 2) + 1;
      if (first >= last) break;
      let least = first;
      for (let child = first + 1; child < Math.min(first + 4, last); child++)
        if (times[child] < times[least]) least = child;
      if (times[least] >= time) break;
      times[hole] = times[least];
      ids[hole] = ids[least];
      hole = least;
    }
    times[hole] = time;
    ids[hole] = lastId;
    return id;
  }
}
