import {
  type Cluster,
  type MachineScore,
  NONE,
  type VisibleMachines,
  type WhatIfRoom,
} from '../../model/index.js';
import type { AnyScore, Choice, MachineId, Random, Read, TaskId, WeightedScore } from '../contract.js';
import type { ScoreSight } from './machine-sight.js';
import { hasOwnClaim, withOwnClaim } from './why-not.js';

/** What every choice of a view needs. */
export interface ChoiceTerms {
  readonly cluster: Cluster;
  readonly visible: VisibleMachines;
  readonly room: WhatIfRoom | undefined;
  /** Draws among equal scores; without it, the lowest rank wins. */
  readonly random: Random | undefined;
  readonly where: ((machine: MachineId, task: TaskId) => boolean) | undefined;
}

/** A score of a policy as the indexes of the ledger keep it. */
export interface PreparedScore extends MachineScore {
  /** Does it read the task that is placed? */
  readonly readsTask: boolean;
}

/** Makes the function of a score, once per view. */
export function preparedScore(
  score: AnyScore,
  sight: ScoreSight,
  cluster: Cluster,
  usageVersion: () => number = () => 0,
): PreparedScore {
  const reads = score.reads as readonly Read[];
  const readsTask = reads.includes('job');
  const isKept = !readsTask && !reads.includes('time');
  const readsUsage = reads.includes('usage');
  const keeps = readsUsage || reads.includes('tasks') ? 'while row and tasks' : 'while row';
  const readsCluster = reads.includes('cluster');
  return {
    name: score.name,
    keeps: isKept ? keeps : 'no',
    isAnonymous: score.anonymous === true && reads.length === 0,
    kindReads: () => sight.kindReads,
    readsTask,
    // Both numbers only grow, so their sum changes whenever one of them does.
    version: () => (readsCluster ? cluster.machineEpoch : 0) + (readsUsage ? usageVersion() : 0),
    value: score.make(sight as never),
  };
}

/** An ordinary run checks one kept answer in this many. */
const CHECK_EVERY = 1024;
/** On large clusters the check is rarer: it scores every machine, and must not cost more than the decisions themselves. */
const MACHINES_PER_ANSWER = 8;

/** The machine with the highest value of one score. */
export class PreparedChoice implements Choice {
  readonly #terms: ChoiceTerms;
  readonly #score: PreparedScore;
  #answers = 0;

  constructor(terms: ChoiceTerms, score: PreparedScore) {
    this.#terms = terms;
    this.#score = score;
    Object.freeze(this);
  }

