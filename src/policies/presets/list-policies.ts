import { InputError, type Parameter, type ParameterValues } from '../../model/index.js';
import type { Scheduler } from '../contract.js';
import { PLACEMENTS, placementNamed } from '../placement/index.js';
import { TIES, type Ties } from '../placement/placement.js';
import type { Policy, PolicyContext } from '../policy.js';
import { conservativeScheduler } from '../schedulers/conservative.js';
import { RESERVED, type Reserved } from '../schedulers/head-reservation.js';
import { type Backfill, type ListSchedulerParts, listScheduler } from '../schedulers/list-scheduler.js';
import { PLACES, type PlaceKind } from '../schedulers/planned-room.js';
import type { PriorityBands } from '../schedulers/preemption.js';
import { highestPriorityFirst, shortestFirst, type TaskOrder } from '../schedulers/waiting-list.js';
import { filtersOf, RESERVATION_PARAMETERS } from './reservation-parameters.js';

type OrderName = 'queue' | 'shortest' | 'priority';

const ORDERS: Readonly<Record<OrderName, TaskOrder | undefined>> = {
  queue: undefined,
  shortest: shortestFirst,
  priority: highestPriorityFirst,
};

/** The defaults of a list scheduler's parameters. */
interface ListDefaults {
  readonly order?: OrderName;
  readonly placement: string;
  readonly backfill: 'none' | 'any' | 'easy';
  readonly behind?: OrderName;
}

/** A preset: a list scheduler with these defaults, or a scheduler with parameters of its own. */
type Preset = (ListDefaults & { readonly preempts?: boolean }) | OwnPreset;

interface OwnPreset {
  readonly parameters: readonly Parameter[];
  readonly scheduler: (name: string, settings: ParameterValues) => Scheduler;
}

/**
 * Policies of one scheduler, which places all tasks on the whole cluster. `simulate policy show` prints the comment above
 * each entry.
 */
