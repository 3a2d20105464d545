import type { Parameter, ParameterValues } from '../../model/index.js';
import type { Scheduler } from '../contract.js';
import { PLACEMENTS, placementNamed } from '../placement/index.js';
import { TIES, type Ties } from '../placement/ties.js';
import type { PolicyContext } from '../policy.js';
import { type Backfill, type ListSchedulerParts, listScheduler } from '../schedulers/list-scheduler.js';
import { highestPriorityFirst, shortestFirst, type TaskOrder } from '../schedulers/task-order.js';

/** What a preset made of a list scheduler begins with; each part can be set. */
export interface ListDefaults {
  readonly order?: OrderName;
  readonly placement: string;
  readonly backfill: 'none' | 'any' | 'easy';
  readonly behind?: OrderName;
}

type OrderName = 'queue' | 'shortest' | 'priority';

const ORDERS: Readonly<Record<OrderName, TaskOrder | undefined>> = {
  queue: undefined,
  shortest: shortestFirst,
  priority: highestPriorityFirst,
};

/** `--set order=…`, `placement=…`, `ties=…`, `backfill=…`, `behind=…`, `localityWait=…`. */
export function listParameters(defaults: ListDefaults): readonly Parameter[] {
  return [
    {
      kind: 'choice',
      name: 'order',
      default: defaults.order ?? 'queue',
      choices: Object.keys(ORDERS),
      about:
        "Which waiting task is tried first: that of the longest wait, of the shortest user's estimate, or of the highest priority.",
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
        'Which of the machines with the highest score gets it; with float, scores are not cut to whole numbers. No score, no ties.',
    },
    {
      kind: 'choice',
      name: 'backfill',
      default: defaults.backfill,
      choices: ['none', 'any', 'easy'],
      about:
        'Who may pass a task that fits nowhere: nobody, whoever fits, or whoever does not delay it by the estimates.',
    },
    {
      kind: 'choice',
      name: 'behind',
      default: defaults.behind ?? 'queue',
      choices: Object.keys(ORDERS),
      about: 'With backfill=easy: the order in which those behind the blocked task are tried.',
    },
    {
      kind: 'duration',
      name: 'localityWait',
      default: 0,
      about: 'How long a job lets chances away from the machines that it prefers pass (delay scheduling).',
    },
  ];
}

/** Does the placement of these settings read the task mix? */
export function listNeedsTaskMix(settings: ParameterValues): boolean {
  return placementNamed(settings.text('placement')).needs === 'task mix';
}

/** The list scheduler that the settings describe. */
export function listOf(
  name: string,
  settings: ParameterValues,
  context: PolicyContext,
  others: Pick<ListSchedulerParts, 'preemption' | 'limits'> = {},
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
  if (rule === 'easy') return { rule, behind: ORDERS[settings.text('behind') as OrderName] };
  return rule as 'none' | 'any';
}
