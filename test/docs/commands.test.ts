import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { PROJECT, textOf } from '../project/sources.js';
import { blocksOf, commandsOf, fileNameOf, mentionsOf, PAGES, workflowCommands } from './pages.js';

/**
 * Every command line of the documentation is run here, in a shorter form, or is in this list. Each entry is the beginning of a
 * command, without `npx`, and the reason why the command is not run. Its options are checked against `--help` all the same.
 */
const NOT_RUN: readonly (readonly [beginning: string, reason: string])[] = [
  ['npm', 'installs, builds or tests the project itself; the script must exist in package.json'],
  ['simulate reproduce silos --cells tiny', 'a study, 8 s; test/studies runs the small cells'],
  ['simulate reproduce', 'minutes to an hour, and reference data (docs/studies.md); CI runs it'],
  ['simulate compact', 'finds no answer in a short run; test/lab/compaction runs it'],
  ['simulate master', 'runs until it is stopped; test/live starts masters'],
  ['simulate agent', 'runs until it is stopped; test/live starts agents'],
  ['simulate submit', 'needs a running master; test/live submits work'],
  ['simulate rehearse', 'half a minute of wall-clock time; test/lab/rehearsal runs it'],
  ['SBATCH_PARTITION', 'needs Slurm; test/lab/sweep starts one'],
  ['FAIRGROUND_CACHE', 'is the command without it; test/lab/trace-cache turns the cache off'],
  ['simulate worker', 'waits for runs of a sweep; test/lab/sweep starts workers'],
  ['simulate sweep', 'runs more than a second; test/cli/sweep.test.ts runs sweeps'],
  ['simulate report sizes', 'needs the results of a sweep; test/cli/report.test.ts makes some'],
  ['simulate query', 'needs the results of a sweep; test/cli/sweep.test.ts makes some'],
  ['simulate serve', 'runs until it is stopped; test/cli/serve.test.ts starts one'],
  ['simulate replay', 'needs the log of a master; test/lab/replay makes one'],
  ['curl', 'needs a running master; test/live makes these requests'],
  ['node --cpu-prof', 'profiles a file of the reader'],
  ['esbuild', 'profiles a file of the reader'],
  ['perf', 'needs Linux perf'],
];

/** Options of commands that are run, and what takes their place so that the run takes a second. */
const SHORTER: readonly (readonly [option: string, value: string])[] = [
  ['--until', '10m'],
  ['--warm-up', '1m'],
  ['--seeds', '1-2'],
  ['--scale', '0.001'],
  ['--runs', '20'],
  ['--max-seeds', '4'],
];

/** Commands that stand for a run of a workload take `--until` in any case. */
const WITHOUT_HORIZON =
  /^simulate (compare|explain|report|playground|gate|policy|trace|schema|--help|--version)|--trace/;

/** Small files for the public traces that pages name. */
const STAND_INS: Readonly<Record<string, string>> = {
  'KTH-SP2.swf': ['; MaxProcs: 4', swfJob(1, 0, 60, 2), swfJob(2, 10, 30, 4), ''].join('\n'),
};

function swfJob(id: number, submit: number, runTime: number, processors: number): string {
  return [id, submit, -1, runTime, processors, -1, -1, processors, runTime, ...Array(9).fill(-1)].join(' ');
}

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A folder in which the commands of a page run: what is in a clone, and the files that the page shows. */
function folderFor(page: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'fairground-docs-'));
  folders.push(folder);
  for (const name of ['scenarios', 'traces', 'examples', 'reports'])
    symlinkSync(join(PROJECT, name), join(folder, name));
  for (const [name, text] of Object.entries(STAND_INS)) writeFileSync(join(folder, name), text);
  for (const block of blocksOf(page)) {
    const name = fileNameOf(block);
    if (name !== undefined) writeFileSync(join(folder, name), block.text);
  }
  return folder;
}

/** Words of a command line as a shell makes them, as far as the documentation needs it. */
function wordsOf(command: string): string[] {
  return [...command.matchAll(/'([^']*)'|"([^"]*)"|(\S+)/g)].map(
    ([, single, double, plain]) => single ?? double ?? plain,
  );
}

function inShort(command: string): string[] {
  const words = wordsOf(command).slice(1);
  for (const [option, value] of SHORTER) {
    const at = words.indexOf(option);
    if (at >= 0) words[at + 1] = value;
  }
  const needsHorizon = !WITHOUT_HORIZON.test(command) && !words.includes('--until');
  return needsHorizon ? [...words, '--until', '10m'] : words;
}

function simulate(
  folder: string,
  words: readonly string[],
): { code: number | null; said: string; out: string } {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(PROJECT, 'dist', 'cli.js'), ...words],
    { cwd: folder, encoding: 'utf8', env: { ...process.env, NO_COLOR: '1' }, maxBuffer: 1 << 26 },
  );
  return { code: status, said: stderr, out: stdout };
}

