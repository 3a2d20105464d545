import { frameworkIndex, InputError, type Parameter, type ParameterValues } from '../model/index.js';
import { byScore, type Placement, type Ties } from '../policies/placement/placement.js';
import type { Policy, PolicyContext } from '../policies/policy.js';
import { listPolicy } from '../policies/presets/list-policies.js';
import type { Reserved } from '../policies/schedulers/head-reservation.js';
import type { Backfill } from '../policies/schedulers/list-scheduler.js';
import type { TaskOrder } from '../policies/schedulers/waiting-list.js';
import { type Expression, type Vocabulary, wordsOf } from './expression.js';
import { machineScore } from './machine-score.js';
import { parseFormula } from './parse.js';
import { taskOrder } from './task-order.js';
import { ORDER_WORDS, SCORE_WORDS } from './words.js';

const DEFAULT_PLACEMENT = 'first-fit';

const PLAIN_LIST = listPolicy(
  'list',
  { placement: DEFAULT_PLACEMENT, backfill: 'any' },
  (settings, context) => ({
    order: orderOf(settings, context, 'order'),
    ...placementOf(settings, context),
    ...backfillOf(settings, context),
  }),
);

/** The orders that `behind` can name, as in the other list policies. A name is no formula. */
const ORDER_NAMES = PLAIN_LIST.parameters.flatMap((one) =>
  one.name === 'behind' && one.kind === 'choice' ? one.choices : [],
);

/**
 * A list scheduler by formulas: `order` says which waiting task is tried first, `score` which machine it gets, and `behind`, with
 * backfill=easy, in which order the tasks behind a blocked task are tried. The highest value wins. All else is as in the other
 * list policies: `backfill`, `preemption`, `bands`, `localityWait`, `reservations`, and `placement` when there is no score. docs/formulas.md has the names, units and functions.
 *
 * Complexity: as the list policies. An order that reads `waited`, a share of the cluster or the numbers of the job's tasks is
 * sorted anew at each pass. A score that reads only the machine and the demand is kept per task class. Ties: equal orders in
 * queue order; equal scores by lowest rank, see `ties`. NaN is the lowest value. Known limit: a formula cannot read the tasks on
 * a machine except for their number.
 */
export const list: Policy = {
  ...PLAIN_LIST,
  name: 'list',
  parameters: [
    formulaParameter(
      'order',
      ORDER_WORDS,
      'Formula of a task, the highest value first, such as "priority + waited / 1 h". When empty, the longest wait is first.',
    ),
    formulaParameter(
      'score',
      SCORE_WORDS,
      'Formula of a machine for a task, the highest value wins, such as "freeShare(cpus) - 0.2 * freeShare(gpus)". When empty, `placement` chooses.',
    ),
    ...PLAIN_LIST.parameters
      .filter(({ name }) => name !== 'order')
      .map((parameter) => (parameter.name === 'behind' ? behindParameter() : parameter)),
  ],
  // To find a misspelt name, all frameworks must be known.
  needsForecast: (settings) =>
    PLAIN_LIST.needsForecast?.(settings) === true ||
    FORMULAS.map((name) => formulaOf(settings, name)).some(
      (formula) => formula !== undefined && wordsOf(formula).some(({ name }) => name === 'framework'),
    ),
};

const FORMULAS = ['order', 'score', 'behind'] as const;

type FormulaName = (typeof FORMULAS)[number];

function formulaParameter(name: FormulaName, vocabulary: Vocabulary, about: string): Parameter {
  const check = (text: string) => {
    if (text.trim() !== '') parseFormula(text, vocabulary);
  };
  return { kind: 'text', name, default: '', form: 'a formula', pattern: /[\s\S]*/, check, about };
}

function behindParameter(): Parameter {
  const check = (text: string) => {
    if (!ORDER_NAMES.includes(text)) parseFormula(text, ORDER_WORDS);
  };
  return {
    kind: 'text',
    name: 'behind',
    default: 'queue',
    form: `${ORDER_NAMES.join(', ')}, or a formula`,
    pattern: /[\s\S]*/,
    check,
    about: `With backfill=easy: the order in which the tasks behind the blocked task are tried. One of ${ORDER_NAMES.join(', ')}, or a formula of a task, the highest value first.`,
  };
}

function formulaOf(settings: ParameterValues, name: FormulaName): Expression | undefined {
  const text = settings.text(name);
  if (name === 'behind' && ORDER_NAMES.includes(text)) return undefined;
  return text.trim() === '' ? undefined : parseFormula(text, name === 'score' ? SCORE_WORDS : ORDER_WORDS);
}

function orderOf(
  settings: ParameterValues,
  context: PolicyContext,
  name: 'order' | 'behind',
): TaskOrder | undefined {
  const formula = formulaOf(settings, name);
  if (formula === undefined) return undefined;
  checkFrameworks(formula, name, context);
  return taskOrder(formula, context.frameworks);
}

function backfillOf(settings: ParameterValues, context: PolicyContext): { backfill?: Backfill } {
  const behind = orderOf(settings, context, 'behind');
  if (behind === undefined) return {};
  if (settings.text('backfill') !== 'easy')
    throw new InputError({ field: 'behind' }, 'is a formula, expected backfill=easy with it');
  return { backfill: { rule: 'easy', behind, reserve: settings.text('reserve') as Reserved } };
}

function placementOf(settings: ParameterValues, context: PolicyContext): { placement?: Placement } {
  const formula = formulaOf(settings, 'score');
  if (formula === undefined) return {};
  const placement = settings.text('placement');
  if (placement !== DEFAULT_PLACEMENT)
    throw new InputError(
      { field: 'score' },
      `is given together with placement=${placement}, expected one of them`,
    );
  checkFrameworks(formula, 'score', context);
  const chosen = byScore(machineScore(formula, context.frameworks), settings.text('ties') as Ties);
  const weighs = wordsOf(formula).some(({ name }) => name === 'preferred');
  return { placement: weighs ? { ...chosen, weighsPreferences: true } : chosen };
}

/** @throws InputError when the formula names a framework that the workload does not have */
function checkFrameworks(formula: Expression, field: FormulaName, { frameworks }: PolicyContext): void {
  const known = frameworks.map((one) => one.name);
  for (const { name, argument = '', argumentAt } of wordsOf(formula)) {
    if (name === 'framework') frameworkIndex(known, argument, { field, column: argumentAt });
  }
}
