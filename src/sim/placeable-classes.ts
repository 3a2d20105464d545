import { type Cluster, type FrameworkId, grown, type MachineId, type TaskClassId } from '../model/index.js';
import type { AnnouncedMachines } from './announced-machines.js';

const [FITS, FITS_NOWHERE] = [1, 2];

/** Answers about the classes of one framework, or of all frameworks if these may use the same machines. */
interface Answers {
  /** FITS, FITS_NOWHERE, or 0 when not yet computed. */
  answer: Uint8Array;
  /** The generation of the class when the answer was computed; see TaskClasses.generation. */
  generation: Int32Array;
}

/** Machines that a framework may ever use; undefined for all machines. */
export interface UsableMachines {
  readonly mayUse?: ((framework: FrameworkId, machine: MachineId) => boolean) | undefined;
}

/**
 * Task classes that fit some empty machine that their framework may use, and that exists or is announced. Results are cached per
 * class, because a scan of all machines for each task would be slow. A result refers to the capacities at its computation. Later
 * changes of revocable resources do not change it; changes by the trace do (`lostAny`).
 */
export class PlaceableClasses {
  private readonly cluster: Cluster;
  private readonly usable: UsableMachines;
  private readonly announced: AnnouncedMachines | undefined;
  /** One entry per framework, or one for all. */
  private readonly answers: (Answers | undefined)[] = [];

  constructor(cluster: Cluster, usable: UsableMachines = {}, announced?: AnnouncedMachines) {
    this.cluster = cluster;
    this.usable = usable;
    this.announced = announced;
  }

  /**
   * Computes the positive answers again, after a machine was removed or changed. Returns whether one of them is negative now. A
   * negative answer stays, because it counted the announced machines.
   */
  lostAny(): boolean {
    const { generation } = this.cluster.classes;
    let isLost = false;
    for (const [framework, known] of this.answers.entries())
      for (let taskClass = 0; taskClass < (known?.answer.length ?? 0); taskClass++) {
        if (known?.answer[taskClass] !== FITS || known.generation[taskClass] !== generation[taskClass])
          continue;
        known.answer[taskClass] = 0;
        if (!this.has(taskClass, framework)) isLost = true;
      }
    return isLost;
  }

  has(taskClass: TaskClassId, framework: FrameworkId): boolean {
    const known = this.answersOf(this.usable.mayUse === undefined ? 0 : framework, taskClass);
    const isCurrent = known.generation[taskClass] === this.cluster.classes.generation[taskClass];
    if (known.answer[taskClass] === 0 || !isCurrent) this.compute(known, taskClass, framework);
    return known.answer[taskClass] === FITS;
  }

  private compute(known: Answers, taskClass: TaskClassId, framework: FrameworkId): void {
    const { mayUse } = this.usable;
    const mine = mayUse === undefined ? undefined : (machine: MachineId) => mayUse(framework, machine);
    known.generation[taskClass] = this.cluster.classes.generation[taskClass];
    known.answer[taskClass] = this.fitsSomewhere(taskClass, mine) ? FITS : FITS_NOWHERE;
  }

  private answersOf(index: number, taskClass: TaskClassId): Answers {
    let known = this.answers[index];
    if (known === undefined) {
      known = { answer: new Uint8Array(64), generation: new Int32Array(64) };
      this.answers[index] = known;
    }
    if (taskClass >= known.answer.length) {
      known.answer = grown(known.answer, taskClass + 1);
      known.generation = grown(known.generation, taskClass + 1);
    }
    return known;
  }

  private fitsSomewhere(
    taskClass: TaskClassId,
    mine: ((machine: MachineId) => boolean) | undefined,
  ): boolean {
    const { announced, cluster } = this;
    const { machines } = cluster;
    for (let machine = 0; machine < machines.count; machine++) {
      if (!cluster.fitsEmpty(machine, taskClass) || mine?.(machine) === false) continue;
      if (machines.isPresent(machine)) return true;
    }
    return announced?.willFit(cluster, taskClass, mine) === true;
  }
}
