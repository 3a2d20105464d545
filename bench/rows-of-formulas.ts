import { machineScore } from '../src/formulas/machine-score.js';
import { parseFormula } from '../src/formulas/parse.js';
import { SCORE_WORDS } from '../src/formulas/words.js';
import type { MachineScore } from '../src/model/index.js';
import { preparedScore } from '../src/policies/hosting/choices.js';
import { ScoreSight } from '../src/policies/hosting/machine-sight.js';
import { SpaceView } from '../src/policies/hosting/space-view.js';
import type { BenchRow } from './row.js';
import { Decisions } from './rows-of-decisions.js';
import { fullScan, SteadyCluster, scoresFor } from './score-cache.js';
import { inTurns, median, rate } from './turns.js';

const MACHINES = 10_000;
const CLASSES = 20;
const BEST_FIT = '-(leftOver(cpus) + leftOver(mem) + leftOver(gpus))';

function formulaScore({ cluster }: SteadyCluster): MachineScore {
  const sight = new ScoreSight(cluster, cluster.free, new SpaceView(cluster));
  return preparedScore(machineScore(parseFormula(BEST_FIT, SCORE_WORDS), []), sight, cluster);
}

/** Best fit as a formula, relative to the built-in best fit. The decisions of both must be equal. */
export async function* formulaRows(scale: number): AsyncGenerator<BenchRow> {
  yield await keptDecisions(Math.round(100_000 * scale));
  yield await fullScans(Math.max(20, Math.round(200 * scale)));
}

async function keptDecisions(decisions: number): Promise<BenchRow> {
  const finder = (scoreOf: (steady: SteadyCluster) => MachineScore) => (steady: SteadyCluster) => {
    const score = scoreOf(steady);
    return (taskClass: number) => steady.visible.best(taskClass, score);
  };
  const builtIn = new Decisions(
    MACHINES,
    finder((steady) => scoresFor(steady)[0]),
  );
  const formula = new Decisions(MACHINES, finder(formulaScore));
  const ratios: number[] = [];
  let seconds = 0;
  // Warm-up: the first turn builds the indexes.
  for (let turn = 0; turn < 6; turn++) {
    const bare = await builtIn.seconds(decisions);
    seconds = await formula.seconds(decisions);
    ratios.push(seconds / bare);
  }
  return row('a decision', median(ratios.slice(1)), rate(decisions, seconds, 'decisions'));
}

async function fullScans(turns: number): Promise<BenchRow> {
  const [builtIn, formula] = [new SteadyCluster(MACHINES, CLASSES), new SteadyCluster(MACHINES, CLASSES)];
  const scanBuiltIn = fullScan(builtIn, scoresFor(builtIn)[0]);
  const scanFormula = fullScan(formula, formulaScore(formula));
  if (builtIn.run(turns, scanBuiltIn) !== formula.run(turns, scanFormula))
    throw new Error('the decisions of the formula differ from those of best-fit');
  const { ratio, first } = await inTurns(
    5,
    () => formula.run(turns, scanFormula),
    () => builtIn.run(turns, scanBuiltIn),
  );
  return row('a scan', ratio, rate(turns * MACHINES, first, 'machines'));
}

function row(what: string, ratio: number, measured: string): BenchRow {
  return {
    work: `${what} of best fit by a formula, ${MACHINES.toLocaleString('en-US')} machines`,
    against: 'built-in best-fit',
    wants: 'at most',
    goal: 2,
    limit: 8,
    ratio,
    measured,
  };
}