const PRESETS: Readonly<Record<string, Preset>> = {
  /**
   * One pool for all frameworks, packed tightly: each task goes to the machine that has the least left over afterwards. The
   * amounts left over are summed over all dimensions, each as a share of the machine's capacity. Tasks behind a task that
   * fits nowhere may pass it.
   *
   * Complexity: per task, the machines that changed since the last task of its class was placed. Ties: lowest rank. Known
   * limits: there is no fairness between frameworks; a large task may wait long while small ones pass it.
   */
  'bin-packing': { placement: 'best-fit', backfill: 'any' },

  /**
   * First come, first served: the task at the head of the queue starts when it fits, and no other task passes it.
   *
   * Complexity: one placement per started task. Ties: queue order; machines by lowest rank. Known limit: a wide job at the
   * head of the queue leaves the cluster idle.
   */
  fcfs: { placement: 'first-fit', backfill: 'none' },

  /**
   * Shortest job first, with a blocking head: the waiting task with the shortest user's estimate starts when it fits, and no
   * other task passes it.
   *
   * Complexity: one placement per started task. Ties: queue order; machines by lowest rank. Known limits: long tasks may
   * starve; a wide, short task at the head leaves the cluster idle.
   */
  sjf: { order: 'shortest', placement: 'first-fit', backfill: 'none' },

  /**
   * Shortest job first, with skipping: every waiting task that fits starts, in order of the users' estimates, without any
   * reservation. The literature calls both this policy and sjf "shortest job first", but they differ.
   *
   * Complexity: one placement per new and per started task, and O(log n) of the n waiting tasks for each changed machine.
   * Ties: queue order; machines by lowest rank. Known limit: wide or long tasks may starve.
   */
  'sjf-skip': { order: 'shortest', placement: 'first-fit', backfill: 'any' },

  /**
   * First come, first served with EASY backfilling: jobs behind a blocked head, tasks or gangs, may start if they do not delay
   * it. By the users' estimates, such a job ends before the head can start, or stands beside the head's machines and devices.
   *
   * Complexity: per pass, the waiting tasks and the tasks that run on the machines; a search for each gang of different tasks
   * or with rules. Ties: queue order; machines by lowest rank. Known limits: only the head has a reservation; where tasks
   * without an estimate are in its way, its time is unknown.
   * Source: Lifka, "The ANL/IBM SP scheduling system", JSSPP 1995; Mu'alem & Feitelson, IEEE TPDS 12 (6), 2001;
   * `simulate reproduce swf` checks it.
   */
  easy: { placement: 'first-fit', backfill: 'easy' },

  /**
   * EASY backfilling with shortest job backfilled first: as easy, but the tasks behind a blocked head are tried in order of
   * the users' estimates. The queue itself keeps its order.
   *
   * Complexity: as easy; in addition, the sorted queue costs O(log n) per task that joins or leaves it. Ties: equal
   * estimates in queue order; machines as easy. Known limits: as easy.
   * Source: Tsafrir, Etsion & Feitelson, "Backfilling using system-generated predictions rather than user runtime
   * estimates", IEEE TPDS 18 (6), 2007; `simulate reproduce swf` checks it.
   */
  'easy-sjbf': { placement: 'first-fit', backfill: 'easy', behind: 'shortest' },

  /**
   * Conservative backfilling, with a reservation for every waiting job, a task or a gang: no job delays one ahead of it. The
   * reservation is at the earliest time that the users' estimates allow. When a task ends, all waiting jobs are placed again,
   * in queue order, and none becomes later.
   *
   * Complexity: each time a task ends early, waiting jobs x steps of the machines on which the plan gained room; of all machines
   * for gangs and jobs with GPUs if they may gain, and a search at each step for gangs of different tasks or with rules. Ties: queue order; machines by lowest rank. Known limits: it keeps one plan per machine, which is slow
   * on thousands of machines; a job in the way of which tasks without an estimate run has no reservation.
   * Source: Mu'alem & Feitelson, IEEE TPDS 12 (6), 2001; tasks are placed again in the order of pyss;
   * `simulate reproduce swf` checks it.
   */
  conservative: {
    parameters: [
      {
        kind: 'choice',
        name: 'reserve',
        default: 'lowest-rank',
        choices: PLACES,
        about:
          'What a reservation holds: the machines of lowest rank that have room, or a number of machines, which are chosen at the start. With at-start, jobs start as they would on one machine with the room of all, as long as all tasks are of one size, or a machine holds one of each; when another job comes, reservations hold machines from then on.',
      },
    ],
    scheduler: (name, settings) => conservativeScheduler(name, settings.text('reserve') as PlaceKind),
  },

  /**
   * One pool with priorities and preemption, after Borg: the task of the highest priority is tried first. Its machine is
   * chosen by a mix of best fit and evenness of what is left over. A task that fits nowhere preempts running tasks of lower
   * bands, which run again from zero. Tasks that fit may pass one that does not.
   *
   * Complexity: one placement per task class and pass; for each task that may preempt, the running tasks of all machines; for each
   * gang that may preempt, victims x log2(running tasks) searches.
   * Ties: equal priorities in queue order; machines by lowest rank. Among machines where tasks are preempted, the one with
   * the cheapest victims wins (src/policies/schedulers/preemption.ts). Known limits: it has no round robin between users of
   * one priority, no reclamation of unused resources and no quota; with `bands=` empty, every priority is a band of its own
   * (`bands=100,116,120,360` are those of the 2019 trace).
   * Source: Verma et al., "Large-scale cluster management at Google with Borg", EuroSys 2015, sections 2.5 and 3.2; bands
   * after Tirmazi et al., "Borg: the Next Generation", EuroSys 2020.
   */
  borg: { order: 'priority', placement: 'hybrid', backfill: 'any', preempts: true },

  /**
   * Each task goes to a random machine that fits, as in Random of the openb study: a share of a GPU goes to a random device
   * that fits. All have the same probability. It is the baseline for the other packing policies. Tasks behind a task that
   * fits nowhere may pass it.
   *
   * Complexity: the machines that fit, per task. Ties: none; all choices are drawn from the run's random stream. Known limit:
   * it spreads tasks widely, so tasks of several whole GPUs soon find no room.
   * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, section 6; `simulate reproduce openb` checks it.
   */
  'gpu-random': { placement: 'gpu-random', backfill: 'any' },

  /**
   * The smallest dot product of free resources and demand, as in DotProd of the openb study: each task goes to the machine
   * whose free CPU and GPU have the smallest dot product with its demand. There is one pool. Tasks behind a task that fits
   * nowhere may pass it.
   *
   * Complexity: per task, the machines that changed since the last task of its class was placed. Ties: lowest rank; see
   * `ties`. Known limit: it sees the sum over a machine's GPUs, not the amounts of the single devices.
   * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, section 6, after Grandl et al., "Tetris", SIGCOMM 2014;
   * `simulate reproduce openb` checks it.
   */
  'dot-product': { placement: 'dot-product', backfill: 'any' },

  /**
   * Each task runs beside tasks that use GPUs alike, as in GpuClustering of the openb study: the fullest of such machines in
   * one pool gets it. Tasks use GPUs alike when each has a share of one GPU, or the same number of whole ones. Tasks behind a
   * task that fits nowhere may pass it.
   *
   * Complexity: per task, the machines that changed since the last task of its class was placed, and the tasks on them.
   * Ties: lowest rank; see `ties`. Known limits: it ignores CPU; under offers it scores every fitting machine anew.
   * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, section 6, after Xiao et al., "Gandiva", OSDI 2018;
   * `simulate reproduce openb` checks it.
   */
  'gpu-clustering': { placement: 'gpu-clustering', backfill: 'any' },

  /**
   * GPUs in use before idle GPUs, as in GpuPacking of the openb study: one pool, each task first onto GPUs that are in use,
   * then onto idle GPUs of machines in use, last onto idle machines. Tasks behind a task that fits nowhere may pass it.
   *
   * Complexity: per task, the machines that changed since the last task of its class was placed. Ties: lowest rank; see
   * `ties`. Known limit: it ignores CPU.
   * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, section 6; `simulate reproduce openb` checks it.
   */
  'gpu-packing': { placement: 'gpu-packing', backfill: 'any' },

  /**
   * The machine with the least CPU and GPU left over, as in BestFit of the openb study: one pool, and CPU and GPU count one
   * half each. The score is an integer from 0 to 100. The task gets the fitting GPU devices with the least left. Tasks behind
   * a task that fits nowhere may pass it.
   *
   * Complexity: per task, the machines that changed since the last task of its class was placed. Ties: lowest rank; see
   * `ties`.
   * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023, section 6; `simulate reproduce openb` checks it.
   */
  'gpu-best-fit': { placement: 'gpu-best-fit', backfill: 'any' },

  /**
   * Fragmentation gradient descent, which keeps free GPUs usable: one pool, each task to the machine and device where it
   * adds the least fragmentation. Fragmentation is free GPU that the typical tasks of the workload could not use. Typical
   * tasks are the most frequent shapes that cover 95 % of all tasks. They are counted in the workload before the run. Tasks
   * behind a task that fits nowhere may pass it.
   *
   * Complexity: per task, the machines that changed since the last task of its class was placed x their devices x typical
   * tasks. Ties: lowest rank; see `ties`. Known limits: its lead over best fit depends on the tie rule; without GPUs it is
   * first fit.
   * Source: Weng et al., "Beware of Fragmentation", USENIX ATC 2023; `simulate reproduce openb` checks it.
   */
  fgd: { placement: 'fgd', backfill: 'any' },
};

