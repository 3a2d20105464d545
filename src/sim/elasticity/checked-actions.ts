import { type FrameworkId, MAX_QUANTA, type MachineId, type TaskId } from '../../model/index.js';
import type { StopOptions } from '../../policies/contract.js';
import type { ControlVerdict, RentalOfferId, ServiceId } from '../../policies/contract-control.js';
import type { ControlActions } from '../../policies/hosting/hosted-controller.js';
import { whyNoStop } from '../../policies/hosting/placement-actions.js';
import type { CloudProvider } from './cloud-provider.js';
import type { LimitReviews } from './limit-reviews.js';
import { heldOn, type RunActions } from './run-actions.js';
import type { ScaledServices } from './scaled-services.js';

/** What the actions of control loops act on. */
export interface Controlled {
  readonly actions: RunActions;
  readonly services: ScaledServices;
  readonly cloud: CloudProvider;
  readonly limits: LimitReviews;
  readonly mayResize: (framework: FrameworkId) => boolean;
}

/** Checks the actions of control loops against the ledger, and carries them out. */
export class CheckedActions implements ControlActions {
  private readonly controlled: Controlled;
  /** Machines that a control loop drained. Operators drain others. */
  private readonly drained = new Set<MachineId>();

  constructor(controlled: Controlled) {
    this.controlled = controlled;
  }

  scale(service: ServiceId, instances: number): ControlVerdict {
    const { actions, services } = this.controlled;
    return services.scale(service, instances, actions.now);
  }

  resize(task: TaskId, demand: ArrayLike<number>): ControlVerdict {
    const { actions, limits, mayResize } = this.controlled;
    const { classes, machines, space, tasks } = actions.cluster;
    if (!actions.exists(task)) return 'unknown-task';
    if (!actions.isRunning(task)) return 'not-running';
    if (!mayResize(tasks.framework[task])) return 'not-permitted';
    const gpus = space.gpuDimension;
    const isOther = gpus >= 0 && demand[gpus] !== classes.demand[tasks.taskClass[task] * space.size + gpus];
    if (isOther || !this.areQuanta(demand)) return 'wrong-amount';
    if (actions.resize(task, demand)) return 'done';
    limits.countRefused(task);
    return machines.isUp(tasks.machine[task]) ? 'does-not-fit' : 'machine-not-up';
  }

  evict(task: TaskId, options: StopOptions = {}): ControlVerdict {
    const { actions } = this.controlled;
    const { machines, tasks } = actions.cluster;
    if (!actions.exists(task)) return 'unknown-task';
    if (!actions.isRunning(task)) return 'not-running';
    const refusal = whyNoStop(actions.cluster, task, options);
    if (refusal !== undefined) return refusal;
    const { supply } = machines.specs[tasks.machine[task]];
    actions.evict(task, options, supply === 'revocable' ? 'revoked' : 'preempted');
    return 'done';
  }

  drain(machine: MachineId): ControlVerdict {
    const { actions } = this.controlled;
    if (!this.isMachine(machine)) return 'unknown-machine';
    if (!actions.cluster.machines.isUp(machine)) return 'machine-not-up';
    this.drained.add(machine);
    actions.cluster.machines.setDrain(machine, 'policy', true);
    actions.setMachineState(machine, 'draining');
    return 'done';
  }

  undrain(machine: MachineId): ControlVerdict {
    const { actions, cloud } = this.controlled;
    if (!this.isMachine(machine)) return 'unknown-machine';
    const isDraining = actions.cluster.machines.stateOf(machine) === 'draining';
    if (!this.drained.has(machine) || !isDraining || cloud.isLeaving(machine)) return 'not-drained';
    this.drained.delete(machine);
    const { machines } = actions.cluster;
    machines.setDrain(machine, 'policy', false);
    // An operator may drain it, too.
    if (machines.openState(machine) === 'up') actions.setMachineState(machine, 'up');
    return 'done';
  }

  powerOff(machine: MachineId): ControlVerdict {
    if (!this.isMachine(machine)) return 'unknown-machine';
    const verdict = this.controlled.actions.switchMachine('off', machine);
    if (verdict === 'done' && this.drained.delete(machine))
      this.controlled.actions.cluster.machines.setDrain(machine, 'policy', false);
    return verdict;
  }

  powerOn(machine: MachineId): ControlVerdict {
    if (!this.isMachine(machine)) return 'unknown-machine';
    return this.controlled.actions.switchMachine('on', machine);
  }

  rent(offer: RentalOfferId, machines: number): ControlVerdict {
    const { actions, cloud } = this.controlled;
    return cloud.rent(offer, machines, actions.now);
  }

  giveBack(machine: MachineId): ControlVerdict {
    const { actions, cloud } = this.controlled;
    if (!this.isMachine(machine)) return 'unknown-machine';
    return cloud.giveBack(machine, actions.now);
  }

  setRevocable(row: MachineId, capacity: ArrayLike<number>): ControlVerdict {
    const { actions } = this.controlled;
    const { machines, space } = actions.cluster;
    if (!this.isMachine(row)) return 'unknown-machine';
    if (machines.specs[row].supply !== 'revocable') return 'not-revocable';
    if (!this.areQuanta(capacity) || (space.gpuDimension >= 0 && capacity[space.gpuDimension] !== 0))
      return 'wrong-amount';
    if (!heldOn(actions.cluster, row, true).every((amount, d) => amount <= capacity[d]))
      return 'does-not-fit';
    actions.shrinkTo(row, capacity);
    return 'done';
  }

  private isMachine(machine: MachineId): boolean {
    return this.controlled.actions.cluster.machines.specs[machine] !== undefined;
  }

  private areQuanta(amounts: ArrayLike<number>): boolean {
    const { space } = this.controlled.actions.cluster;
    if (amounts.length !== space.size) return false;
    return space.names.every(
      (_, d) => Number.isInteger(amounts[d]) && amounts[d] >= 0 && amounts[d] <= MAX_QUANTA,
    );
  }
}
