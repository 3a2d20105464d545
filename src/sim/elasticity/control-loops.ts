import {
  type MachineId,
  type MachineState,
  type Micros,
  NONE,
  type TaskId,
  TaskState,
} from '../../model/index.js';
import { TaskBatch, type TaskRow } from '../../workloads/trace.js';
import type { Admission } from '../admission.js';
import type { Architecture } from '../architectures/architecture.js';
import { EventClass } from '../event-queue.js';
import type { Execution } from '../execution.js';
import type { ControlHost, Controller } from './controller.js';

/** Objects that control loops act on. */
export interface ControlSetup {
  readonly execution: Execution;
  readonly architecture: Architecture;
  readonly admission: Admission;
}

/** Calls the controllers of a run at the requested times, and carries out their actions. */
export class ControlLoops {
  private readonly controllers: readonly Controller[];
  private readonly setup: ControlSetup;

  constructor(controllers: readonly Controller[], setup: ControlSetup) {
    this.controllers = controllers;
    this.setup = setup;
  }

  begin(now: Micros): void {
    for (const [index, controller] of this.controllers.entries()) controller.begin(this.hostOf(index), now);
  }

  /** Handles the event with this subject. */
  due(subject: number, now: Micros): void {
    const count = this.controllers.length;
    const index = (subject - FIRST_SUBJECT) % count;
    this.controllers[index].due((subject - FIRST_SUBJECT - index) / count, now);
  }

  private hostOf(index: number): ControlHost {
    const { execution } = this.setup;
    const count = this.controllers.length;
    return {
      cluster: execution.cluster,
      truth: execution.truth,
      observer: execution.observer,
      wake: (time, subject) =>
        execution.schedule(time, EventClass.sample, FIRST_SUBJECT + index + subject * count),
      submit: (row, now) => this.submit(row, now),
      retire: (task) => this.retire(task),
      resize: (task, demand) => this.resize(task, demand),
      setCapacity: (machine, capacity) => this.setCapacity(machine, capacity),
      setMachineState: (machine, state) => this.setMachineState(machine, state),
      evict: (task, cause) => execution.kill(task, cause),
      usageOf: (task, now) => execution.usageOf(task, now),
      usageWritten: (framework, now) => execution.usageWritten(framework, now),
    };
  }

  private submit(row: TaskRow, now: Micros): readonly TaskId[] {
    const { admission, architecture, execution } = this.setup;
    const batch = new TaskBatch(execution.cluster.space.size, 1);
    batch.push(row);
    const tasks: TaskId[] = [];
    admission.admit(
      batch,
      0,
      {
        taskArrived: (task) => {
          tasks.push(task);
          architecture.taskArrived(task, now);
        },
      },
      now,
    );
    return tasks;
  }

  private resize(task: TaskId, demand: ArrayLike<number>): boolean {
    const { architecture, execution } = this.setup;
    const isDone = execution.resize(task, demand);
    // The change may have freed room on the machine.
    if (isDone) architecture.machineReturned(execution.cluster.tasks.machine[task], execution.now);
    return isDone;
  }

  private setCapacity(machine: MachineId, capacity: ArrayLike<number>): void {
    const { architecture, execution } = this.setup;
    architecture.machineLeaves(machine, execution.now);
    execution.cluster.setCapacity(machine, capacity);
    if (execution.cluster.machines.isUp(machine)) architecture.machineReturned(machine, execution.now);
  }

  private setMachineState(machine: MachineId, state: MachineState): void {
    const { architecture, execution } = this.setup;
    const { machines } = execution.cluster;
    if (state !== 'up') architecture.machineLeaves(machine, execution.now);
    while (state === 'down' && machines.firstTask[machine] !== NONE)
      execution.kill(machines.firstTask[machine], 'interrupted');
    execution.cluster.setMachineState(machine, state);
    execution.observer.machineChanged(machine, state, execution.now);
    if (state === 'up') architecture.machineReturned(machine, execution.now);
  }

  private retire(task: TaskId): void {
    const { architecture, execution } = this.setup;
    if (execution.cluster.tasks.state[task] === TaskState.running) {
      execution.retire(task);
      return;
    }
    architecture.taskLeaves(task);
    execution.withdraw(task, 'abandoned');
  }
}

/** Subject 0 of the class `sample` updates usage along its curves (see Execution). */
const FIRST_SUBJECT = 1;
