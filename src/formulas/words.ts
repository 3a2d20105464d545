import {
  type Micros,
  NONE,
  nearestName,
  quote,
  RESOURCE_NAMES,
  resourceKind,
  toSeconds,
} from '../model/index.js';
import type {
  Dimension,
  JobFacts,
  MachineSight,
  MachineTasks,
  Read,
  RuleFacts,
  TaskFacts,
} from '../policies/contract.js';
import type { Evaluate } from './evaluate.js';
import type { Vocabulary, WordArgument } from './expression.js';
import { MEMORY, PLAIN, TIME, UNIT_NAMES, type Unit } from './units.js';

/** What the words of a formula read. A score has only the parts that it declares in `reads`. */
export interface Sources {
  readonly sight: MachineSight;
  readonly tasks: TaskFacts;
  readonly jobs: JobFacts;
  readonly rules: RuleFacts;
  readonly onMachine: MachineTasks;
  now(): Micros;
  /** Capacity of the machines that are not down. */
  total(dimension: Dimension): number;
  /** Name of a framework by its id. */
  frameworkName(framework: number): string | undefined;
}

/** A word of orders and scores. */
interface Word {
  readonly argument: Exclude<WordArgument, 'metric'>;
  readonly unit: Unit | 'of the resource';
  /** A score with this word declares these. */
  readonly reads: readonly Read[];
  /** May the value change while a task waits? An order with this word is sorted anew at each pass. */
  readonly changes: boolean;
  /** `resource` or framework is the argument of the word. */
  bind(from: Sources, argument: string): Evaluate;
}

type Bind = Word['bind'];
type Terms = Partial<Omit<Word, 'bind'>>;

/** A word about the task. Without other terms, it is a plain number that does not change while the task waits. */
function ofTask(bind: Bind, terms: Terms = {}): Word {
  return { argument: 'none', unit: PLAIN, reads: ['job'], changes: false, ...terms, bind };
}

/** A word about the machine. */
function ofMachine(bind: Bind, reads: readonly Read[] = []): Word {
  return { argument: 'none', unit: PLAIN, reads, changes: false, bind };
}

/** A word about one resource. `perUnit` quanta are one core, GPU or byte. */
function ofResource(
  make: (from: Sources, dimension: Dimension, perUnit: number) => Evaluate,
  terms: Terms = {},
): Word {
  return {
    argument: 'resource',
    unit: 'of the resource',
    reads: [],
    changes: false,
    ...terms,
    bind: (from, resource) => ofDimension(from.sight, resource, (d, perUnit) => make(from, d, perUnit)),
  };
}

const OF_TIME: Terms = { unit: TIME };
const CHANGES: Terms = { changes: true };
const SHARE: Terms = { unit: PLAIN };
const SHARE_OF_CLUSTER: Terms = { unit: PLAIN, reads: ['cluster'], changes: true };

/** Words about the task that waits, or that is placed. Times are seconds, memory and disk are bytes. */
const TASK_WORDS: Readonly<Record<string, Word>> = {
  priority: ofTask(
    ({ tasks }) =>
      (_m, _c, t) =>
        tasks.priority(t),
  ),
  waited: ofTask(
    ({ tasks, now }) =>
      (_m, _c, t) =>
        toSeconds(now() - tasks.submitted(t)),
    { unit: TIME, reads: ['job', 'time'], changes: true },
  ),
  submitted: ofTask(
    ({ tasks }) =>
      (_m, _c, t) =>
        toSeconds(tasks.submitted(t)),
    OF_TIME,
  ),
  estimate: ofTask(
    ({ tasks }) =>
      (_m, _c, t) =>
        toSeconds(tasks.estimate(t)),
    OF_TIME,
  ),
  timeLimit: ofTask(
    ({ tasks }) =>
      (_m, _c, t) =>
        toSeconds(tasks.timeLimit(t)),
    OF_TIME,
  ),
  attempts: ofTask(
    ({ tasks }) =>
      (_m, _c, t) =>
        tasks.attempts(t),
  ),
  gang: ofTask(
    ({ tasks, jobs }) =>
      (_m, _c, t) =>
        jobs.isGang(tasks.job(t)) ? 1 : 0,
  ),
  pending: ofTask(
    ({ tasks, jobs }) =>
      (_m, _c, t) =>
        jobs.pending(tasks.job(t)),
    CHANGES,
  ),
  running: ofTask(
    ({ tasks, jobs }) =>
      (_m, _c, t) =>
        jobs.running(tasks.job(t)),
    CHANGES,
  ),
  tasks: ofTask(
    ({ tasks, jobs }) =>
      (_m, _c, t) =>
        jobs.pending(tasks.job(t)) + jobs.running(tasks.job(t)),
    CHANGES,
  ),
  framework: ofTask(
    ({ tasks, frameworkName }, name) =>
      (_m, _c, t) =>
        frameworkName(tasks.framework(t)) === name ? 1 : 0,
    { argument: 'framework' },
  ),
  demand: ofResource(
    ({ sight }, d, perUnit) =>
      (_m, c) =>
        sight.demand(c, d) / perUnit,
  ),
  demandShare: ofResource(
    ({ sight, total }, d) =>
      (_m, c) =>
        ratio(sight.demand(c, d), total(d)),
    SHARE_OF_CLUSTER,
  ),
  dominantShare: ofTask(
    ({ sight, total }) =>
      (_m, c) => {
        let most = 0;
        for (const d of sight.space.dimensions) most = Math.max(most, ratio(sight.demand(c, d), total(d)));
        return most;
      },
    SHARE_OF_CLUSTER,
  ),
};