/** The policies of one scheduler for the whole cluster. */
export const LIST_POLICIES: readonly Policy[] = Object.entries(PRESETS).map(([name, preset]) =>
  'scheduler' in preset ? ownPolicy(name, preset) : listPolicy(name, preset),
);

function ownPolicy(name: string, { parameters, scheduler }: OwnPreset): Policy {
  return {
    name,
    parameters,
    build: (settings) => ({ architecture: 'monolithic', scheduler: scheduler(name, settings) }),
  };
}

/**
 * A list scheduler for the whole cluster, with parameters for all of its parts. `parts` replaces the order or the placement of the
 * settings.
 */
export function listPolicy(
  name: string,
  defaults: ListDefaults & { readonly preempts?: boolean },
  parts?: (
    settings: ParameterValues,
    context: PolicyContext,
  ) => Partial<Pick<ListSchedulerParts, 'order' | 'placement'>>,
): Policy {
  return {
    name,
    parameters: [
      ...listParameters(defaults),
      ...preemptionParameters(defaults.preempts === true),
      ...RESERVATION_PARAMETERS,
    ],
    needsTaskMix: listNeedsTaskMix,
    // Reservations name frameworks. A misspelt name is an error, so the host must look up all names first.
    needsForecast: (settings) => settings.text('reservations') !== '',
    build: (settings, context) => ({
      architecture: 'monolithic',
      scheduler: listOf(name, settings, context, {
        preemption: preemptionOf(settings),
        grace: settings.number('grace'),
        filters: filtersOf(settings, context),
        ...parts?.(settings, context),
      }),
    }),
  };
}

