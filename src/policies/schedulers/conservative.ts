import {
  type Explanations,
  FOREVER,
  type JobId,
  type Micros,
  NONE,
  type PlacementSink,
  type Scheduler,
  type SchedulingView,
} from '../contract.js';
import type { ClusterProfile } from '../planner/cluster-profile.js';
import type { EarliestPlace } from '../planner/earliest-start.js';
import { NO_MARK } from '../planner/regained-room.js';
import { PlanMemory } from './plan-memory.js';
import { PlannedQueue, type Unit } from './planned-queue.js';
import { type PlaceKind, type PlannedRoom, RoomOnMachines } from './planned-room.js';
import { RoomByCount } from './room-by-count.js';

/**
 * Conservative backfilling: every waiting job has a reservation, so no job is delayed by a later one. A new job gets the
 * earliest time at which the plan has room for it as a whole. After an end, the plan is compressed: all jobs whose time is
 * still ahead are placed again, one at a time, in queue order (the rule of docs/studies.md, swf). A change of a machine, and a
 * waiting job that leaves the queue, count as ends. A job keeps its place if its new one would be later.
 *
 * Users see the planned starts as promises (`act.promise`). A promise moves only earlier, if tasks end by their estimates, no
 * machine leaves unannounced, and no rule of the job depends on tasks of other jobs that are not planned yet. If a task
 * without an estimate occupies the room that a job needs, the job has no promise, and later jobs may pass it.
 *
 * The plan is kept with `act.remember`, so it is the same after a restart.
 */
export function conservativeScheduler(
  name: string,
  places: PlaceKind = 'lowest-rank',
  watched: WatchRoom = (room) => room,
): Scheduler {
  let plan: Plan | undefined;
  return {
    name,
    begin(view) {
      plan = new Plan(view, roomOf(view, places), watched);
    },
    schedule(view, act) {
      plan?.update(view, act);
    },
  };
}

/** Stands between a plan and its room: to observe what it asks, or to answer in another way. */
export type WatchRoom = (room: PlannedRoom) => PlannedRoom;

/** Under this key, the memory of the room. */
const ROOM = 'room';
/** Its memory when a job came that cannot be planned by count. */
const ON_MACHINES = 'machines';

function roomOf(view: SchedulingView, places: PlaceKind): PlannedRoom {
  if (places === 'lowest-rank') return new RoomOnMachines(view);
  const memory = view.recall(ROOM);
  return memory === ON_MACHINES ? new RoomOnMachines(view, memory) : new RoomByCount(view, memory);
}

class Plan {
  private room: PlannedRoom;
  private readonly watched: WatchRoom;
  private readonly queue = new PlannedQueue();
  /** Units that were in the queue when the plan was built, until the first pass. */
  private unseen: readonly Unit[];
  private readonly memory = new PlanMemory();
  /** Units with a place that a rule may restrict, or that may restrict others. */
  private ruled = 0;
  /** Could a compression move a job? Not if the last one moved none, and no room has come back since. */
  private isUnsettled: boolean;
  /** After a restart: did a unit or a machine change since the last pass? */
  private isStale: boolean;
  /** Is this the first pass of a plan that was built from the view? It does not know whether the tasks that ended left room. */
  private isRestored: boolean;
  /** Units whose room will not be there, until they have another place. */
  private readonly stranded = new Set<Unit>();
  /** Units whose place has changed in this pass. */
  private readonly changed: Unit[] = [];
  /** Jobs of several units whose next start has changed. */
  private readonly replanned = new Set<JobId>();

  /** Builds the plan from the running tasks and the memory. */
  constructor(view: SchedulingView, room: PlannedRoom, watched: WatchRoom) {
    this.room = watched(room);
    this.watched = watched;
    this.unseen = this.queue.follow(view).joined;
    for (const unit of this.unseen) {
      this.memory.recall(view, unit);
      if (!Number.isNaN(unit.start)) this.take(view, unit);
    }
    const { isUnsettled, isStale } = this.memory.recallState(view, this.profile.presence);
    this.isUnsettled = isUnsettled;
    this.isStale = isStale;
    this.isRestored = true;
  }

  private get profile(): ClusterProfile {
    return this.room.profile;
  }

  update(view: SchedulingView, act: PlacementSink): void {
    const hasRoom = this.profile.update(view) || (this.isRestored && view.endedSince > 0);
    this.isRestored = false;
    const hasGap = this.dropLeft(view, act) || this.isStale;
    this.isStale = false;
    this.isUnsettled ||= hasRoom || hasGap;
    this.room.addStranded(view, this.queue.units, this.stranded);
    const isEnd = view.endedSince > 0 || hasRoom || hasGap;
    if (isEnd && this.isUnsettled) this.compress(view, act);
    this.placeMissed(view, act);
    for (const unit of this.queue.units)
      if (Number.isNaN(unit.start) && (isEnd || unit.isNew || unit.needsNeighbour))
        this.place(view, act, unit);
    // A task that starts may be the neighbour that another one needs.
    while (this.startDue(view, act) && this.placeBeside(view, act));
    this.tellReplanned(view, act);
    // Most units that a pass places start in it, and need no memory.
    for (const unit of this.changed) if (!this.queue.hasLeft(unit)) this.memory.keep(view, act, unit);
    this.changed.length = 0;
    this.memory.keepState(view, act, this.profile.presence, this.isUnsettled);
    if (act.explain !== undefined) this.explain(view, act.explain);
    this.wakeAtNext(view, act);
  }

