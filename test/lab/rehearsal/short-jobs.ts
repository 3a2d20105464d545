import alea from 'seedrandom/lib/alea.js';

/** The machines for traces/short-jobs.csv: sixteen cores, one per task. */
export const SHORT_JOBS_MACHINES = '2x2cpu/512MiB,1x3cpu/768MiB,1x4cpu/1GiB,1x5cpu/2GiB';

const ROUNDS = 10;
const ROUND_SECONDS = 132;
const PLACES = 16;
const LATER = 4;
const APART_SECONDS = 18;
const LAST_END_SECONDS = 90;

/**
 * The text of traces/short-jobs.csv: 200 jobs in rounds of twenty. In each round sixteen jobs start at once. The other four wait,
 * each for a task end with a large distance to other ends, on a machine drawn from the seed. So delays of up to 18 s of the
 * trace (0.3 s at 60-fold compression) do not change the schedule. Each round starts on empty machines, so delays do not
 * accumulate.
 */
export function shortJobs(): string {
  const random = alea('short-jobs');
  const lines = ['job_id,submit,duration,cpus,mem'];
  for (let round = 0; round < ROUNDS; round++) {
    const durations = Array.from({ length: PLACES }, (_, k) =>
      k < LATER ? (k + 1) * APART_SECONDS : LAST_END_SECONDS - Math.floor(random() * 8),
    );
    for (let i = durations.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [durations[i], durations[j]] = [durations[j] as number, durations[i] as number];
    }
    for (let k = 1; k <= LATER; k++) durations.push(LAST_END_SECONDS - k * APART_SECONDS);
    durations.forEach((duration, i) => {
      lines.push(`r${round}-${i},${round * ROUND_SECONDS},${duration},1,64`);
    });
  }
  return `${lines.join('\n')}\n`;
}
