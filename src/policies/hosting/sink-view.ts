import {
  type DeviceMask,
  type JobId,
  type MachineId,
  type Micros,
  NONE,
  type PlacementSink,
  type Placing,
  type TaskId,
  type Verdict,
} from '../contract.js';

/** The actions of a scheduler, and nothing else of the object that carries them out. */
export class SinkView implements PlacementSink {
  readonly #target: PlacementSink;

  constructor(target: PlacementSink) {
    this.#target = target;
    Object.freeze(this);
  }

  start(task: TaskId, machine: MachineId, devices?: DeviceMask): Verdict {
    return this.#target.start(id(task), id(machine), devices === undefined ? undefined : id(devices));
  }

  startGang(job: JobId, { tasks, machines, devices }: Placing): Verdict {
    return this.#target.startGang(id(job), {
      tasks: Array.from(tasks, id),
      machines: Array.from(machines, id),
      ...(devices !== undefined && { devices: Array.from(devices, id) }),
    });
  }

  kill(task: TaskId): Verdict {
    return this.#target.kill(id(task));
  }

  wakeAt(time: Micros): Verdict {
    return this.#target.wakeAt(time);
  }

  promise(job: JobId, at: Micros): Verdict {
    return this.#target.promise(id(job), at);
  }

  reject(job: JobId, reason: string): Verdict {
    return this.#target.reject(id(job), String(reason));
  }

  remember(key: string, text: string | undefined): Verdict {
    return this.#target.remember(String(key), text === undefined ? undefined : String(text));
  }

  undrain(machine: MachineId): Verdict {
    return this.#target.undrain(id(machine));
  }

  drain(machine: MachineId): Verdict {
    return this.#target.drain(id(machine));
  }

  decline(machine: MachineId, refuseFor: Micros): Verdict {
    return this.#target.decline(id(machine), refuseFor);
  }
}

/** A policy in JavaScript may pass anything. What is no integer names nothing. */
function id(value: number): number {
  return Number.isInteger(value) ? value : NONE;
}
