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

const task = { argument: 'none', unit: PLAIN, reads: ['job'], changes: false } as const;
const ofJob = { ...task, changes: true } as const;
const amount = { argument: 'resource', unit: 'of the resource', reads: [], changes: false } as const;
const share = { ...amount, unit: PLAIN } as const;

/** Words about the task that waits, or that is placed. Times are seconds, memory and disk are bytes. */
const TASK_WORDS: readonly (readonly [string, Word])[] = [
  [
    'priority',
    {
      ...task,
      bind:
        ({ tasks }) =>
        (_m, _c, t) =>
          tasks.priority(t),
    },
  ],
  [
    'waited',
    {
      ...task,
      unit: TIME,
      reads: ['job', 'time'],
      changes: true,
      bind:
        ({ tasks, now }) =>
        (_m, _c, t) =>
          toSeconds(now() - tasks.submitted(t)),
    },
  ],
  [
    'submitted',
    {
      ...task,
      unit: TIME,
      bind:
        ({ tasks }) =>
        (_m, _c, t) =>
          toSeconds(tasks.submitted(t)),
    },
  ],
  [
    'estimate',
    {
      ...task,
      unit: TIME,
      bind:
        ({ tasks }) =>
        (_m, _c, t) =>
          toSeconds(tasks.estimate(t)),
    },
  ],
  // The contract has no time limit of its own yet.
  [
    'timeLimit',
    {
      ...task,
      unit: TIME,
      bind:
        ({ tasks }) =>
        (_m, _c, t) =>
          toSeconds(tasks.estimate(t)),
    },
  ],
  [
    'attempts',
    {
      ...task,
      bind:
        ({ tasks }) =>
        (_m, _c, t) =>
          tasks.attempts(t),
    },
  ],
  [
    'gang',
    {
      ...task,
      bind:
        ({ tasks, jobs }) =>
        (_m, _c, t) =>
          jobs.isGang(tasks.job(t)) ? 1 : 0,
    },
  ],
  [
    'pending',
    {
      ...ofJob,
      bind:
        ({ tasks, jobs }) =>
        (_m, _c, t) =>
          jobs.pending(tasks.job(t)),
    },
  ],
  [
    'running',
    {
      ...ofJob,
      bind:
        ({ tasks, jobs }) =>
        (_m, _c, t) =>
          jobs.running(tasks.job(t)),
    },
  ],
  [
    'tasks',
    {
      ...ofJob,
      bind:
        ({ tasks, jobs }) =>
        (_m, _c, t) =>
          jobs.pending(tasks.job(t)) + jobs.running(tasks.job(t)),
    },
  ],
  [
    'framework',
    {
      ...task,
      argument: 'framework',
      bind:
        ({ tasks, frameworkName }, name) =>
        (_m, _c, t) =>
          frameworkName(tasks.framework(t)) === name ? 1 : 0,
    },
  ],
  [
    'demand',
    {
      ...amount,
      bind: ({ sight }, resource) =>
        ofDimension(sight, resource, (d, perUnit) => (_m, c) => sight.demand(c, d) / perUnit),
    },
  ],
  [
    'demandShare',
    {
      ...share,
      reads: ['cluster'],
      changes: true,
      bind: ({ sight, total }, resource) =>
        ofDimension(sight, resource, (d) => (_m, c) => ratio(sight.demand(c, d), total(d))),
    },
  ],
  [
    'dominantShare',
    {
      ...task,
      reads: ['cluster'],
      changes: true,
      bind:
        ({ sight, total }) =>
        (_m, c) => {
          let most = 0;
          for (const d of sight.space.dimensions) most = Math.max(most, ratio(sight.demand(c, d), total(d)));
          return most;
        },
    },
  ],
];

/** Words about the machine that is scored. */
const MACHINE_WORDS: readonly (readonly [string, Word])[] = [
  [
    'free',
    {
      ...amount,
      bind: ({ sight }, resource) =>
        ofDimension(sight, resource, (d, perUnit) => (m) => sight.free(m, d) / perUnit),
    },
  ],
  [
    'capacity',
    {
      ...amount,
      bind: ({ sight }, resource) =>
        ofDimension(sight, resource, (d, perUnit) => (m) => sight.capacity(m, d) / perUnit),
    },
  ],
  [
    'freeShare',
    {
      ...share,
      bind: ({ sight }, resource) =>
        ofDimension(sight, resource, (d) => (m) => ratio(sight.free(m, d), sight.capacity(m, d))),
    },
  ],
  [
    'leftOver',
    {
      ...share,
      bind: ({ sight }, resource) =>
        ofDimension(
          sight,
          resource,
          (d) => (m, c) => ratio(sight.free(m, d) - sight.demand(c, d), sight.capacity(m, d)),
        ),
    },
  ],
  [
    'devices',
    {
      ...task,
      reads: [],
      bind:
        ({ sight }) =>
        (m) =>
          sight.devices(m),
    },
  ],
  [
    'tasksOn',
    {
      ...task,
      reads: ['tasks'],
      bind:
        ({ onMachine }) =>
        (m) => {
          let count = 0;
          for (let t = onMachine.first(m); t !== NONE; t = onMachine.next(t)) count++;
          return count;
        },
    },
  ],
];

const WORDS: ReadonlyMap<string, Word> = new Map([...TASK_WORDS, ...MACHINE_WORDS]);

/** The word of this name. @throws RangeError for an unknown one. The parser knows all words, so this is a defect. */
export function wordNamed(name: string): Word {
  const word = WORDS.get(name);
  if (word === undefined) throw new RangeError(`no word "${name}"`);
  return word;
}

/** The words of an order: those about the task. */
export const ORDER_WORDS = vocabularyOf('an order', new Map(TASK_WORDS));
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
