import {
  FOREVER,
  type FrameworkId,
  type JobId,
  type MachineId,
  type Micros,
  NONE,
} from '../../model/index.js';

/** A job of several machines for which a framework cannot find room at one time. */
interface Wish {
  readonly framework: FrameworkId;
  readonly job: JobId;
  /** The time of its last turn, or of the wish when it had none. The smallest is next. */
  since: Micros;
  /** Length of its next phase. */
  phase: Micros;
  /** After a vain phase it has no turn before this time while other frameworks want offers. */
  restsUntil: Micros;
  /** The number of changes of the cluster at its last vain phase, if nothing changed in it, or when no target was found; or NONE. */
  vainAt: number;
}

/** The phase of a wish: its machines are kept for it until the job stands, or until the phase ends. */
interface Turn {
  readonly wish: Wish;
  readonly target: ReadonlySet<MachineId>;
  readonly standsAt: Micros;
  readonly until: Micros;
  /** The number of changes of the cluster when the phase began. */
  readonly begunAt: number;
  /** All machines of the target have been released to the framework, which has not answered yet. */
  isReleased: boolean;
  /** The number of changes of the cluster when other machines were last tried. */
  triedAt: number;
}

/** Machines that hold a job when tasks there have ended. */
export interface Target {
  readonly machines: readonly MachineId[];
  /** When the job stands there at the latest, by the estimates of the tasks there; FOREVER if it waits for one without an estimate. */
  readonly standsAt: Micros;
}

/** What gathering needs to know of its host. */
export interface GatheringHost {
  /**
   * The machines on which the job stands soonest if nothing else starts there; undefined if there are none. Machines that the
   * framework never gets are not among them.
   */
  target(framework: FrameworkId, job: JobId): Target | undefined;
  /** The same, if the job stands now on what is free or offered. */
  targetNow(framework: FrameworkId, job: JobId): Target | undefined;
  /** Could the whole job start on what is free or offered on these machines? */
  stands(job: JobId, machines: ReadonlySet<MachineId>): boolean;
  /** Does a framework other than this one want offers? */
  othersWant(framework: FrameworkId): boolean;
  /** Can the framework answer offers now? */
  canAnswer(framework: FrameworkId): boolean;
  /** Counts arrivals, ends and starts of tasks, and changes of machines. */
  readonly changes: number;
}

/**
 * Bounded gathering: machines are kept for one waiting gang at a time, so that gangs of several frameworks do not wait for each
 * other, and small tasks do not overtake a gang for ever. The wish that has waited longest has the turn. Its target is fixed.
 * What is free on the target is kept from all frameworks until the whole job stands there, and is then offered to its framework.
 * Until the time at which the job can stand, if it is known, idle machines of the target are lent to tasks that end before it.
 * After a vain phase the next phase of this wish is twice as long, and the wish rests for as long as the phase was. If the
 * estimates of the tasks on the target tell when the job stands there, the phase is doubled until it lasts so long.
 *
 * No deadlock: only one wish keeps resources while it waits. No starvation: let T bound the run time of tasks on targets, and
 * `hold` the time for which a framework keeps an offer. A phase of T + hold is enough, because nothing starts on the target in it.
 * With N wishes and a first phase B, a wish waits at most (k + 1)(N + 1) 2 (T + hold), where k = ceil(log2((T + hold) / B)).
 */
export class Gathering {
  private readonly host: GatheringHost;
  private readonly firstPhase: Micros;
  private readonly wishes = new Map<FrameworkId, Wish>();
  private turn: Turn | undefined;

  constructor(host: GatheringHost, firstPhase: Micros) {
    this.host = host;
    this.firstPhase = firstPhase;
  }

  /** The job for which the framework gathers; NONE for none. */
  jobOf(framework: FrameworkId): JobId {
    return this.wishes.get(framework)?.job ?? NONE;
  }

  /** The framework gathers for this job, and for no other. */
  wish(framework: FrameworkId, job: JobId, now: Micros): void {
    if (this.jobOf(framework) === job) return;
    this.withdraw(framework);
    this.wishes.set(framework, {
      framework,
      job,
      since: now,
      phase: this.firstPhase,
      restsUntil: now,
      vainAt: NONE,
    });
  }

  /** The framework gathers no more: its job has started or left. */
  withdraw(framework: FrameworkId): void {
    this.wishes.delete(framework);
    if (this.turn?.wish.framework === framework) this.turn = undefined;
  }

  /** The framework for which the machine is kept; NONE for none, and while it is lent. */
  gatherer(machine: MachineId, now: Micros): FrameworkId {
    const { turn } = this;
    return turn?.target.has(machine) === true && !isLent(turn, now) ? turn.wish.framework : NONE;
  }

  /** The job whose target the machine is in, also while it is lent; NONE for none. */
  targetOf(machine: MachineId): JobId {
    return this.turn?.target.has(machine) === true ? this.turn.wish.job : NONE;
  }

