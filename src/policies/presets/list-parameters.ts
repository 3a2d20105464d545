import type { Parameter } from '../../model/index.js';
import { PLACEMENTS } from '../placement/index.js';

/** `--set placement=NAME`, for policies that leave the choice open. */
export function placementParameter(fallback: string): Parameter {
  return {
    kind: 'choice',
    name: 'placement',
    default: fallback,
    choices: PLACEMENTS.map((placement) => placement.name),
    about: 'Which of the machines that fit a task gets it.',
  };
}

/** `--set blocked=wait|skip`. */
export function blockedParameter(fallback: 'wait' | 'skip'): Parameter {
  return {
    kind: 'choice',
    name: 'blocked',
    default: fallback,
    choices: ['wait', 'skip'],
    about: 'When a task fits nowhere, the tasks behind it wait, or are tried.',
  };
}