/** Words about the machine that is scored. */
const MACHINE_WORDS: Readonly<Record<string, Word>> = {
  free: ofResource(
    ({ sight }, d, perUnit) =>
      (m) =>
        sight.free(m, d) / perUnit,
  ),
  capacity: ofResource(
    ({ sight }, d, perUnit) =>
      (m) =>
        sight.capacity(m, d) / perUnit,
  ),
  freeShare: ofResource(
    ({ sight }, d) =>
      (m) =>
        ratio(sight.free(m, d), sight.capacity(m, d)),
    SHARE,
  ),
  leftOver: ofResource(
    ({ sight }, d) =>
      (m, c) =>
        ratio(sight.free(m, d) - sight.demand(c, d), sight.capacity(m, d)),
    SHARE,
  ),
  devices: ofMachine(
    ({ sight }) =>
      (m) =>
        sight.devices(m),
  ),
  preferred: ofMachine(
    ({ rules }) =>
      (m, _c, t) => {
        const total = rules.preferenceTotal(t);
        return total === 0 ? 1 : rules.preference(t, m) / total;
      },
    ['job'],
  ),
  tasksOn: ofMachine(
    ({ onMachine }) =>
      (m) => {
        let count = 0;
        for (let t = onMachine.first(m); t !== NONE; t = onMachine.next(t)) count++;
        return count;
      },
    ['tasks'],
  ),
};

const WORDS: ReadonlyMap<string, Word> = new Map(Object.entries({ ...TASK_WORDS, ...MACHINE_WORDS }));

/** The word of this name. @throws RangeError for an unknown one. The parser knows all words, so this is a defect. */
export function wordNamed(name: string): Word {
  const word = WORDS.get(name);
  if (word === undefined) throw new RangeError(`no word "${name}"`);
  return word;
}

/** The words of an order: those about the task. */
export const ORDER_WORDS = vocabularyOf('an order', new Map(Object.entries(TASK_WORDS)));
/** The words of a score. */
export const SCORE_WORDS = vocabularyOf('a score', WORDS);

function vocabularyOf(subject: string, words: ReadonlyMap<string, Word>): Vocabulary {
  const names = [...words.keys()];
  return {
    form: 'words',
    functions: names.filter((name) => words.get(name)?.argument !== 'none'),
    unknownText(name) {
      const near = nearestName(name, [...names, ...UNIT_NAMES.filter((unit) => unit.length > 2)]);
      const hint = near === undefined ? `, expected one of ${names.join(', ')}` : `, did you mean "${near}"?`;
      return `unknown name ${quote(name)} in ${subject}${hint}`;
    },
    argumentOf: (name) => words.get(name)?.argument,
    argumentsOf: (name) => (words.get(name)?.argument === 'resource' ? RESOURCE_NAMES : []),
    unitOf(name, argument) {
      const word = words.get(name);
      if (word?.argument === 'resource' && !RESOURCE_NAMES.includes(argument ?? '')) return undefined;
      return word?.unit === 'of the resource' ? unitOfResource(argument ?? '') : word?.unit;
    },
  };
}

function unitOfResource(resource: string): Unit {
  return resourceKind(resource)?.unit === 'MiB' ? MEMORY : PLAIN;
}

const BYTES_PER_MIB = 2 ** 20;

/** A closure about one resource: 0 in a run without it. `perUnit` quanta are one core, GPU or byte. */
function ofDimension(
  { space }: MachineSight,
  resource: string,
  make: (dimension: Dimension, perUnit: number) => Evaluate,
): Evaluate {
  if (!space.has(resource)) return () => 0;
  const dimension = space.dimension(resource);
  const unitsPerUnit = unitOfResource(resource) === MEMORY ? BYTES_PER_MIB : 1;
  // Quanta are divided, not multiplied: 4100 / 1000 is the number 4.1, 4100 * 0.001 is not.
  return make(dimension, space.quantaPerUnit(dimension) / unitsPerUnit);
}

/** 0 where there is nothing of the resource, as in the built-in placements. */
function ratio(part: number, whole: number): number {
  return whole > 0 ? part / whole : 0;
}
