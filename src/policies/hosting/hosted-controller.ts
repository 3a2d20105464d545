import {
  type Cluster,
  FOREVER,
  InputError,
  isMicros,
  isMicrosFrom,
  type MachineId,
  type Micros,
  NONE,
  type TaskId,
} from '../../model/index.js';
import type { Random, StopOptions } from '../contract.js';
import type {
  ControlFeature,
  Controller,
  ControlSink,
  ControlVerdict,
  ControlView,
  RentalOfferId,
  ServiceId,
} from '../contract-control.js';
import { CallGate } from './call-gate.js';
import { type ControlCall, LedgerControlView, type MeasuredFacts } from './control-view.js';
import { PolicyMemory } from './policy-memory.js';
import { stopOptionsOf } from './sink-view.js';

/** The actions that a host carries out for control loops. It checks each of them. */
export type ControlActions = Omit<ControlSink, 'wakeAt' | 'remember'>;

/** What the host of a control loop has for it. */
export interface ControllerHost {
  readonly cluster: Cluster;
  readonly facts: MeasuredFacts;
  readonly features: ReadonlySet<ControlFeature>;
  readonly random: Random;
  readonly act: ControlActions;
  /** Calls `control` at this time if it `isDue`. */
  callAt(time: Micros): void;
}

/** A control loop in its host: the view and the actions that it gets, and its calls. */
export class HostedController {
  readonly #controller: Controller;
  readonly #host: ControllerHost;
  readonly #call: ControlCall = { now: 0, memory: new PolicyMemory() };
  readonly #view: ControlView;
  readonly #act: ControlSink;
  readonly #gate: CallGate;
  /** Time of the next call; FOREVER when none is requested. */
  #next: Micros = FOREVER;

  /** @throws InputError when the host lacks a feature that the loop needs. */
  constructor(controller: Controller, host: ControllerHost) {
    const missing = controller.needs?.find((feature) => !host.features.has(feature));
    if (missing !== undefined)
      throw new InputError(
        {},
        `the control loop "${controller.name}" needs "${missing}", which this host lacks`,
      );
    this.#controller = controller;
    this.#host = host;
    this.#view = new LedgerControlView(host.cluster, host.facts, host.random, this.#call, controller.name);
    this.#gate = new CallGate(controller.name);
    this.#act = new ControlSinkView(host.act, this.#gate, {
      wakeAt: (time) => this.#wakeAt(time),
      remember: (key, text) => (this.#call.memory.set(key, text) ? 'done' : 'too-large'),
    });
  }

  /** The host starts, or starts again. */
  begin(now: Micros): void {
    this.#call.now = now;
    const first = this.#controller.begin?.(this.#view) ?? now;
    if (!isMicrosFrom(now, first))
      throw new InputError(
        {},
        `the control loop "${this.#controller.name}" begins at ${String(first)}, expected whole microseconds from ${now} on`,
      );
    this.#request(first);
  }

  /** Is this the requested time? An earlier request may have replaced the one of `callAt`. */
  isDue(now: Micros): boolean {
    return now === this.#next;
  }

  control(now: Micros): void {
    this.#next = FOREVER;
    this.#call.now = now;
    this.#gate.during(() => this.#controller.control(this.#view, this.#act));
  }

  #wakeAt(time: Micros): ControlVerdict {
    if (!isMicros(time) || time <= this.#call.now) return 'in-the-past';
    if (time < this.#next) this.#request(time);
    return 'done';
  }

  #request(time: Micros): void {
    this.#next = time;
    if (time !== FOREVER) this.#host.callAt(time);
  }
}

/** The actions of a control loop, and nothing else of the object that carries them out. */
class ControlSinkView implements ControlSink {
  readonly #target: ControlActions;
  readonly #gate: CallGate;
  readonly #own: Pick<ControlSink, 'wakeAt' | 'remember'>;

  constructor(target: ControlActions, gate: CallGate, own: Pick<ControlSink, 'wakeAt' | 'remember'>) {
    this.#target = target;
    this.#own = own;
    this.#gate = gate;
    Object.freeze(this);
  }

  get #act(): ControlActions {
    this.#gate.check();
    return this.#target;
  }

  get #ownActions(): Pick<ControlSink, 'wakeAt' | 'remember'> {
    this.#gate.check();
    return this.#own;
  }

  wakeAt(time: Micros): ControlVerdict {
    return this.#ownActions.wakeAt(time);
  }

  remember(key: string, text: string | undefined): ControlVerdict {
    return this.#ownActions.remember(key, text);
  }

  scale(service: ServiceId, instances: number): ControlVerdict {
    return this.#act.scale(id(service), instances);
  }

  resize(task: TaskId, demand: ArrayLike<number>): ControlVerdict {
    return this.#act.resize(id(task), amounts(demand));
  }

  evict(task: TaskId, options?: StopOptions): ControlVerdict {
    return this.#act.evict(id(task), stopOptionsOf(options));
  }

  drain(machine: MachineId): ControlVerdict {
    return this.#act.drain(id(machine));
  }

  undrain(machine: MachineId): ControlVerdict {
    return this.#act.undrain(id(machine));
  }

  powerOff(machine: MachineId): ControlVerdict {
    return this.#act.powerOff(id(machine));
  }

  powerOn(machine: MachineId): ControlVerdict {
    return this.#act.powerOn(id(machine));
  }

  rent(offer: RentalOfferId, machines: number): ControlVerdict {
    return this.#act.rent(id(offer), machines);
  }

  giveBack(machine: MachineId): ControlVerdict {
    return this.#act.giveBack(id(machine));
  }

  setRevocable(row: MachineId, capacity: ArrayLike<number>): ControlVerdict {
    return this.#act.setRevocable(id(row), amounts(capacity));
  }
}

Object.freeze(ControlSinkView.prototype);

/** A loop in JavaScript may pass anything. What is no integer names nothing. */
function id(value: number): number {
  return Number.isInteger(value) ? value : NONE;
}

/** What has no amounts has the wrong number of them. */
function amounts(values: ArrayLike<number>): readonly number[] {
  return Array.from(values ?? []);
}
