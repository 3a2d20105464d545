import { OfferRounds } from './offer-round.js';
import type { BenchRow } from './row.js';
import { type Finder, fullScan, SteadyCluster, scoresFor } from './score-cache.js';
import { cpuSeconds, inTurns, median, rate } from './turns.js';

const FEW = 1_000;
const MANY = 100_000;
const CLASSES = 20;

/** Cost of a decision on many machines, relative to few machines. */
export async function* growthRows(scale: number): AsyncGenerator<BenchRow> {
  yield await placementGrowth(
    'first-fit',
    scale,
    ({ visible }) =>
      (taskClass) =>
        visible.firstFit(taskClass),
    2,
  );
  yield await placementGrowth('best-fit', scale, bestFitFinder, 3);
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

async function placementGrowth(
  name: string,
  scale: number,
  finder: (steady: SteadyCluster) => Finder,
  goal: number,
): Promise<BenchRow> {
  const decisions = Math.round(200_000 * scale);
  const few = new Decisions(FEW, finder);
  const many = new Decisions(MANY, finder);
  const ratios: number[] = [];
  let seconds = 0;
  // Warm-up: the first turn builds the indexes.
  for (let turn = 0; turn < 4; turn++) {
    seconds = await many.seconds(decisions);
    ratios.push(seconds / (await few.seconds(decisions)));
  }
  return growthRow(
    `a decision of ${name}`,
    goal,
    median(ratios.slice(1)),
    rate(decisions, seconds, 'decisions'),
  );
}

/** Cost of finding machines in a cluster in steady state, without the cost of starting and ending tasks. */
export class Decisions {
  private readonly deciding: SteadyCluster;
  private readonly replaying: SteadyCluster;
  private readonly find: Finder;

  constructor(machines: number, finder: (steady: SteadyCluster) => Finder) {
    this.deciding = new SteadyCluster(machines, CLASSES);
    this.replaying = new SteadyCluster(machines, CLASSES);
    this.find = finder(this.deciding);
  }

  /** CPU seconds of the decisions: time of a run minus time of a replay of its placements. */
  async seconds(decisions: number): Promise<number> {
    const found = new Int32Array(decisions);
    let next = 0;
    const all = await cpuSeconds(() =>
      this.deciding.run(decisions, (taskClass) => {
        found[next] = this.find(taskClass);
        return found[next++];
      }),
    );
    next = 0;
    const rest = await cpuSeconds(() => this.replaying.run(decisions, () => found[next++]));
    return Math.max(all - rest, Number.EPSILON);
  }
}

async function growth(
  work: string,
  goal: number,
  count: number,
  run: { readonly few: () => unknown; readonly many: () => unknown },
): Promise<BenchRow> {
  await inTurns(1, run.many, run.few);
  const turns = await inTurns(3, run.many, run.few);
  return growthRow(work, goal, turns.ratio, rate(count, turns.first, 'decisions'));
}

function growthRow(work: string, goal: number, ratio: number, measured: string): BenchRow {
  return {
    work: `${work}, ${MANY.toLocaleString('en-US')} machines`,
    against: `itself on ${FEW.toLocaleString('en-US')}`,
    wants: 'at most',
    goal,
    limit: 6 * goal,
    ratio,
    measured,
  };
}

const SCORES = [
  { classes: 20, goal: 10, limit: 3 },
  { classes: 100, goal: 4, limit: 2 },
];

/** Cached scores relative to a full scan. The decisions of both must be equal. */
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
        throw new Error('the decisions of the score cache differ from those of the full scan');
      // A full scan costs the same in each turn, so a few turns suffice.
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
