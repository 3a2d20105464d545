/** A job of identical members, in whole seconds. */
export interface NaiveJob {
  readonly at: number;
  readonly runs: number;
  readonly estimate: number;
  readonly cpus: number;
  readonly gpus: number;
  readonly members: number;
  /** At most one member per machine. */
  readonly isSpread: boolean;
}

export interface NaiveMachine {
  readonly cpus: number;
  readonly gpus: number;
}

interface Use {
  readonly machine: number;
  readonly cpus: number;
  readonly devices: readonly number[];
  readonly from: number;
  to: number;
}

type Placing = readonly { readonly machine: number; readonly devices: readonly number[] }[];

/** Starts of jobs under EASY and conservative backfilling, by lists of uses and scans over all seconds. */
export class NaivePlan {
  private readonly machines: readonly NaiveMachine[];
  private readonly jobs: readonly NaiveJob[];
  readonly starts: number[];
  private readonly waiting: number[] = [];
  private running: { job: number; ends: number; uses: Use[] }[] = [];
  private readonly planned = new Map<number, Use[]>();

  constructor(machines: readonly NaiveMachine[], jobs: readonly NaiveJob[]) {
    this.machines = machines;
    this.jobs = jobs;
    this.starts = jobs.map(() => Number.NaN);
  }

  run(rule: 'easy' | 'conservative', until: number): number[] {
    for (let now = 0; now <= until; now++) {
      const before = this.running.length;
      this.running = this.running.filter(({ ends }) => ends > now);
      const isEnd = this.running.length < before;
      const isArrival = this.jobs.some(({ at }) => at === now);
      this.jobs.forEach(({ at }, job) => {
        if (at === now) this.waiting.push(job);
      });
      if (rule === 'easy' && (isEnd || isArrival)) this.easy(now);
      if (rule === 'conservative') this.conservative(now, isEnd);
    }
    return this.starts;
  }

  private easy(now: number): void {
    const present = () => this.running.flatMap(({ uses }) => uses);
    while (this.waiting.length > 0) {
      const placing = this.placing(this.waiting[0], now, present());
      if (placing === undefined) break;
      this.start(this.waiting[0], placing, now);
    }
    const [head] = this.waiting;
    if (head === undefined) return;
    const times = [...new Set(present().map(({ to }) => to))].sort((a, b) => a - b);
    const shadow = times.find((time) => this.placing(head, time, present()) !== undefined);
    if (shadow === undefined) return;
    const promised = this.uses(head, this.placing(head, shadow, present()) as Placing, shadow);
    for (const job of this.waiting.slice(1)) {
      const placing = this.placing(job, now, [...present(), ...promised]);
      if (placing !== undefined) this.start(job, placing, now);
    }
  }

  private conservative(now: number, isEnd: boolean): void {
    for (const job of this.waiting) {
      const known = this.planned.get(job);
      if (known !== undefined && (!isEnd || known[0].from <= now)) continue;
      this.planned.delete(job);
      const others = [...this.running.flatMap(({ uses }) => uses), ...[...this.planned.values()].flat()];
      const times = [now, ...others.map(({ to }) => to).filter((to) => to > now)].sort((a, b) => a - b);
      const time = times.find((at) => this.placing(job, at, others) !== undefined) as number;
      const uses = this.uses(job, this.placing(job, time, others) as Placing, time);
      this.planned.set(job, known !== undefined && known[0].from < time ? known : uses);
    }
    for (const job of [...this.waiting]) {
      const uses = this.planned.get(job) as Use[];
      if (uses[0].from > now) continue;
      this.planned.delete(job);
      this.start(job, uses, now);
    }
  }

  /** First fit by rank, with the lowest devices that are free all the time. */
  private placing(job: number, from: number, others: readonly Use[]): Placing | undefined {
    const { cpus, gpus, members, estimate, isSpread } = this.jobs[job];
    const placing: { machine: number; devices: number[] }[] = [];
    for (let machine = 0; machine < this.machines.length; machine++) {
      for (let here = 0; placing.length < members && (here === 0 || !isSpread); here++) {
        const own = placing.filter((one) => one.machine === machine);
        const near = others.filter(
          (use) => use.machine === machine && use.from < from + estimate && use.to > from,
        );
        const at = [from, ...near.map((use) => use.from)].filter((time) => time >= from);
        const isFull = at.some((time) => {
          const used = near
            .filter((use) => use.from <= time && use.to > time)
            .reduce((sum, use) => sum + use.cpus, 0);
          return used + (own.length + 1) * cpus > this.machines[machine].cpus;
        });
        const taken = new Set([...near, ...own].flatMap(({ devices }) => devices));
        const free = [...Array(this.machines[machine].gpus).keys()].filter((device) => !taken.has(device));
        if (isFull || free.length < gpus) break;
        placing.push({ machine, devices: free.slice(0, gpus) });
      }
    }
    return placing.length === members ? placing : undefined;
  }

  private uses(job: number, placing: Placing, from: number): Use[] {
    const { cpus, estimate } = this.jobs[job];
    return placing.map(({ machine, devices }) => ({ machine, devices, cpus, from, to: from + estimate }));
  }

  private start(job: number, placing: Placing, now: number): void {
    this.starts[job] = now;
    this.waiting.splice(this.waiting.indexOf(job), 1);
    this.running.push({ job, ends: now + this.jobs[job].runs, uses: this.uses(job, placing, now) });
  }
}
