import { FOREVER, type MachineId, NONE, type SchedulingView, type TaskId } from '../contract.js';
import { expectedEnd } from '../planner/cluster-profile.js';

/**
 * The running tasks of one machine, the earliest expected end (`expectedEnd`) first. It is a cache of the view: an update
 * drops ended tasks, and rebuilds the list if it still differs from the machine's.
 */
export class ExpectedEnds {
  length = 0;
  /** Expected end of each task, Micros; Infinity without an estimate. */
  ends = new Float64Array(64);
  tasks = new Int32Array(64);
  private starts = new Float64Array(64);
  private readonly machine: MachineId;

  constructor(machine: MachineId) {
    this.machine = machine;
  }

  update(view: SchedulingView): void {
    this.dropEnded(view);
    if (this.length !== view.machines.taskCount(this.machine)) this.rebuild(view);
  }

  /** A task has just been started on the machine. */
  add(view: SchedulingView, task: TaskId): void {
    if (this.length === this.tasks.length) this.grow();
    const end = expectedEnd(view, task);
    let place = this.length++;
    for (; place > 0 && this.ends[place - 1] > end; place--) {
      this.ends[place] = this.ends[place - 1];
      this.tasks[place] = this.tasks[place - 1];
      this.starts[place] = this.starts[place - 1];
    }
    this.ends[place] = end;
    this.tasks[place] = task;
    this.starts[place] = view.tasks.started(task);
  }

  private dropEnded(view: SchedulingView): void {
    const { tasks } = view;
    let kept = 0;
    let isOutdated = false;
    for (let place = 0; place < this.length; place++) {
      const task = this.tasks[place];
      if (tasks.machine(task) !== this.machine || tasks.started(task) !== this.starts[place]) continue;
      isOutdated ||= tasks.goneBy(task) < FOREVER && this.ends[place] !== expectedEnd(view, task);
      if (kept !== place) {
        this.tasks[kept] = task;
        this.ends[kept] = this.ends[place];
        this.starts[kept] = this.starts[place];
      }
      kept++;
    }
    this.length = isOutdated ? 0 : kept;
  }

  private rebuild(view: SchedulingView): void {
    this.length = 0;
    const { machines } = view;
    for (let task = machines.first(this.machine); task !== NONE; task = machines.next(task))
      this.add(view, task);
  }

  private grow(): void {
    const length = this.tasks.length * 2;
    const [tasks, ends, starts] = [
      new Int32Array(length),
      new Float64Array(length),
      new Float64Array(length),
    ];
    tasks.set(this.tasks);
    ends.set(this.ends);
    starts.set(this.starts);
    this.tasks = tasks;
    this.ends = ends;
    this.starts = starts;
  }
}
