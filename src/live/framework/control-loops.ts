import { type Cluster, FOREVER, fromSeconds, type Micros, type TaskId } from '../../model/index.js';
import type { PlacementSink, Random } from '../../policies/contract.js';
import type {
  ControlFeature,
  Controller,
  ControlVerdict,
  RentableFacts,
  ServiceFacts,
  ServiceId,
  UsageFacts,
} from '../../policies/contract-control.js';
import { HorizontalScaler } from '../../policies/controllers/horizontal/horizontal-scaler.js';
import { type ControlActions, HostedController } from '../../policies/hosting/hosted-controller.js';
import type { Cancel, Clock } from '../clock.js';
import type { ServiceKeeper } from './service-keeper.js';
import type { ServiceTerms } from './submission.js';

/** What a framework of a master has for control loops. It rents no machines, and changes no demand of a running task. */
export const FRAMEWORK_CONTROLS: ReadonlySet<ControlFeature> = new Set(['usage', 'scale', 'evict']);

/** Most readings of the usage of a task between two checks of its load, and the shortest time between two readings. Proposals. */
const READINGS_PER_CHECK = 3;
const SHORTEST_INTERVAL: Micros = fromSeconds(0.5);
const USUAL_INTERVAL: Micros = fromSeconds(5);

/** Dependencies of the control loops of a framework. */
export interface ControlLoopsSetup {
  readonly clock: Clock;
  readonly now: () => Micros;
  readonly cluster: Cluster;
  readonly framework: number;
  readonly usage: UsageFacts & { readonly version: number };
  /** Actions on tasks and machines, with drains of their own. */
  readonly actions: Pick<PlacementSink, 'kill' | 'drain' | 'undrain'>;
  /** A random stream for the control loop of this name. */
  readonly random: (controller: string) => Random;
  /** Does the policy scale the services? Then `scaling` of a service sets its bounds only. */
  readonly policyScales: boolean;
}

/** A service; its index is its id. A service that left the submission keeps its id. */
interface LiveService {
  readonly name: string;
  keeper: ServiceKeeper | undefined;
  terms: ServiceTerms;
  /** Ends the calls of its scaler. */
  cancel: Cancel;
}

/** The host of control loops on real agents: the same views and checks as in the simulator, with measured usage. */
export class ControlLoops {
  private readonly setup: ControlLoopsSetup;
  private readonly services: LiveService[] = [];
  private readonly cancels: Cancel[] = [];

  constructor(setup: ControlLoopsSetup) {
    this.setup = setup;
  }

  /** Starts a control loop. @throws InputError when it needs a feature that a framework lacks. */
  start(controller: Controller): Cancel {
    const { clock, cluster, now, random } = this.setup;
    let cancel: Cancel = () => undefined;
    const hosted = new HostedController(controller, {
      cluster,
      facts: {
        usage: this.setup.usage,
        usageVersion: () => this.setup.usage.version,
        services: this.serviceFacts(),
        rentable: NOTHING_RENTABLE,
        mayResize: () => false,
      },
      features: FRAMEWORK_CONTROLS,
      random: random(controller.name),
      act: this.actions(),
      callAt: (time) => {
        cancel();
        cancel = clock.after(Math.max(0, time - now()), () => {
          // A timer may be early by less than a millisecond.
          if (hosted.isDue(time)) hosted.control(Math.max(time, now()));
        });
      },
    });
    hosted.begin(now());
    const stop = () => cancel();
    this.cancels.push(stop);
    return stop;
  }

  /** A service has joined, or has new terms. Its scaler starts anew when the terms of scaling have changed. */
  keep(keeper: ServiceKeeper, terms: ServiceTerms): void {
    const known = this.services.find(({ name }) => name === terms.name);
    const service = known ?? { name: terms.name, keeper, terms, cancel: () => undefined };
    if (known === undefined) this.services.push(service);
    const isSame =
      known?.keeper === keeper && JSON.stringify(known.terms.scaling) === JSON.stringify(terms.scaling);
    Object.assign(service, { keeper, terms });
    if (isSame) return;
    service.cancel();
    const id = this.services.indexOf(service);
    service.cancel =
      terms.scaling === undefined || this.setup.policyScales
        ? () => undefined
        : this.start(new HorizontalScaler(id, terms.name, terms.scaling));
  }

