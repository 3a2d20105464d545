import { NONE, type SchedulingView, type TaskId } from '../contract.js';
import { DemandRun, type ReadNeed } from './demand-run.js';
import { isBefore, WaitingEntries } from './waiting-entries.js';

/** A place among the settled tasks. Valid until `add`. */
export interface SettledPlace {
  readonly run: DemandRun;
  readonly index: number;
}

/**
 * The waiting tasks for which no machine had room, in the order of the scheduler, by what they need.
 *
 * They are kept in runs of which each is at least twice as long as the next one. New tasks become a run, and runs of similar lengths
 * are merged. So a task costs O(log n) steps while it waits, wherever it belongs in the order.
 */
export class SettledTasks {
  private runs: DemandRun[] = [];
  private readonly view: SchedulingView;
  private readonly columns: number;
  private readonly read: ReadNeed;
  private readonly amounts: Int32Array;

  constructor(view: SchedulingView) {
    const { machines, space, tasks } = view;
    const { dimensions } = space;
    const hasDevices = space.has('gpus');
    this.view = view;
    this.columns = dimensions.length + Number(hasDevices);
    this.amounts = new Int32Array(this.columns);
    this.read = (task, into, at) => {
      const taskClass = tasks.taskClass(task);
      for (let i = 0; i < dimensions.length; i++) into[at + i] = machines.demand(taskClass, dimensions[i]);
      if (hasDevices)
        into[at + dimensions.length] =
          machines.deviceCount(taskClass) > 0 ? machines.deviceShare(taskClass) : 0;
    };
  }

  /** Is there no task? */
  get isEmpty(): boolean {
    return this.runs.length === 0;
  }

  /** Takes tasks in. `entries` are in the order of the scheduler. */
  add(entries: WaitingEntries): void {
    this.runs = this.runs.filter((run) => run.live > 0);
    if (entries.length > 0) this.runs.push(new DemandRun(entries, this.columns, this.read));
    for (let last = this.runs.length - 1; last >= 0; last--) {
      const run = this.runs[last];
      const next = this.runs[last + 1];
      if (next !== undefined && run.live < 2 * next.live) this.runs.splice(last, 2, this.merged(run, next));
      // Most of it has been removed.
      else if (run.live < run.length / 2) this.runs.splice(last, 1, this.merged(run, undefined));
    }
  }

  /** The first task behind this place in the order that needs at most what the machine has free; undefined if there is none. */
  firstFor(machine: number, key: number, joined: number): SettledPlace | undefined {
    this.measure(machine);
    let first: SettledPlace | undefined;
    for (const run of this.runs) {
      const index = run.next(run.firstBehind(key, joined), this.amounts);
      if (index === run.length) continue;
      if (
        first === undefined ||
        isBefore(
          run.keys[index],
          run.joined[index],
          first.run.keys[first.index],
          first.run.joined[first.index],
        )
      )
        first = { run, index };
    }
    return first;
  }

  private measure(machine: number): void {
    const { machines, space } = this.view;
    const { dimensions } = space;
    for (let i = 0; i < dimensions.length; i++) this.amounts[i] = machines.free(machine, dimensions[i]);
    if (this.columns === dimensions.length) return;
    let most = 0;
    for (let device = machines.devices(machine) - 1; device >= 0; device--)
      most = Math.max(most, machines.deviceFree(machine, device));
    this.amounts[dimensions.length] = most;
  }

  /** The entries of both runs that still wait. */
  private merged(a: DemandRun, b: DemandRun | undefined): DemandRun {
    const entries = new WaitingEntries();
    const { tasks } = this.view;
    const take = (run: DemandRun, index: number) => {
      const task: TaskId = run.tasks[index];
      if (task !== NONE && tasks.queuedAs(task) === run.joined[index])
        entries.push(task, run.keys[index], run.joined[index]);
    };
    let next = 0;
    for (let i = 0; i < a.length; i++) {
      for (; b !== undefined && next < b.length; next++) {
        if (!isBefore(b.keys[next], b.joined[next], a.keys[i], a.joined[i])) break;
        take(b, next);
      }
      take(a, i);
    }
    for (; b !== undefined && next < b.length; next++) take(b, next);
    return new DemandRun(entries, this.columns, this.read);
  }
}
