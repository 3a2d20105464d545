import alea from 'seedrandom/lib/alea.js';

/** The machines that traces/short-jobs.csv is made for: six places of a core each. */
export const SHORT_JOBS_MACHINES = '1x1cpu/256MiB,1x2cpu/512MiB,1x3cpu/768MiB';

const ROUNDS = 20;
const ROUND_SECONDS = 72;
const PLACES = 6;
const LATER = 4;
const FIRST_END_SECONDS = 9;
const APART_SECONDS = 7.2;
const LATER_SECONDS = 28.8;

/**
 * The text of traces/short-jobs.csv: 200 jobs in rounds of ten. Six of a round start at once, in places that the seed
 * shuffles; four wait, each for an end that no other end is near. So the schedule is the same as long as nothing is late by
 * more than 7 s of the trace; each round begins on empty machines, and what is late does not add up.
 */
export function shortJobs(): string {
  const random = alea('short-jobs');
  const lines = ['job_id,submit,duration,cpus,mem'];
  for (let round = 0; round < ROUNDS; round++) {
    const submit = round * ROUND_SECONDS;
    const ends = Array.from({ length: PLACES }, (_, k) => FIRST_END_SECONDS + k * APART_SECONDS);
    for (let i = ends.length - 1; i > 0; i--) {
      const j = Math.floor(random() * (i + 1));
      [ends[i], ends[j]] = [ends[j] as number, ends[i] as number];
    }
    const durations = [...ends, ...Array.from({ length: LATER }, () => LATER_SECONDS)];
    durations.forEach((duration, i) => {
      lines.push(`r${round}-${i},${submit},${Number(duration.toFixed(1))},1,64`);
    });
  }
  return `${lines.join('\n')}\n`;
}