  /** Is the machine kept from this framework now? Before the whole job stands, that includes the gatherer. */
  keepsFrom(framework: FrameworkId, machine: MachineId, now: Micros): boolean {
    const { turn } = this;
    if (turn === undefined || !turn.target.has(machine) || isLent(turn, now)) return false;
    return !turn.isReleased || turn.wish.framework !== framework;
  }

  /**
   * May a task of this job, which ends at this time at the latest, start on the machine? Tasks that end before the gang can stand
   * do not delay it. Once the gang stands, even other tasks of its framework wait until it has started.
   */
  mayStart(job: JobId, machine: MachineId, endsBy: Micros): boolean {
    const { turn } = this;
    if (turn === undefined || !turn.target.has(machine) || turn.wish.job === job) return true;
    return !turn.isReleased && endsBy <= turn.standsAt && endsBy !== FOREVER;
  }

  /** Are machines kept now? */
  get keeps(): boolean {
    return this.turn !== undefined;
  }

  /** Has all of the target been released to this framework, which has not answered yet? */
  isReleasedTo(framework: FrameworkId): boolean {
    return this.turn?.isReleased === true && this.turn.wish.framework === framework;
  }

  /** A machine leaves. The phase of a target that has it starts anew, with the same length. */
  machineLeaves(machine: MachineId): void {
    if (this.turn?.target.has(machine) === true) this.turn = undefined;
  }

  /** The framework has answered its offers, and its job still waits. The turn is over if all of the target was offered. */
  answered(framework: FrameworkId, now: Micros): void {
    const { turn } = this;
    if (turn?.isReleased !== true || turn.wish.framework !== framework) return;
    this.endTurn(turn, now, true);
  }

  /**
   * Ends a phase that is over, and begins the next one. Returns the machines of a target that is new or released now. Offers of
   * them to other frameworks must be rescinded. Undefined if nothing changed.
   */
  review(
    now: Micros,
  ): { readonly framework: FrameworkId; readonly machines: ReadonlySet<MachineId> } | undefined {
    const before = this.turn;
    if (before !== undefined && now >= before.until) this.endTurn(before, now, false);
    this.turn = this.retargeted(now) ?? this.turn ?? this.nextTurn(now);
    const { turn } = this;
    if (turn === undefined) return undefined;
    const { wish, target } = turn;
    const isReleasedNow =
      !turn.isReleased && this.host.canAnswer(wish.framework) && this.host.stands(wish.job, target);
    if (isReleasedNow) turn.isReleased = true;
    return isReleasedNow || turn !== before ? { framework: wish.framework, machines: target } : undefined;
  }

  /** When the state changes by itself next; Infinity for never. */
  nextReview(now: Micros): Micros {
    if (this.turn !== undefined) return this.turn.until;
    let next = Number.POSITIVE_INFINITY;
    for (const { restsUntil, vainAt } of this.wishes.values())
      if (restsUntil > now && vainAt !== this.host.changes) next = Math.min(next, restsUntil);
    return next;
  }

  /** While no other framework wants offers, a gatherer may take any machines on which its job stands. */
  private retargeted(now: Micros): Turn | undefined {
    const { turn, host } = this;
    if (turn === undefined || turn.isReleased || turn.triedAt === host.changes) return undefined;
    const { wish } = turn;
    if (host.othersWant(wish.framework) || host.stands(wish.job, turn.target)) return undefined;
    turn.triedAt = host.changes;
    const target = host.targetNow(wish.framework, wish.job);
    return target && this.turnOf(wish, target, now);
  }

  private nextTurn(now: Micros): Turn | undefined {
    const { host } = this;
    const ready = [...this.wishes.values()].filter(
      ({ framework, restsUntil, vainAt }) =>
        (restsUntil <= now || !host.othersWant(framework)) && vainAt !== host.changes,
    );
    ready.sort((a, b) => a.since - b.since || a.framework - b.framework);
    for (const wish of ready) {
      const target = host.target(wish.framework, wish.job);
      if (target !== undefined) return this.turnOf(wish, target, now);
      wish.vainAt = host.changes;
    }
    return undefined;
  }

  /** A phase that is known to be too short would be vain, so it lasts until the time limits on the target have passed. */
  private turnOf(wish: Wish, { machines, standsAt }: Target, now: Micros): Turn {
    while (Number.isFinite(standsAt) && now + wish.phase < standsAt) wish.phase *= 2;
    return {
      wish,
      target: new Set(machines),
      standsAt,
      until: now + wish.phase,
      begunAt: this.host.changes,
      isReleased: false,
      triedAt: NONE,
    };
  }

  /** A vain phase. If nothing changed in it, or the framework left the room unused, the next one waits for a change. */
  private endTurn({ wish, begunAt }: Turn, now: Micros, isUnused: boolean): void {
    this.turn = undefined;
    wish.since = now;
    wish.restsUntil = now + wish.phase;
    wish.vainAt = isUnused || begunAt === this.host.changes ? this.host.changes : NONE;
    wish.phase *= 2;
  }
}

/** What is idle on the target is lent while it is known that the job cannot stand there yet. */
function isLent({ isReleased, standsAt }: Turn, now: Micros): boolean {
  return !isReleased && now < standsAt && standsAt !== FOREVER;
}