const helpTexts = new Map<string, string>();

/** What `--help` prints for these words of a subcommand; undefined if there is no such subcommand. */
function helpOf(subcommand: string): string {
  const known = helpTexts.get(subcommand) ?? simulate(PROJECT, [...wordsOf(subcommand), '--help']).out;
  helpTexts.set(subcommand, known);
  return known;
}

const COMMANDS = [...helpOf('').matchAll(/^ {2}simulate (\w+)/gm)].map(([, name]) => name);
const SUBCOMMANDS: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  ['policy', 'trace'].map((name) => [
    name,
    [...helpOf(name).matchAll(new RegExp(`^ {2}simulate ${name} (\\w+)`, 'gm'))].map(([, sub]) => sub),
  ]),
);

/** What `--help` does not know of a command: the subcommand, or an option. */
function unknownIn(command: string): string[] {
  const [first, second, ...others] = wordsOf(command).slice(1);
  if (first !== undefined && /^[a-z]/.test(first) && !COMMANDS.includes(first)) return [first];
  const isGroup = first !== undefined && first in SUBCOMMANDS;
  if (isGroup && second !== undefined && /^[a-z]/.test(second) && !SUBCOMMANDS[first].includes(second))
    return [second];
  const path = [first, isGroup ? second : undefined].filter(
    (word) => word !== undefined && /^[a-z]/.test(word),
  );
  const help = helpOf(path.join(' '));
  const options = [first, second, ...others].filter((word) => word?.startsWith('--'));
  return options
    .map((option) =>
      String(option)
        .replace(/=.*/, '')
        .replace(/^--no-/, '--'),
    )
    .filter((option) => !new RegExp(`${option}\\b`).test(help));
}

/** Commands of npm itself. */
const OF_NPM = ['ci', 'install', 'pack'];

const NAME_OF_SCRIPT = /^npm (?:run )?(\S+)/;
const SCRIPTS = JSON.parse(textOf('package.json')).scripts as Readonly<Record<string, string>>;

function reasonNotToRun(command: string): string | undefined {
  return NOT_RUN.find(([beginning]) => command.startsWith(beginning))?.[1];
}

describe.each(PAGES)('%s', (page) => {
  const commands = commandsOf(page).map((line) => line.replace(/^npx /, ''));
  const mentions = [...new Set(mentionsOf(page))];

  // In the order of the page: later commands read what earlier ones wrote. A test for each, so that each has its own time limit.
  const folder = folderFor(page);
  for (const command of new Set(commands.filter((line) => reasonNotToRun(line) === undefined)))
    it(`runs ${command}`, () => {
      expect(command, 'neither run nor listed in NOT_RUN').toMatch(/^simulate\b/);
      const { code, said } = simulate(folder, inShort(command));
      expect([code, code === 0 ? '' : said]).toEqual([0, '']);
    });

  it('names only commands and options that exist', () => {
    const ours = [...commands, ...mentions].filter((command) => command.startsWith('simulate'));
    expect(
      ours.map((command) => [command, unknownIn(command)]).filter(([, unknown]) => unknown.length > 0),
    ).toEqual([]);
    const scripts = commands.flatMap((command) => NAME_OF_SCRIPT.exec(command)?.[1] ?? []);
    expect(scripts.filter((script) => !OF_NPM.includes(script) && !(script in SCRIPTS))).toEqual([]);
  });
});

describe('the documentation', () => {
  it('says of every block what it is: sh, text, ts, yaml, json or csv', () => {
    const others = PAGES.filter((page) => page !== 'docs/writing-policies.md').flatMap((page) =>
      blocksOf(page).filter(
        ({ language }) => !['sh', 'text', 'ts', 'yaml', 'json', 'csv'].includes(language),
      ),
    );
    expect(others).toEqual([]);
  });

  it('needs every entry of the list of commands that are not run', () => {
    const all = PAGES.flatMap(commandsOf).map((line) => line.replace(/^npx /, ''));
    const idle = NOT_RUN.filter(([beginning]) => !all.some((command) => command.startsWith(beginning)));
    expect(idle).toEqual([]);
  });

  it('has a short CI job that installs Fairground and runs the gate', () => {
    const jobs = blocksOf('docs/gate.md').filter((block) => workflowCommands(block).length > 0);
    expect(jobs.map(workflowCommands)).toEqual([
      ['npm ci', expect.stringMatching(/^npx simulate gate --baseline /)],
    ]);
    expect(jobs[0].text.trim().split('\n').length).toBeLessThanOrEqual(10);
  });

  it('would be found out: commands that do not exist, and options that do not', () => {
    expect(unknownIn('simulate fly')).toEqual(['fly']);
    expect(unknownIn('simulate policy fly')).toEqual(['fly']);
    expect(unknownIn('simulate gate --baselin x')).toEqual(['--baselin']);
    expect(unknownIn('simulate gate --baseline x')).toEqual([]);
  });
});
