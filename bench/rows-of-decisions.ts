import { OfferRounds } from './offer-round.js';
import type { BenchRow } from './row.js';
import { type Finder, fullScan, SteadyCluster, scoresFor } from './score-cache.js';
import { cpuSeconds, inTurns, median, rate } from './turns.js';

const FEW = 1_000;
const MANY = 100_000;

/** What a decision costs on many machines, in decisions on few. */
export async function* growthRows(scale: number): AsyncGenerator<BenchRow> {
  yield await placementGrowth(
    'first-fit',
    scale,
    ({ visible }) =>
      (taskClass) =>
        visible.firstFit(taskClass),
    2,
  );
  yield await placementGrowth('best-fit (bin-packing)', scale, bestFitFinder, 3);
  const offers = Math.round(400_000 * scale) + MANY;
  const [few, many] = [new OfferRounds(FEW), new OfferRounds(MANY)];
  yield await growth('an offer of drf', 2, offers, {
    few: () => few.run(offers),
    many: () => many.run(offers),
  });
}

function bestFitFinder(steady: SteadyCluster): Finder {
  const [bestFit] = scoresFor(steady);
  return (taskClass) => steady.visible.best(taskClass, bestFit);
}

function placementGrowth(
  name: string,
  scale: number,
  finder: (steady: SteadyCluster) => Finder,
  goal: number,
): Promise<BenchRow> {
  const classes = 20;
  const decisions = Math.round(200_000 * scale);
  const [few, many] = [new SteadyCluster(FEW, classes), new SteadyCluster(MANY, classes)];
  const [findOfFew, findOfMany] = [finder(few), finder(many)];
  return growth(`a decision of ${name}`, goal, decisions, {
    few: () => few.run(decisions, findOfFew),
    many: () => many.run(decisions, findOfMany),
  });
}

async function growth(
  work: string,
  goal: number,
  count: number,
  run: { readonly few: () => unknown; readonly many: () => unknown },
): Promise<BenchRow> {
  await inTurns(1, run.many, run.few);
  const turns = await inTurns(3, run.many, run.few);
  return {
    work: `${work}, ${MANY.toLocaleString('en-US')} machines`,
    against: `itself on ${FEW.toLocaleString('en-US')}`,
    wants: 'at most',
    goal,
    limit: 4 * goal,
    ratio: turns.ratio,
    measured: rate(count, turns.first, 'decisions'),
  };
}

const SCORES = [
  { classes: 20, goal: 10, limit: 3 },
  { classes: 100, goal: 4, limit: 2 },
];

/** Pure scores that are kept, against a full scan; the decisions of both are compared. */
export async function* scoreRows(scale: number): AsyncGenerator<BenchRow> {
  const machines = 10_000;
  for (const { classes, goal, limit } of SCORES) {
    for (const place of scoresFor(new SteadyCluster(machines, classes)).keys()) {
      const [scanned, kept] = [new SteadyCluster(machines, classes), new SteadyCluster(machines, classes)];
      const score = scoresFor(kept)[place];
      const turns = Math.max(100, Math.round(1000 * scale));
      const scan = fullScan(scanned, scoresFor(scanned)[place]);
      const find: Finder = (taskClass) => kept.visible.best(taskClass, score);
      if (scanned.run(turns, scan) !== kept.run(turns, find))
        throw new Error('the score cache decides otherwise');
      // A full scan costs the same at each turn, so it gets fewer of them.
      const more = 20 * turns;
      const ratios: number[] = [];
      let seconds = 0;
      for (let i = 0; i < 3; i++) {
        const bare = (await cpuSeconds(() => scanned.run(turns, scan))) / turns;
        seconds = await cpuSeconds(() => kept.run(more, find));
        ratios.push(bare / (seconds / more));
      }
      yield {
        work: `score of ${score.name}, ${machines.toLocaleString('en-US')} machines, ${classes} classes`,
        against: 'full scan of it',
        wants: 'at least',
        goal,
        limit,
        ratio: median(ratios),
        measured: rate(more, seconds, 'decisions'),
      };
    }
  }
}