/** `--set order=…`, `placement=…`, `ties=…`, `backfill=…`, `behind=…`, `reserve=…`, `localityWait=…`. */
export function listParameters(defaults: ListDefaults): readonly Parameter[] {
  return [
    {
      kind: 'choice',
      name: 'order',
      default: defaults.order ?? 'queue',
      choices: Object.keys(ORDERS),
      about:
        "Which waiting task is tried first: the one that waited longest, the one with the shortest user's estimate, or the one with the highest priority.",
    },
    {
      kind: 'choice',
      name: 'placement',
      default: defaults.placement,
      choices: PLACEMENTS.map((placement) => placement.name),
      about: 'Which of the machines that fit a task gets it.',
    },
    {
      kind: 'choice',
      name: 'ties',
      default: 'lowest-rank',
      choices: TIES,
      about:
        'Which machine wins among equal scores. With float, scores are not truncated to integers. Placements without a score ignore it.',
    },
    {
      kind: 'choice',
      name: 'backfill',
      default: defaults.backfill,
      choices: ['none', 'any', 'easy'],
      about:
        'Which tasks may pass a task that fits nowhere: none, any that fit, or those that do not delay it by the estimates.',
    },
    {
      kind: 'choice',
      name: 'behind',
      default: defaults.behind ?? 'queue',
      choices: Object.keys(ORDERS),
      about: 'With backfill=easy: the order in which the tasks behind the blocked task are tried.',
    },
    {
      kind: 'choice',
      name: 'reserve',
      default: 'lowest-rank',
      choices: RESERVED,
      about:
        'With backfill=easy, for a gang of identical tasks: the machines of its reservation are those of lowest rank, or first those that are free last, so that jobs behind it start as they would on one machine with the room of all.',
    },
    {
      kind: 'duration',
      name: 'localityWait',
      default: 0,
      about: 'Delay scheduling: how long a job waits for its preferred machines before it starts elsewhere.',
    },
  ];
}

/** The names of `listParameters`. */
export const LIST_PARAMETER_NAMES: readonly string[] = listParameters({
  placement: 'first-fit',
  backfill: 'any',
}).map(({ name }) => name);

/** Does the placement of these settings read the task mix? */
export function listNeedsTaskMix(settings: ParameterValues): boolean {
  return placementNamed(settings.text('placement')).needs === 'task mix';
}

/** The list scheduler that the settings describe. */
export function listOf(
  name: string,
  settings: ParameterValues,
  context: PolicyContext,
  others: Partial<Omit<ListSchedulerParts, 'name'>> = {},
): Scheduler {
  const terms = {
    space: context.space,
    ties: settings.text('ties') as Ties,
    taskMix: context.taskMix ?? [],
  };
  return listScheduler({
    name,
    order: ORDERS[settings.text('order') as OrderName],
    placement: placementNamed(settings.text('placement'), terms),
    backfill: backfillOf(settings),
    localityWait: settings.number('localityWait'),
    ...others,
  });
}

function backfillOf(settings: ParameterValues): Backfill {
  const rule = settings.text('backfill');
  if (rule === 'easy')
    return {
      rule,
      behind: ORDERS[settings.text('behind') as OrderName],
      reserve: settings.text('reserve') as Reserved,
    };
  return rule as 'none' | 'any';
}

/** `--set preemption=lower-band`, `bands=100,200`, `grace=30s`. */
function preemptionParameters(preempts: boolean): readonly Parameter[] {
  return [
    {
      kind: 'choice',
      name: 'preemption',
      default: preempts ? 'lower-band' : 'none',
      choices: ['none', 'lower-band'],
      about:
        'Which tasks may be preempted by a task that fits nowhere: none, or tasks of a lower priority band. They run again from zero.',
    },
    {
      kind: 'text',
      name: 'bands',
      default: '',
      form: 'the lowest priority of each band except the first, ascending, such as 100,200',
      pattern: /^(\d+(,\d+)*)?$/,
      about: 'Priorities at which a new band begins. When empty, each priority is a band of its own.',
    },
    {
      kind: 'duration',
      name: 'grace',
      default: 0,
      about: 'How long a preempted task may run on. Its room is kept for the task that needs it.',
    },
  ];
}

/** The bands of the settings; undefined when no task is preempted. @throws InputError when they do not ascend. */
function preemptionOf(settings: ParameterValues): PriorityBands | undefined {
  const text = settings.text('bands');
  const starts = text === '' ? [] : text.split(',').map(Number);
  if (starts.some((start, i) => i > 0 && start <= starts[i - 1]))
    throw InputError.expected({ field: 'bands' }, text, 'priorities in ascending order');
  return settings.text('preemption') === 'none' ? undefined : { starts };
}
