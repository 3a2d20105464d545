import type { AnyScore, Read, Sight } from '../policies/contract.js';
import { closureOf } from './evaluate.js';
import { type Expression, wordsOf } from './expression.js';
import type { FrameworkNames } from './task-order.js';
import { type Sources, wordNamed } from './words.js';

/** The score of a formula. It declares what its words read, so that the host keeps its values as long as possible. */
export function machineScore(expression: Expression, frameworks: FrameworkNames): AnyScore {
  const reads = [...new Set(wordsOf(expression).flatMap(({ name }) => wordNamed(name).reads))];
  return {
    name: 'formula',
    reads,
    // Only `preferred`, which reads the job, depends on the name or an attribute of the machine.
    ...(!reads.includes('job') && { anonymous: true }),
    make(see: Sight<Read>) {
      const sources = sourcesOf(see, reads, frameworks);
      return closureOf(expression, ({ name, argument = '' }) => wordNamed(name).bind(sources, argument));
    },
  };
}

/** `see` throws for parts that are not declared. The words of the formula read no others. */
function sourcesOf(see: Sight<Read>, reads: readonly Read[], frameworks: FrameworkNames): Sources {
  const declared: Partial<Sight<Read>> = {
    ...(reads.includes('job') && { job: see.job }),
    ...(reads.includes('tasks') && { tasks: see.tasks }),
  };
  const { job, tasks } = declared as Sight<Read>;
  return {
    sight: see,
    tasks: job?.tasks ?? tasks,
    jobs: job?.jobs,
    rules: job?.rules,
    onMachine: tasks,
    now: () => see.time.now,
    total: (dimension) => see.cluster.capacity(dimension),
    frameworkName: (framework) => frameworks[framework]?.name,
  };
}
