import {
  type FrameworkId,
  ImbalanceError,
  InputError,
  imbalance,
  LATEST_TIME,
  type MachineId,
  type Micros,
  type TaskId,
} from '../model/index.js';
import { Admission } from './admission.js';
import { AnnouncedMachines } from './announced-machines.js';
import type { Architecture, Outlook } from './architectures/architecture.js';
import { Arrivals } from './arrivals.js';
import { Dependencies } from './dependencies/dependencies.js';
import { ControlLoops } from './elasticity/control-loops.js';
import { EventClass, EventQueue } from './event-queue.js';
import { Execution } from './execution.js';
import { ActualMachineState } from './failures/actual-machine-state.js';
import { DisconnectedFrameworks } from './failures/disconnected-frameworks.js';
import { Fleet } from './failures/fleet.js';
import { FrameworkBounds } from './framework-bounds.js';
import { HiddenTaskState } from './hidden-task-state.js';
import { MachineChanges } from './machine-changes.js';
import { MachineTimeline, NEXT_CHANGE } from './machine-timeline.js';
import { Rejections } from './rejections.js';
import type { SimulationProgress, SimulationSetup } from './simulation-setup.js';
import { USAGE_STEP } from './usage-events.js';
import { UsageMeter } from './usage-meter.js';
import { Stillness, waitingJobs } from './waiting-jobs.js';

/**
 * Simulated time. Events happen in the order (time, class, sequence). After all events of an instant up to class
 * `decision`, one scheduling pass runs if it was requested.
 */
export class Simulation implements Outlook {
  readonly execution: Execution;
  /** Start of the run and, once it is over, its end. */
  start: Micros = 0;
  end: Micros = 0;
  /** The last instant at which a task was there, or something else than tasks changed. */
  private lastChange: Micros = 0;
  /** Number of events so far: arrivals of rows and events of the queue. */
  eventCount = 0;

  private readonly setup: SimulationSetup;
  private readonly events = new EventQueue();
  private readonly arrivals: Arrivals;
  private readonly dependencies: Dependencies;
  private readonly architecture: Architecture;
  private readonly fleet: Fleet | undefined;
  private readonly controls: ControlLoops | undefined;
  private until: Micros = Number.POSITIVE_INFINITY;
  /** The last instant before the warm-up ends; after it, that of the run. */
  private legEnd: Micros = Number.POSITIVE_INFINITY;
  private readonly bounds: FrameworkBounds;
  private readonly rejections: Rejections;
  private passesAtInstant = 0;
  /** With `each`: ends at this instant that are still to be handled, in the order of task starts. */
  private readonly turns: EndTurn[] = [];
  private timersHappen = false;
  private readonly machines: MachineChanges;
  private readonly timeline: MachineTimeline | undefined;
  private readonly stillness: Stillness | undefined;

