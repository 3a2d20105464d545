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
    // No word reads the name or an attribute of a machine.
    anonymous: true,
    make(see: Sight<Read>) {
      const sources = sourcesOf(see, frameworks);
      return closureOf(expression, ({ name, argument = '' }) => wordNamed(name).bind(sources, argument));
    },
  };
}

/** `see` has only the declared parts. The words of the formula read no others. */
function sourcesOf(see: Sight<Read>, frameworks: FrameworkNames): Sources {
  return {
    sight: see,
    tasks: see.job?.tasks ?? see.tasks,
    jobs: see.job?.jobs,
    onMachine: see.tasks,
    now: () => see.time.now,
    total: (dimension) => see.cluster.capacity(dimension),
    frameworkName: (framework) => frameworks[framework]?.name,
  };
}
