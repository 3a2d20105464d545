// How often the gate is wrong: `npm run gates`, 15 minutes of processor time; `npm run gates -- --quick` does a twentieth.
// Over 200 changes without an effect, it may fail at most 16 times; of 100 slowdowns, it must catch at least 95.
import type { GateOutcome } from '../../../src/lab/gate/run-gate.js';
import { type Change, Trial } from './trials.js';

const isQuick = process.argv.includes('--quick');
const SEEDS = { first: 8, most: 32 };
const P95 = 'byFramework.spark.response.p95';

/** Trials of one kind of change, and how often each gate may fail. */
interface Campaign {
  readonly change: Change;
  readonly trials: number;
  readonly gates: readonly {
    readonly tolerances: readonly string[];
    readonly isRight: (failures: number, trials: number) => boolean;
  }[];
}

const CAMPAIGNS: readonly Campaign[] = [
  {
    change: 'other draws',
    trials: isQuick ? 10 : 200,
    gates: [
      { tolerances: [`${P95}=2%`], isRight: (failures, trials) => failures <= 0.08 * trials },
      // Without tolerance, any significant harm fails: the error of the intervals themselves. Ten trials may have one by chance.
      {
        tolerances: ['wait=0%', 'response=0%', 'byFramework.spark=0%', 'byFramework.etl=0%'],
        isRight: (failures, trials) => failures <= Math.max(2, 0.08 * trials),
      },
    ],
  },
  {
    change: 'slowdown',
    trials: isQuick ? 5 : 100,
    gates: [{ tolerances: [`${P95}=2%`], isRight: (failures, trials) => failures >= 0.95 * trials }],
  },
];

let isWrong = false;
for (const { change, trials, gates } of CAMPAIGNS) {
  const outcomes: GateOutcome[][] = gates.map(() => []);
  for (let place = 0; place < trials; place++) {
    const trial = new Trial(change, place);
    for (const [i, { tolerances }] of gates.entries()) outcomes[i].push(await trial.gate(tolerances, SEEDS));
  }
  for (const [i, { tolerances, isRight }] of gates.entries()) {
    const failures = outcomes[i].filter(({ result }) => result.verdict === 'fail').length;
    const isAsWanted = isRight(failures, trials);
    isWrong ||= !isAsWanted;
    process.stdout.write(
      `${change}, ${tolerances.join(' ')}: ${countsText(outcomes[i])}; ${seedsText(outcomes[i])}: ${isAsWanted ? 'as wanted' : 'WRONG'}\n`,
    );
  }
}
process.exitCode = isWrong ? 1 : 0;

function countsText(outcomes: readonly GateOutcome[]): string {
  const verdicts = outcomes.map(({ result }) => result.verdict);
  const counts = [...new Set(verdicts)]
    .sort()
    .map((one) => `${verdicts.filter((verdict) => verdict === one).length} ${one}`);
  return `${outcomes.length} trials: ${counts.join(', ')}`;
}

function seedsText(outcomes: readonly GateOutcome[]): string {
  const seeds = outcomes.map(({ design }) => design.looks[design.taken - 1]);
  const mean = seeds.reduce((sum, one) => sum + one, 0) / seeds.length;
  return `${mean.toFixed(1)} seeds on average, at most ${Math.max(...seeds)}`;
}