  constructor(setup: SimulationSetup) {
    this.setup = setup;
    const { cluster, trace, observer } = setup;
    const truth = new HiddenTaskState(trace.space.size);
    const usage = new UsageMeter(cluster, trace.curves, truth, observer);
    const { failures, remoteSlowdown = 1 } = setup;
    const services = hasControls(setup) ? setup.controls?.services?.facts() : undefined;
    const machines = failures === undefined ? undefined : new ActualMachineState(cluster.machines.count);
    this.execution = new Execution(
      { cluster, truth, observer, remoteSlowdown, machines, services, checkpoints: failures?.checkpoints },
      this.events,
      usage,
    );
    const { machineChanges = [] } = setup;
    const announced = machineChanges.length === 0 ? undefined : new AnnouncedMachines(machineChanges);
    this.bounds = new FrameworkBounds(
      cluster,
      () => this.architecture.bounds,
      () => announced?.mayGrow === true,
    );
    this.rejections = new Rejections({
      execution: this.execution,
      bounds: this.bounds,
      trace,
      architecture: () => this.architecture,
      arrivals: () => this.arrivals,
      announced,
    });
    const { constraintsOf } = setup;
    const admission = new Admission({ trace, cluster, truth, observer, constraintsOf });
    const { events, execution } = this;
    this.dependencies = new Dependencies({ trace, cluster, admission, execution, events, sink: this });
    this.execution.dependencies = this.dependencies;
    this.arrivals = new Arrivals(trace, admission, this.dependencies);
    this.execution.explainer = setup.explainer;
    const bare = setup.architecture(this.execution);
    bare.beginRun?.(this);
    setup.explainer?.begin(this.bounds, bare);
    if (bare.givesUp !== true && !Number.isFinite(setup.horizon)) this.stillness = new Stillness(cluster);
    const absent = failures?.outages.some(({ kind }) => kind === 'framework')
      ? new DisconnectedFrameworks(bare, this.execution, this.rejections.placeable)
      : undefined;
    this.architecture = absent ?? bare;
    this.execution.listen(this.architecture);
    if (failures !== undefined && machines !== undefined)
      this.fleet = new Fleet(failures, {
        truth: machines,
        execution: this.execution,
        architecture: this.architecture,
        events: this.events,
        absent,
      });
    const terms = {
      execution: this.execution,
      architecture: this.architecture,
      events: this.events,
      fleet: this.fleet,
    };
    this.machines = new MachineChanges(setup.machineEvents ?? [], terms);
    if (announced !== undefined)
      this.timeline = new MachineTimeline(announced, {
        ...terms,
        changed: () => this.rejections.machinesChanged(),
      });
    if (setup.controls !== undefined && hasControls(setup))
      this.controls = new ControlLoops(setup.controls, {
        execution: this.execution,
        architecture: this.architecture,
        admission: new Admission({ trace, cluster, truth, observer, constraintsOf }),
      });
  }

  /**
   * Runs to the end. `pause` is called regularly and before each fetch of a batch. It gets the progress. A returned
   * promise is awaited. It may throw to stop the run.
   */
  async run(pause?: (progress: SimulationProgress) => Promise<void> | void): Promise<void> {
    try {
      await this.arrivals.fetch();
      this.begin();
      for (;;) {
        const reason = this.advance(this.eventCount + EVENTS_PER_PAUSE);
        if (reason === 'over') break;
        await pause?.({ now: this.execution.now, events: this.eventCount });
        if (reason === 'starved') await this.arrivals.fetch();
      }
    } finally {
      await this.arrivals.close();
    }
    this.end = Number.isFinite(this.until) ? this.until : this.lastChange;
    this.dependencies.runEnds();
    this.setup.observer.runEnded(this.end);
    const problem = imbalance(this.setup.cluster);
    if (problem !== undefined) throw new ImbalanceError(`the ledger does not balance: ${problem}`);
  }

  private begin(): void {
    const first = this.arrivals.nextTime;
    this.start = this.setup.startsAt === 'first-submission' && Number.isFinite(first) ? first : 0;
    this.until = this.start + this.setup.horizon;
    const { warmUp } = this.setup;
    // Times are whole, so the warm-up costs no check beside that of the end of the run.
    this.legEnd = warmUp === undefined ? this.until : Math.min(this.until, this.start + warmUp.lasts - 1);
    this.execution.now = this.start;
    this.lastChange = this.start;
    this.setup.observer.runStarted(this.start);
    this.machines.begin(this.start);
    this.timeline?.begin(this.start);
    this.fleet?.begin(this.start);
    this.controls?.begin(this.start);
    this.setup.operations?.begin(this.start, this.execution, this.architecture);
  }

  /** Handles events until `eventLimit`, the end, or until the next arrival must be fetched. */
  private advance(eventLimit: number): 'over' | 'starved' | 'pause' {
    while (this.eventCount < eventLimit) {
      const reason = this.step();
      if (reason !== undefined) return reason;
    }
    return 'pause';
  }

