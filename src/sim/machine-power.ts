import { FOREVER, type MachineId, type Micros } from '../model/index.js';
import type { PowerSwitch } from '../policies/hosting/placement-actions.js';
import type { Architecture } from './architectures/architecture.js';
import type { Execution } from './execution.js';

/** What the power of machines acts on. */
export interface MachinePowerSetup {
  readonly execution: Execution;
  readonly architecture: Architecture;
  /** Schedules a call of `due`: a machine has started, or has shut down. */
  readonly schedule: (time: Micros, isStart: boolean, machine: MachineId) => void;
  /** A machine has started: the host gives it the state that it has now. */
  readonly started: (machine: MachineId, now: Micros) => void;
}

/**
 * Switches machines off and on, at the times that their specifications declare. A machine that is off, starts or stops has no
 * capacity, and failures do not change its state. After its start, it gets the state that it would have without the switch.
 */
export class MachinePower implements PowerSwitch {
  private readonly setup: MachinePowerSetup;
  /** Machines that lend unused resources to a row of their own. */
  private readonly lenders: ReadonlySet<MachineId>;
  /** When the last shutdown of each machine is complete. */
  private readonly offAt = new Map<MachineId, Micros>();

  constructor(setup: MachinePowerSetup) {
    this.setup = setup;
    const { specs } = setup.execution.cluster.machines;
    this.lenders = new Set(specs.flatMap(({ host }) => (host === undefined ? [] : [host])));
  }

  off(machine: MachineId): ReturnType<PowerSwitch['off']> {
    const { execution, architecture } = this.setup;
    const { claims, machines } = execution.cluster;
    const power = machines.specs[machine]?.power;
    if (power === undefined || this.lenders.has(machine)) return 'unsupported';
    const state = machines.stateOf(machine);
    if (state !== 'up' && state !== 'draining') return 'machine-not-up';
    if (machines.tasks[machine] > 0 || claims.areOn(machine)) return 'machine-in-use';
    architecture.machineLeaves(machine, execution.now);
    this.enter(machine, 'stopping');
    this.offAt.set(machine, execution.now + power.shutDown);
    this.setup.schedule(execution.now + power.shutDown, false, machine);
    return undefined;
  }

  on(machine: MachineId): ReturnType<PowerSwitch['on']> {
    const { execution } = this.setup;
    const { machines } = execution.cluster;
    const power = machines.specs[machine]?.power;
    if (power === undefined) return 'unsupported';
    if (machines.stateOf(machine) !== 'off') return 'machine-not-off';
    this.enter(machine, 'starting');
    machines.readyAt[machine] = execution.now + power.startUp;
    this.setup.schedule(execution.now + power.startUp, true, machine);
    return undefined;
  }

  /** A start or a shutdown is complete. */
  due(machine: MachineId): void {
    const { now, cluster } = this.setup.execution;
    const { machines } = cluster;
    // Events of a machine that was removed in the meantime are stale.
    if (machines.readyAt[machine] === now) {
      machines.readyAt[machine] = FOREVER;
      if (machines.stateOf(machine) === 'starting') this.setup.started(machine, now);
    } else if (machines.stateOf(machine) === 'stopping' && this.offAt.get(machine) === now) {
      this.enter(machine, 'off');
    }
  }

  private enter(machine: MachineId, state: 'stopping' | 'off' | 'starting'): void {
    const { cluster, observer, now } = this.setup.execution;
    cluster.setMachineState(machine, state);
    observer.machineChanged(machine, state, now);
  }
}