  /** Units that left the queue leave gaps. Returns whether one did. */
  private dropLeft(view: SchedulingView, act: PlacementSink): boolean {
    let hasGap = false;
    const { left, joined } = this.queue.follow(view);
    for (const unit of left) {
      this.memory.forget(act, unit);
      if (Number.isNaN(unit.start)) continue;
      this.leave(view, unit);
      hasGap = true;
    }
    const { memory } = this.room;
    if (!this.room.takes(view, [...this.unseen, ...joined])) this.planOnMachines(view, act);
    this.unseen = [];
    if (this.room.memory !== memory) act.remember(ROOM, this.room.memory);
    return hasGap;
  }

  /** A job came that cannot be planned by count. All are planned anew, in queue order. */
  private planOnMachines(view: SchedulingView, act: PlacementSink): void {
    this.room = this.watched(new RoomOnMachines(view, ON_MACHINES));
    this.ruled = 0;
    for (const unit of this.queue.units) {
      this.memory.forget(act, unit);
      unit.start = Number.NaN;
      unit.mark = NO_MARK;
      unit.isNew = true;
    }
  }

  /** Places all units again whose time is still ahead, and those without a place, which later ones must not pass. */
  private compress(view: SchedulingView, act: PlacementSink): void {
    let hasMoved = false;
    this.profile.regained.turn();
    for (const unit of this.queue.units) {
      if (Number.isNaN(unit.start) && !unit.isNew) {
        this.place(view, act, unit);
        hasMoved ||= !Number.isNaN(unit.start);
        continue;
      }
      if (!(unit.start > view.now)) continue;
      const isStanding = !this.stranded.has(unit);
      const better = isStanding && !this.mayRule(view, unit) ? this.room.better(view, unit) : 'unknown';
      if (better === 'none') continue;
      const { start, hasRules } = unit;
      this.lift(view, unit);
      // A later place would not be taken.
      const found = better === 'unknown' ? this.find(view, unit, isStanding ? start : FOREVER) : better;
      const isKept = isStanding && (found.start > start || (found.start === start && isSame(unit, found)));
      if (isKept) {
        unit.start = start;
        this.take(view, unit);
        if (found.start > start || !found.isSettled) unit.mark = NO_MARK;
        else unit.mark = this.profile.regained.mark;
        if (unit.hasRules !== hasRules) this.changed.push(unit);
      } else {
        this.profile.regain(view, unit, start);
        this.move(view, act, unit, found);
      }
      hasMoved ||= !isKept;
    }
    this.isUnsettled = hasMoved;
  }

  /** Places units again whose time has passed, because the decision took time, or whose machine has left. */
  private placeMissed(view: SchedulingView, act: PlacementSink): void {
    for (const unit of this.queue.units) {
      if (Number.isNaN(unit.start) || (unit.start >= view.now && !this.stranded.has(unit))) continue;
      this.leave(view, unit);
      this.place(view, act, unit);
      this.isUnsettled = true;
    }
  }

  private placeBeside(view: SchedulingView, act: PlacementSink): boolean {
    let isPlaced = false;
    for (const unit of this.queue.units) {
      if (!unit.needsNeighbour || !Number.isNaN(unit.start)) continue;
      this.place(view, act, unit);
      isPlaced ||= unit.start === view.now;
    }
    return isPlaced;
  }

  private place(view: SchedulingView, act: PlacementSink, unit: Unit): void {
    this.move(view, act, unit, this.find(view, unit));
  }

  /** Does a rule restrict the unit, did one when it was planned, or does one restrict others? */
  private mayRule(view: SchedulingView, unit: Unit): boolean {
    return unit.hasRules || this.ruled > 0 || mayForbidAny(view, unit);
  }

  private find(view: SchedulingView, unit: Unit, limit: Micros = FOREVER): EarliestPlace {
    unit.hasRules = mayForbidAny(view, unit);
    const hasRules = unit.hasRules || this.ruled > 0;
    return this.room.find(view, unit, this.queue.units, hasRules, limit);
  }