  /**
   * Handles the next event, or the pass that is due before it. It is no part of the loop above, because V8 would compile the whole loop
   * again at the first of each rare case.
   */
  private step(): 'over' | 'starved' | undefined {
    const { events, arrivals, execution } = this;
    if (arrivals.isStarved) return 'starved';
    if (this.turns.length > 0) {
      this.takeTurn();
      return undefined;
    }
    const eventTime = events.peekTime();
    const arrivalTime = arrivals.nextTime;
    const kind = events.peekKind();
    const isArrival = arrivalTime < eventTime || (arrivalTime === eventTime && kind > EventClass.arrival);
    const time = isArrival ? arrivalTime : eventTime;
    const isLater = time > execution.now;
    if (execution.passWanted && (isLater || (!isArrival && this.passComesBefore(kind)))) {
      this.pass();
      return undefined;
    }
    if (isLater && this.rejections.areDue) {
      this.rejections.reject();
      return undefined;
    }
    if (time === Number.POSITIVE_INFINITY || this.isStill()) {
      this.sayWhoWaits();
      return 'over';
    }
    if (time > this.legEnd) return this.nextLeg();
    if (isLater) {
      if (time > LATEST_TIME) throw beyondExactTime(time);
      execution.now = time;
      this.passesAtInstant = 0;
      this.timersHappen = false;
    }
    this.eventCount++;
    if (isArrival || this.mayChange(kind)) this.lastChange = time;
    if (isArrival) arrivals.admit(this, time);
    else if (this.setup.simultaneous === 'each' && kind === EventClass.taskEnd) this.gatherEnds();
    else this.happen();
    if (this.setup.simultaneous === 'each' && execution.passWanted) this.pass();
    return undefined;
  }

  /** Ends the warm-up, or the run. */
  private nextLeg(): 'over' | undefined {
    if (this.legEnd === this.until) return 'over';
    this.setup.warmUp?.ended(this.legEnd + 1);
    this.legEnd = this.until;
    return undefined;
  }

  /** When no task is there, ends of earlier attempts, and calls of schedulers, change nothing, and do not make the run longer. */
  private mayChange(kind: number): boolean {
    if (this.setup.cluster.tasks.live > 0) return true;
    return kind !== EventClass.taskEnd && kind !== EventClass.decision && kind !== EventClass.timer;
  }

  /** Only decisions are left, and they change nothing; or only changes of machines, and no task waits for them. */
  private isStill(): boolean {
    if (!this.isIdle) return false;
    if (this.changesAhead === 0) return this.stillness?.lasts(this.eventCount) === true;
    return !Number.isFinite(this.setup.horizon) && this.setup.cluster.tasks.live === 0;
  }

  /** Are only decisions and changes of machines left? */
  private get isIdle(): boolean {
    return this.events.undecided === this.changesAhead && this.arrivals.nextTime === Number.POSITIVE_INFINITY;
  }

  private get changesAhead(): number {
    return this.timeline?.pending ?? 0;
  }

  get quietUntil(): Micros {
    const { arrivals, events, execution } = this;
    // When decisions alone are left, their number says when the run ends.
    if (this.turns.length > 0 || arrivals.isStarved || this.isIdle) return execution.now;
    return Math.min(events.peekTime(), arrivals.nextTime, this.legEnd);
  }

  private sayWhoWaits(): void {
    const { cluster, observer } = this.setup;
    for (const { job, tasks, reason } of waitingJobs(cluster, this.bounds, MOST_EXPLAINED))
      observer.jobStuck(job, tasks, reason ?? '', this.execution.now);
  }

  /** With `each`: collects all ends of this instant. Tasks at their time limit free their resources before the first of them. */
  private gatherEnds(): void {
    const { events, execution } = this;
    const { tasks } = this.setup.cluster;
    while (events.peekTime() === execution.now && events.peekKind() === EventClass.taskEnd) {
      events.take();
      const task = events.subject;
      const [framework, machine] = [tasks.framework[task], tasks.machine[task]];
      const isOver = execution.endAtTimeLimit(task, events.order);
      this.turns.push({ task, order: events.order, framework, machine, isOver });
    }
  }

  private takeTurn(): void {
    const { arrivals, execution } = this;
    this.eventCount++;
    if (arrivals.nextTime === execution.now) {
      arrivals.admit(this, execution.now);
    } else {
      const turn = this.turns.shift() as EndTurn;
      if (turn.isOver) execution.tellStopped(turn.framework, turn.machine);
      else execution.taskEndDue(turn.task, turn.order);
    }
    if (execution.passWanted) this.pass();
  }

