import { byScore } from './by-score.js';
import { leftOver } from './left-over.js';

/** The fitting machine with the most left over, summed over all dimensions in shares of its capacity; lowest rank on ties. */
export const worstFit = byScore({
  name: 'worst-fit',
  pure: true,
  score: leftOver,
});
