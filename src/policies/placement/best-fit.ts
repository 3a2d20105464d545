import { byScore } from './by-score.js';
import { leftOver } from './left-over.js';

/** The fitting machine with the least left over, summed over all dimensions in shares of its capacity; lowest rank on ties. */
export const bestFit = byScore({
  name: 'best-fit',
  pure: true,
  score: (table, machine, taskClass) => -leftOver(table, machine, taskClass),
});