  /** The timers of one instant run together. So a gang leaves as a whole before the pass that it requests. */
  private passComesBefore(kind: number): boolean {
    return kind > EventClass.decision && !(kind === EventClass.timer && this.timersHappen);
  }

  private pass(): void {
    const { execution } = this;
    if (++this.passesAtInstant > PASSES_PER_INSTANT) {
      throw new InputError(
        {},
        `the policy requested more than ${PASSES_PER_INSTANT} scheduling passes at ${execution.now} us; it never settles`,
      );
    }
    execution.passWanted = false;
    if (this.fleet?.master.leads === false) return;
    if (this.rejections.areDue) this.rejections.reject();
    this.architecture.pass(execution.now);
    execution.observer.passEnded(execution.now);
  }

  private happen(): void {
    const { events, execution } = this;
    events.take();
    const subject = events.subject;
    switch (events.kind) {
      case EventClass.machineUp:
      case EventClass.machineDown:
        if (subject === NEXT_CHANGE) this.timeline?.due();
        else if (subject < 0) this.machines.due(subject);
        else this.fleet?.due(subject, execution.now);
        break;
      case EventClass.taskEnd:
        execution.taskEndDue(subject, events.order);
        break;
      case EventClass.arrival:
        this.dependencies.due(subject);
        break;
      case EventClass.decision:
        // A decision that took time may end at the instant at which an impossible job arrives.
        if (this.rejections.areDue) this.rejections.reject();
        this.architecture.due(subject, execution.now);
        break;
      case EventClass.timer:
        this.timersHappen = true;
        if (subject >= 0) this.patienceEnds(subject);
        else {
          this.lastChange = execution.now;
          this.setup.operations?.due(subject);
        }
        break;
      case EventClass.sample:
        if (subject === USAGE_STEP) execution.usage.due(execution.now);
        else this.controls?.due(subject, execution.now);
        break;
    }
  }

  // Arrivals

  /** Called for each task that is submitted. */
  taskArrived(task: TaskId, now: Micros): void {
    const { cluster, patience } = this.setup;
    if (
      this.execution.truth.duration[task] === Number.POSITIVE_INFINITY &&
      cluster.tasks.timeLimit[task] === Number.POSITIVE_INFINITY &&
      !Number.isFinite(this.setup.horizon)
    ) {
      const job = cluster.jobs.name[cluster.tasks.job[task]];
      throw new InputError(
        {},
        `job "${job}" never ends, so the run needs a time limit: use --until, such as --until 1d`,
      );
    }
    if (!this.rejections.taskArrived(task)) return;
    this.architecture.taskArrived(task, now);
    if (Number.isFinite(patience)) this.events.add(now + patience, EventClass.timer, task);
  }

  private patienceEnds(task: TaskId): void {
    const { tasks } = this.setup.cluster;
    const waitedSince = this.execution.now - this.setup.patience;
    // The row may be reused for a later task. A task that has started once is not abandoned.
    if (!this.execution.isPending(task) || tasks.submitted[task] !== waitedSince || tasks.attempts[task] > 0)
      return;
    this.architecture.taskLeaves(task);
    this.execution.withdraw(task, 'abandoned');
  }
}

/** Beyond LATEST_TIME two instants may be one number, so that run times are wrong without a sign of it. */
function beyondExactTime(time: Micros): InputError {
  return new InputError(
    {},
    `the next event is at ${time / 1e6} s, but times are exact only up to ${Math.floor(LATEST_TIME / 1e6)} s (285 years); use --until, or shorter times`,
  );
}

function hasControls({ controls }: SimulationSetup): boolean {
  return controls !== undefined && controls.controllers.length > 0;
}

/** A collected end; `isOver` if its resources are free already. */
interface EndTurn {
  readonly task: TaskId;
  readonly order: number;
  readonly framework: FrameworkId;
  readonly machine: MachineId;
  readonly isOver: boolean;
}

const EVENTS_PER_PAUSE = 65_536;

/** Waiting jobs with a reason. */
const MOST_EXPLAINED = 20;

/** Limit for policies whose passes request further passes at the same instant without end. */
const PASSES_PER_INSTANT = 100_000;
