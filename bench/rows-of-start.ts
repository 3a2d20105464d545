import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { BenchRow } from './row.js';
import { median } from './turns.js';

const CLI = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const TURNS = 9;

/** Start-up time of the built command. No rows if it is not built. */
export function* startRows(): Generator<BenchRow> {
  if (!existsSync(CLI)) return;
  const folder = mkdtempSync(join(tmpdir(), 'fairground-bench-'));
  const trace = join(folder, 'ten.swf');
  writeFileSync(trace, `; MaxProcs: 100\n${Array.from({ length: 10 }, (_, i) => swfLine(i + 1)).join('')}`);
  try {
    yield startRow('simulate --version', [CLI, '--version']);
    yield startRow('a run of 10 jobs', [CLI, '--policy', 'fcfs', '--trace', trace]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function swfLine(job: number): string {
  return `${job} ${job * 60} -1 600 4 -1 -1 4 900 -1 1 1 1 1 1 -1 -1 -1\n`;
}

function startRow(work: string, args: readonly string[]): BenchRow {
  const ratios: number[] = [];
  let least = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < TURNS; turn++) {
    const bare = seconds(['-e', '0']);
    const ours = seconds(args);
    least = Math.min(least, ours);
    ratios.push(ours / bare);
  }
  return {
    work,
    against: 'node -e 0',
    wants: 'at most',
    goal: 3,
    limit: 10,
    ratio: median(ratios),
    measured: `${Math.round(least * 1000)} ms`,
  };
}

/** Wall time, because CPU seconds of a child process are not available. @throws Error when it fails. */
function seconds(args: readonly string[]): number {
  const before = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [...args], { stdio: ['ignore', 'ignore', 'pipe'] });
  if (status !== 0) throw new Error(`${args.join(' ')} failed: ${stderr}`);
  return (performance.now() - before) / 1000;
}