  best(task: TaskId): MachineId {
    return isClaiming(this.#terms, task) ? lent(this.#terms, task, () => this.#best(task)) : this.#best(task);
  }

  #best(task: TaskId): MachineId {
    const { cluster, visible, random, room } = this.#terms;
    const taskClass = cluster.tasks.taskClass[task];
    if (taskClass === undefined) return NONE;
    if (this.#terms.where !== undefined || this.#score.readsTask || cluster.rules.mayForbid(task, room)) {
      const allows = (machine: MachineId) => isAllowed(this.#terms, machine, task);
      if (this.#score.readsTask) return visible.bestOfAll(taskClass, task, this.#score, random, allows);
      if (random !== undefined) return visible.bestOfAll(taskClass, NONE, this.#score, random, allows);
      const machine = visible.bestAmong(taskClass, this.#score, allows);
      this.#check(machine, taskClass, allows);
      return machine;
    }
    const machine = visible.best(taskClass, this.#score, random);
    this.#check(machine, taskClass);
    return machine;
  }

  /** A closure over the view, or a counter in the score, makes kept values wrong. No type can forbid that. */
  #check(machine: MachineId, taskClass: number, allows?: (machine: MachineId) => boolean): void {
    const { visible } = this.#terms;
    if (--this.#answers >= 0 || !visible.canKeep(this.#score)) return;
    this.#answers = answersUntilCheck(visible);
    if (!visible.isBest(machine, taskClass, this.#score, allows)) throw leak(this.#score.name);
  }
}

function answersUntilCheck({ table }: VisibleMachines): number {
  return Math.max(CHECK_EVERY, table.count / MACHINES_PER_ANSWER);
}

function leak(score: string): RangeError {
  return new RangeError(
    `the score "${score}" gives another machine when it is computed anew: it reads more than it declares in reads`,
  );
}

/** A part of a weighted sum. */
interface WeightedPart extends Omit<WeightedScore, 'score'> {
  readonly score: PreparedScore;
}

/**
 * The machine with the highest sum of weighted, normalised scores. Normalisation needs the highest and the lowest value over
 * the machines that fit, so a decision costs one pass over them, as in kube-scheduler.
 */
export class WeightedChoice implements Choice {
  readonly #terms: ChoiceTerms;
  readonly #parts: readonly WeightedPart[];
  /** Scratch: the machines that fit, and their values, part by part. */
  readonly #machines: number[] = [];
  readonly #values: number[][];
  #answers = 0;

  constructor(terms: ChoiceTerms, parts: readonly WeightedPart[]) {
    this.#terms = terms;
    this.#parts = parts;
    this.#values = parts.map(() => []);
    Object.freeze(this);
  }

  best(task: TaskId): MachineId {
    return isClaiming(this.#terms, task) ? lent(this.#terms, task, () => this.#best(task)) : this.#best(task);
  }

  #best(task: TaskId): MachineId {
    const taskClass = this.#terms.cluster.tasks.taskClass[task];
    if (taskClass === undefined) return NONE;
    const count = this.#scan(task, taskClass);
    if (--this.#answers < 0) this.#check(task, taskClass, count);
    const bounds = this.#parts.map((_, i) => boundsOf(this.#values[i], count));
    let best = NONE;
    let highest = Number.NEGATIVE_INFINITY;
    let ties = 0;
    for (let at = 0; at < count; at++) {
      const total = this.#total(at, bounds);
      if (best !== NONE && total < highest) continue;
      ties = best !== NONE && total === highest ? ties + 1 : 1;
      // Reservoir sampling: the k-th of equal machines replaces the choice with probability 1/k.
      const { random } = this.#terms;
      if (ties > 1 && (random === undefined || random() * ties >= 1)) continue;
      highest = total;
      best = this.#machines[at];
    }
    return best;
  }

  #scan(task: TaskId, taskClass: number): number {
    const { visible } = this.#terms;
    let count = 0;
    for (
      let machine = visible.firstFit(taskClass);
      machine !== NONE;
      machine = visible.firstFit(taskClass, machine + 1)
    ) {
      if (!isAllowed(this.#terms, machine, task)) continue;
      for (let i = 0; i < this.#parts.length; i++)
        this.#values[i][count] = this.#parts[i].score.value(machine, taskClass, task);
      this.#machines[count++] = machine;
    }
    return count;
  }

  /** Its values are new at each decision, so a score that counts or draws shows when they are computed twice. */
  #check(task: TaskId, taskClass: number, count: number): void {
    this.#answers = answersUntilCheck(this.#terms.visible);
    for (const [i, { score }] of this.#parts.entries())
      for (let at = 0; at < count; at++)
        if (!Object.is(score.value(this.#machines[at], taskClass, task), this.#values[i][at]))
          throw leak(score.name);
  }

  #total(at: number, bounds: readonly Bounds[]): number {
    let sum = 0;
    for (let i = 0; i < this.#parts.length; i++) {
      const { weight, normalise, whole } = this.#parts[i];
      const value = normalised(this.#values[i][at], normalise, bounds[i]);
      sum += weight * (whole === true ? Math.trunc(value) : value);
    }
    return Number.isNaN(sum) ? Number.NEGATIVE_INFINITY : sum;
  }
}

Object.freeze(PreparedChoice.prototype);
Object.freeze(WeightedChoice.prototype);

interface Bounds {
  readonly lowest: number;
  readonly highest: number;
}

function boundsOf(values: readonly number[], count: number): Bounds {
  let lowest = Number.POSITIVE_INFINITY;
  let highest = Number.NEGATIVE_INFINITY;
  for (let at = 0; at < count; at++) {
    if (values[at] < lowest) lowest = values[at];
    if (values[at] > highest) highest = values[at];
  }
  return { lowest, highest };
}

/**
 * The rules of kube-scheduler: `DefaultNormalizeScore` (max, max-reversed), `InterPodAffinity` (range) and `PodTopologySpread`
 * (spread). Where the highest value is 0, or all are equal, they give 0, or 100 when reversed.
 */
function normalised(value: number, rule: WeightedScore['normalise'], { lowest, highest }: Bounds): number {
  switch (rule) {
    case 'max':
      return highest === 0 ? 0 : (100 * value) / highest;
    case 'max-reversed':
      return highest === 0 ? 100 : 100 - (100 * value) / highest;
    case 'range':
      return highest === lowest ? 0 : (100 * (value - lowest)) / (highest - lowest);
    case 'spread':
      return highest === 0 ? 100 : (100 * (highest + lowest - value)) / highest;
    default:
      return value;
  }
}

function isAllowed({ cluster, where, room }: ChoiceTerms, machine: MachineId, task: TaskId): boolean {
  return cluster.rules.allows(task, machine, room) && where?.(machine, task) !== false;
}

function isClaiming({ cluster, visible }: ChoiceTerms, task: TaskId): boolean {
  return hasOwnClaim({ cluster, table: visible.table }, task);
}

/** The claim of the task's job counts as free. */
function lent({ cluster, visible, room }: ChoiceTerms, task: TaskId, step: () => MachineId): MachineId {
  return withOwnClaim({ cluster, table: visible.table, room }, task, step);
}
