// Compares the search for gangs with exhaustive search on 10,000 random gangs of each kind: `npm run gangs`.
// The first argument is another number of gangs, the second another seed.
import alea from 'seedrandom/lib/alea.js';
import { compareSearches } from './compare-searches.js';
import { KINDS } from './random-gangs.js';

const cases = Number(process.argv[2] ?? 10_000);
const seed = process.argv[3] ?? 'campaign';
let differences = 0;
for (const kind of KINDS) {
  let [feasible, nodes, most] = [0, 0, 0];
  for (let i = 0; i < cases; i++) {
    const found = compareSearches(kind, alea(`${seed} ${kind} ${i}`));
    if (found.isFeasible) feasible++;
    if (found.nodes > 0) nodes++;
    most = Math.max(most, found.nodes);
    if (found.difference === undefined) continue;
    differences++;
    process.stdout.write(`${kind} ${i}: ${found.difference}\n`);
  }
  process.stdout.write(
    `${kind.padEnd(14)} ${cases} gangs, ${feasible} feasible, ${nodes} searched, at most ${most} puts\n`,
  );
}
process.stdout.write(`${differences} differences\n`);
process.exitCode = differences === 0 ? 0 : 1;
