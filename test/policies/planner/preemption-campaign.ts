// Compares preemptions with all sets of victims, on 2,000 random cases: `npm run preemptions`.
// The first argument is another number of cases, the second another seed.
import alea from 'seedrandom/lib/alea.js';
import { comparePreemptions } from './compare-preemptions.js';
import { PREEMPTIONS } from './random-preemptions.js';

const cases = Number(process.argv[2] ?? 2_000);
const seed = process.argv[3] ?? 'preemptions';
let [differences, plans, most] = [0, 0, 0];
for (let i = 0; i < cases; i++) {
  const kind = PREEMPTIONS[i % PREEMPTIONS.length];
  const { victims, difference } = comparePreemptions(kind, alea(`${seed} ${kind} ${i}`));
  if (victims > 0) plans++;
  most = Math.max(most, victims);
  if (difference === undefined) continue;
  differences++;
  process.stdout.write(`${kind} ${i}: ${difference}\n`);
}
process.stdout.write(`${cases} cases, ${plans} plans, at most ${most} victims, ${differences} differences\n`);
process.exitCode = differences === 0 ? 0 : 1;
