import {
  type DeviceMask,
  type Explanations,
  type JobId,
  type MachineId,
  type Micros,
  NONE,
  type PlacementSink,
  type Placing,
  type StopOptions,
  type TaskId,
  type Verdict,
  type WaitCause,
} from '../contract.js';
import type { CallGate } from './call-gate.js';
import { wrongArgument } from './checked-arguments.js';

/** The actions of a scheduler, and nothing else of the object that carries them out. */
export class SinkView implements PlacementSink {
  readonly #target: PlacementSink;
  readonly #policy: string;
  readonly #gate: CallGate;
  readonly explain: Explanations | undefined;

  constructor(target: PlacementSink, policy: string, gate: CallGate) {
    this.#target = target;
    this.#policy = policy;
    this.#gate = gate;
    const { explain } = target;
    // A copy, because the host's own object must not be reached.
    this.explain =
      explain &&
      Object.freeze({
        follows: (job: JobId) => explain.follows(id(job)),
        waits: (job: JobId, cause: WaitCause, holder: JobId, until: Micros) =>
          explain.waits(id(job), cause, id(holder), Number(until)),
        stopsAt: (job: JobId) => explain.stopsAt(id(job)),
      });
    Object.freeze(this);
  }

  get #act(): PlacementSink {
    this.#gate.check();
    return this.#target;
  }

  start(task: TaskId, machine: MachineId, devices?: DeviceMask): Verdict {
    return this.#act.start(id(task), id(machine), devices === undefined ? undefined : id(devices));
  }

  startGang(job: JobId, placing: Placing): Verdict {
    return this.#act.startGang(id(job), this.#copyOf(placing, 'startGang'));
  }

  kill(task: TaskId, options?: StopOptions): Verdict {
    return this.#act.kill(id(task), stopOptionsOf(options));
  }

  preempt(victims: readonly TaskId[], job: JobId, placing: Placing, grace?: Micros): Verdict {
    const leaving = this.#ids(victims, 'preempt', 'victims');
    return this.#act.preempt(leaving, id(job), this.#copyOf(placing, 'preempt'), grace);
  }

  forgo(job: JobId): Verdict {
    return this.#act.forgo(id(job));
  }

  wakeAt(time: Micros): Verdict {
    return this.#act.wakeAt(time);
  }

  promise(job: JobId, at: Micros): Verdict {
    return this.#act.promise(id(job), at);
  }

  reject(job: JobId, reason: string): Verdict {
    return this.#act.reject(id(job), String(reason));
  }

  remember(key: string, text: string | undefined): Verdict {
    return this.#act.remember(String(key), text === undefined ? undefined : String(text));
  }

  undrain(machine: MachineId): Verdict {
    return this.#act.undrain(id(machine));
  }

  drain(machine: MachineId): Verdict {
    return this.#act.drain(id(machine));
  }

  powerOff(machine: MachineId): Verdict {
    return this.#act.powerOff(id(machine));
  }

  powerOn(machine: MachineId): Verdict {
    return this.#act.powerOn(id(machine));
  }

  decline(machine: MachineId, refuseFor: Micros): Verdict {
    return this.#act.decline(id(machine), refuseFor);
  }

  gather(job: JobId): Verdict {
    return this.#act.gather(id(job));
  }

  #copyOf(placing: Placing, method: string): Placing {
    const { tasks, machines, devices } = placing ?? {};
    return {
      tasks: this.#ids(tasks, method, 'placing.tasks'),
      machines: this.#ids(machines, method, 'placing.machines'),
      ...(devices !== undefined && { devices: this.#ids(devices, method, 'placing.devices') }),
    };
  }

  #ids(values: readonly number[] | undefined, method: string, argument: string): readonly number[] {
    if (Array.isArray(values) || ArrayBuffer.isView(values)) return Array.from(values, id);
    throw wrongArgument(this.#policy, method, argument, values, 'an array of ids');
  }
}

/** A policy in JavaScript may pass anything. What is no integer names nothing. */
function id(value: number): number {
  return Number.isInteger(value) ? value : NONE;
}

/** A policy in JavaScript may pass anything. */
export function stopOptionsOf(options: StopOptions | undefined): StopOptions {
  const { grace, save, requeue } = options ?? {};
  return { ...(grace !== undefined && { grace }), save: save === true, requeue: requeue !== false };
}