  /** A service has left the submission. */
  drop(name: string): void {
    const service = this.services.find((one) => one.name === name);
    service?.cancel();
    if (service !== undefined) service.keeper = undefined;
  }

  close(): void {
    for (const cancel of this.cancels) cancel();
  }

  private serviceFacts(): ServiceFacts {
    const { services } = this;
    const boundOf = (id: ServiceId, bound: 'least' | 'most') =>
      services[id]?.terms.scaling?.[bound] ?? services[id]?.keeper?.wanted ?? 0;
    return {
      get count() {
        return services.length;
      },
      framework: () => this.setup.framework,
      wanted: (id) => services[id]?.keeper?.wanted ?? 0,
      ready: (id) => (this.utilizations(id).length === 0 ? 0 : this.readyTasks(id).length),
      least: (id) => boundOf(id, 'least'),
      most: (id) => boundOf(id, 'most'),
      utilization: (id) => {
        const shares = this.utilizations(id);
        if (shares.length === 0) return 1;
        return Math.min(1, shares.reduce((sum, share) => sum + share, 0) / shares.length);
      },
    };
  }

  private readyTasks(id: ServiceId): readonly TaskId[] {
    return this.services[id]?.keeper?.readyTasks ?? [];
  }

  /** Used share of the demanded CPU of each ready instance that has samples. Without any, the load of the service is unknown. */
  private utilizations(id: ServiceId): readonly number[] {
    const { cluster, usage } = this.setup;
    const { classes, space, tasks } = cluster;
    const cpus = space.dimensionOf('cpus');
    return this.readyTasks(id)
      .map((task) => {
        const demand = classes.demand[(tasks.taskClass[task] as number) * space.size + cpus] as number;
        return usage.last(task, cpus as never) / demand;
      })
      .filter((share) => Number.isFinite(share));
  }

  private actions(): ControlActions {
    const { actions } = this.setup;
    return {
      scale: (id, instances) => this.scale(id, instances),
      evict: (task, options) => {
        const verdict = actions.kill(task, options);
        const isKnown =
          verdict === 'done' ||
          verdict === 'not-running' ||
          verdict === 'in-the-past' ||
          verdict === 'unsupported';
        return isKnown ? verdict : 'unknown-task';
      },
      drain: (machine) => {
        const verdict = actions.drain(machine);
        return verdict === 'done' || verdict === 'unknown-machine' ? verdict : 'machine-not-up';
      },
      undrain: (machine) => {
        const verdict = actions.undrain(machine);
        return verdict === 'done' || verdict === 'unknown-machine' ? verdict : 'not-drained';
      },
      resize: () => 'not-permitted',
      rent: () => 'unknown-offer',
      giveBack: () => 'not-rented',
      setRevocable: () => 'not-revocable',
      powerOff: () => 'unsupported',
      powerOn: () => 'unsupported',
    };
  }

  private scale(id: ServiceId, instances: number): ControlVerdict {
    const { keeper, terms } = this.services[id] ?? {};
    if (keeper === undefined) return 'unknown-service';
    const { least, most } = terms?.scaling ?? { least: keeper.wanted, most: keeper.wanted };
    if (!(Number.isInteger(instances) && instances >= least && instances <= most)) return 'out-of-bounds';
    keeper.scale(instances);
    return 'done';
  }
}

/** Time between two readings of usage, for the services of a submission. */
export function readingInterval(services: readonly ServiceTerms[]): Micros {
  const shortest = Math.min(...services.map(({ scaling }) => scaling?.every ?? FOREVER));
  return Math.min(USUAL_INTERVAL, Math.max(SHORTEST_INTERVAL, Math.round(shortest / READINGS_PER_CHECK)));
}

const NOTHING_RENTABLE: RentableFacts = {
  offers: 0,
  rented: Object.freeze([]),
  capacity: () => 0,
  pricePerHour: () => Number.NaN,
  startUp: () => FOREVER,
  available: () => 0,
  starting: () => 0,
  takes: () => false,
  startable: () => [],
  upSince: () => Number.NaN,
};
