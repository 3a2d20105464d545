import { grown, NONE } from '../ledger/columns.js';
import type { FreeTable } from '../ledger/free-table.js';
import type { TaskClassId } from '../ledger/task-classes.js';
import type { FirstFitIndex } from './first-fit-index.js';
import type { MachineClasses } from './machine-classes.js';
import { comparableScore, type MachineScore } from './machine-score.js';
import { ScoreTournament } from './score-tournament.js';

/** Maximum size of the cached scores of one table. Beyond it, the least recently used task classes are evicted. */
const MAX_BYTES = 64 * 2 ** 20;

/**
 * A cache of scores. For each score and task class it keeps a tournament over all machines. Only machines that changed
 * since the last query of the class are scored again. Borg does the same (Verma et al., EuroSys 2015, section 3.4,
 * score caching). The answer is exact: it equals that of a scan over all machines (test/model/score-cache.test.ts).
 *
 * A class is cached from its second query on. So a workload whose tasks are all different has no extra cost.
 */
export class ScoreCache {
  private readonly table: FreeTable;
  private readonly firstFit: FirstFitIndex;
  private readonly machineClasses: MachineClasses;
  private readonly latest: LatestChanges;
  private readonly maxBytes: number;
  /** Keyed by identity, with weak references, because a view may prepare many scores. */
  private readonly classesOf = new WeakMap<MachineScore, ClassScores>();
  private readonly kept: KeptScores[] = [];
  private clock = 0;

  constructor(
    table: FreeTable,
    firstFit: FirstFitIndex,
    machineClasses: MachineClasses,
    maxBytes = MAX_BYTES,
  ) {
    this.table = table;
    this.firstFit = firstFit;
    this.machineClasses = machineClasses;
    this.latest = new LatestChanges(table);
    this.maxBytes = maxBytes;
  }

  /** The up-to-date scores of a class. undefined if they are not cached (yet); then every machine must be checked. */
  of(taskClass: TaskClassId, score: MachineScore): ScoreTournament | undefined {
    let classes = this.classesOf.get(score);
    if (classes === undefined) {
      classes = { kept: [], askedAs: [] };
      this.classesOf.set(score, classes);
    }
    const generation = this.table.classes.generation[taskClass];
    if (classes.askedAs[taskClass] !== generation) {
      classes.askedAs[taskClass] = generation;
      return undefined;
    }
    const kept = classes.kept[taskClass] ?? this.admit(classes, taskClass);
    kept.askedAt = ++this.clock;
    this.update(kept, score, generation);
    return kept.tournament;
  }

  private admit(classes: ClassScores, taskClass: TaskClassId): KeptScores {
    const room = Math.max(1, Math.floor(this.maxBytes / ScoreTournament.bytes(this.table.count)));
    while (this.kept.length > room) this.kept.splice(this.forgetLeastRecent(), 1);
    let kept: KeptScores;
    if (this.kept.length < room) {
      kept = {
        tournament: new ScoreTournament(),
        classes,
        taskClass,
        generation: 0,
        version: 0,
        seen: 0,
        askedAt: 0,
      };
      this.kept.push(kept);
    } else {
      kept = this.kept[this.forgetLeastRecent()];
      kept.classes = classes;
      kept.taskClass = taskClass;
      kept.generation = 0;
    }
    classes.kept[taskClass] = kept;
    return kept;
  }

  /** Returns the index of the evicted entry. */
  private forgetLeastRecent(): number {
    let place = 0;
    for (let i = 1; i < this.kept.length; i++) if (this.kept[i].askedAt < this.kept[place].askedAt) place = i;
    const { classes, taskClass } = this.kept[place];
    classes.kept[taskClass] = undefined;
    return place;
  }

  private update(kept: KeptScores, score: MachineScore, generation: number): void {
    const { latest, table } = this;
    latest.update();
    const missed = latest.head - kept.seen;
    const version = score.version();
    const isOther =
      kept.generation !== generation || kept.version !== version || kept.tournament.machines !== latest.rows;
    if (isOther || missed > latest.rows) this.rebuild(kept, score);
    else if (table.changes.remembers(kept.seen)) this.followLog(kept, score);
    else this.lookForChanges(kept, score);
    kept.generation = generation;
    kept.version = version;
    kept.seen = latest.head;
  }

  private rebuild({ tournament, taskClass }: KeptScores, score: MachineScore): void {
    const { table, firstFit, machineClasses } = this;
    tournament.restart(table.count);
    machineClasses.begin(score, taskClass, NONE);
    for (
      let machine = firstFit.first(taskClass);
      machine !== NONE;
      machine = firstFit.first(taskClass, machine + 1)
    ) {
      tournament.enter(machine, machineClasses.scoreOf(machine));
    }
    tournament.play();
  }

  private followLog({ tournament, taskClass, seen }: KeptScores, score: MachineScore): void {
    const { table, latest } = this;
    const { changes } = table;
    for (let i = seen; i < latest.head; i++) {
      const machine = changes.at(i);
      // A machine with a later change is scored at that change.
      if (latest.of[machine] !== i) continue;
      const fits = table.fits(machine, taskClass);
      tournament.change(machine, fits ? comparableScore(score, machine, taskClass, NONE) : Number.NaN);
    }
  }

  private lookForChanges({ tournament, taskClass, seen }: KeptScores, score: MachineScore): void {
    const { table, latest } = this;
    for (let machine = 0; machine < latest.rows; machine++) {
      if (latest.of[machine] < seen) continue;
      const fits = table.fits(machine, taskClass);
      tournament.change(machine, fits ? comparableScore(score, machine, taskClass, NONE) : Number.NaN);
    }
  }
}

/** Cached classes of one score, by class. */
interface ClassScores {
  readonly kept: (KeptScores | undefined)[];
  /** Generation of the class at its last query. */
  readonly askedAs: number[];
}

interface KeptScores {
  readonly tournament: ScoreTournament;
  classes: ClassScores;
  taskClass: TaskClassId;
  generation: number;
  version: number;
  /** Number of changes of the table that the scores include. */
  seen: number;
  askedAt: number;
}

/**
 * Number of each machine's latest change in the log of a table. A reader that is far behind handles each machine once.
 * It can catch up even if the ring buffer of the log has dropped changes: it then iterates over machines instead of
 * changes.
 */
export class LatestChanges {
  /** Number of changes so far; all lower numbers are in `of`. */
  head = 0;
  /** Number of rows of the table that are covered. */
  rows = 0;
  /** `of[machine]`: number of its latest change. If that was dropped, an upper bound of it. */
  of = new Float64Array(0);
  private readonly table: FreeTable;

  constructor(table: FreeTable) {
    this.table = table;
  }

  update(): void {
    const { changes, count } = this.table;
    if (this.head === changes.head && this.rows === count) return;
    if (this.rows !== count || !changes.remembers(this.head)) {
      this.rows = count;
      this.of = grown(this.of, count);
      this.of.fill(changes.head - 1);
    } else {
      const { of } = this;
      for (let i = this.head; i < changes.head; i++) of[changes.at(i)] = i;
    }
    this.head = changes.head;
  }
}