  private move(view: SchedulingView, act: PlacementSink, unit: Unit, place: EarliestPlace): void {
    const { start } = place;
    unit.start = start < FOREVER ? start : Number.NaN;
    unit.machines = place.machines;
    unit.masks = place.masks;
    unit.isNew = false;
    this.stranded.delete(unit);
    if (start < FOREVER) this.take(view, unit);
    unit.mark = place.isSettled ? this.profile.regained.mark : NO_MARK;
    this.changed.push(unit);
    const job = view.tasks.job(unit.members[0]);
    if (view.jobs.pending(job) === unit.members.length) act.promise(job, start);
    else this.replanned.add(job);
  }

  private take(view: SchedulingView, unit: Unit): void {
    this.profile.take(view, unit);
    if (unit.hasRules) this.ruled++;
  }

  private lift(view: SchedulingView, unit: Unit): void {
    this.profile.lift(view, unit);
    unit.start = Number.NaN;
    if (unit.hasRules) this.ruled--;
  }

  /** Takes the unit out of the plan, so that others may have its room. */
  private leave(view: SchedulingView, unit: Unit): void {
    const { start } = unit;
    this.lift(view, unit);
    this.profile.regain(view, unit, start);
  }

  /** Starts the units whose time has come. Returns whether one has started. */
  private startDue(view: SchedulingView, act: PlacementSink): boolean {
    let hasStarted = false;
    for (const unit of this.queue.units) {
      if (!(unit.start <= view.now)) continue;
      const { start } = unit;
      this.lift(view, unit);
      this.memory.forget(act, unit);
      if (this.start(view, act, unit)) {
        hasStarted = true;
        this.queue.drop(unit);
        for (const task of unit.members) this.profile.note(view, task);
      } else {
        // A rule has another answer than when it was planned. It is placed anew at the next call.
        this.profile.regain(view, unit, start);
        unit.isNew = true;
        this.isUnsettled = true;
      }
    }
    if (hasStarted) this.queue.compact();
    return hasStarted;
  }

  /** Starts the unit at its place, if the ledger agrees. */
  private start(view: SchedulingView, act: PlacementSink, unit: Unit): boolean {
    const places = this.room.placesNow(view, unit);
    if (places === undefined) return false;
    const { members } = unit;
    const { machines, masks } = places;
    const job = view.tasks.job(members[0]);
    if (!view.jobs.isGang(job)) return act.start(members[0], machines[0], masks?.[0]) === 'done';
    const devices = masks === undefined ? {} : { devices: masks };
    return act.startGang(job, { tasks: members, machines, ...devices }) === 'done';
  }

  /** Says when the jobs of the user's question are planned to start. Of a job of several units, the first one counts. */
  private explain(view: SchedulingView, explain: Explanations): void {
    const told = new Set<JobId>();
    for (const unit of this.queue.units) {
      const job = view.tasks.job(unit.members[0]);
      if (!explain.follows(job) || told.has(job) || !(unit.start > view.now)) continue;
      told.add(job);
      explain.waits(job, 'plan', this.delayedBy(view, unit), unit.start);
    }
  }

  /** The job whose planned start the unit would delay on a machine that has room for it now; NONE if there is none. */
  private delayedBy({ machines, now, tasks }: SchedulingView, unit: Unit): JobId {
    const [first] = unit.members;
    for (
      let machine = machines.firstFit(first);
      machine !== NONE;
      machine = machines.firstFit(first, machine + 1)
    )
      for (const other of this.queue.units) {
        if (other === unit) break;
        if (other.start > now && other.start < now + unit.length && other.machines.includes(machine))
          return tasks.job(other.members[0]);
      }
    return NONE;
  }

  /** A job of several units is promised the start of the first of them. */
  private tellReplanned(view: SchedulingView, act: PlacementSink): void {
    if (this.replanned.size === 0) return;
    const next = new Map<JobId, Micros>([...this.replanned].map((job) => [job, FOREVER]));
    for (const { members, start } of this.queue.units) {
      const job = view.tasks.job(members[0]);
      if (start < (next.get(job) ?? 0)) next.set(job, start);
    }
    for (const [job, start] of next) act.promise(job, start);
    this.replanned.clear();
  }

  private wakeAtNext(view: SchedulingView, act: PlacementSink): void {
    // An overdue task ends at an unknown time; its end calls the scheduler.
    const from = this.profile.hasOverdue ? view.now + 1 : view.now;
    let next = FOREVER;
    for (const { start } of this.queue.units) if (start > from && start < next) next = start;
    if (next < FOREVER) act.wakeAt(next);
  }
}

function mayForbidAny(view: SchedulingView, { members }: Unit): boolean {
  return members.length === 1
    ? view.rules.mayForbid(members[0])
    : members.some((task) => view.rules.mayForbid(task));
}

function isSame(unit: Unit, { machines, masks }: EarliestPlace): boolean {
  for (let i = 0; i < machines.length; i++)
    if (unit.machines[i] !== machines[i] || unit.masks[i] !== masks[i]) return false;
  return true;
}
