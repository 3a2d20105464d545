import { hasCapacity, NONE } from '../model/index.js';
import type { Dimension, FrameworkFacts, SchedulingView } from '../policies/contract.js';
import type { TaskOrder } from '../policies/schedulers/waiting-list.js';
import { closureOf, type Evaluate } from './evaluate.js';
import { type Expression, wordsOf } from './expression.js';
import { type Sources, wordNamed } from './words.js';

/** The names of the frameworks of a run, by id. */
export type FrameworkNames = readonly Pick<FrameworkFacts, 'name'>[];

/**
 * The order of a formula: the highest value first, equal values in the order of the queue. NaN is the lowest value. The keys are
 * kept while tasks wait, unless a word of the formula can change in that time.
 */
export function taskOrder(expression: Expression, frameworks: FrameworkNames): TaskOrder {
  const bound = new BoundOrder(expression, frameworks);
  const name = 'formula';
  // A task order has the lowest key first.
  const key: TaskOrder['key'] = (view, task) => {
    const value = bound.for(view)(NONE, view.tasks.taskClass(task), task);
    return Number.isNaN(value) ? Number.POSITIVE_INFINITY : -value;
  };
  const changes = wordsOf(expression).some((word) => wordNamed(word.name).changes);
  return changes ? { name, key, beginPass: () => bound.beginPass() } : { name, key };
}

/** The formula over the view of its scheduler, which is always the same object. */
class BoundOrder {
  private readonly expression: Expression;
  private readonly frameworks: FrameworkNames;
  private view: SchedulingView | undefined;
  private evaluate: Evaluate = () => Number.NaN;
  /** Capacity of the cluster by dimension. Machines may join and leave between passes. */
  private totals: number[] = [];

  constructor(expression: Expression, frameworks: FrameworkNames) {
    this.expression = expression;
    this.frameworks = frameworks;
  }

  beginPass(): void {
    this.totals = [];
  }

  for(view: SchedulingView): Evaluate {
    if (view !== this.view) {
      this.view = view;
      const sources = this.sources(view);
      this.evaluate = closureOf(this.expression, ({ name, argument = '' }) =>
        wordNamed(name).bind(sources, argument),
      );
    }
    return this.evaluate;
  }

  private sources(view: SchedulingView): Sources {
    const { machines, tasks, jobs, rules } = view;
    return {
      sight: machines,
      tasks,
      jobs,
      rules,
      onMachine: machines,
      now: () => view.now,
      total: (dimension) => (this.totals[dimension] ??= capacityOf(view, dimension)),
      frameworkName: (framework) => this.frameworks[framework]?.name,
    };
  }
}

function capacityOf({ machines }: SchedulingView, dimension: Dimension): number {
  let sum = 0;
  for (let machine = 0; machine < machines.count; machine++)
    if (hasCapacity(machines.state(machine))) sum += machines.capacity(machine, dimension);
  return sum;
}
