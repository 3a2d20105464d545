// Runs the shell steps of action.yml as a runner of GitHub Actions does: `node .ci/action.mjs baseline=reports/baselines undecided=fail`.
// Steps of other actions are left out. Prints the outputs of the steps, and exits as the first step that fails.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';

const project = dirname(dirname(fileURLToPath(import.meta.url)));
const { inputs, runs } = parse(readFileSync(join(project, 'action.yml'), 'utf8'));
const given = Object.fromEntries(process.argv.slice(2).map((word) => word.split(/=(.*)/s)));
const unknown = Object.keys(given).filter((name) => !(name in inputs));
if (unknown.length > 0) throw new Error(`action.yml has no input ${unknown.join(', ')}`);

/** The text with the values of `${{ inputs.name }}`. */
function filled(text) {
  return String(text).replace(
    /\$\{\{ inputs\.([\w-]+) \}\}/g,
    (_all, name) => given[name] ?? inputs[name].default,
  );
}

const folder = mkdtempSync(join(tmpdir(), 'action-'));
const files = { GITHUB_STEP_SUMMARY: join(folder, 'summary.md'), GITHUB_OUTPUT: join(folder, 'outputs') };
for (const file of Object.values(files)) writeFileSync(file, '');
const path = { GITHUB_ACTION_PATH: project };
let status = 0;
for (const step of runs.steps.filter(({ run }) => run !== undefined)) {
  const env = Object.fromEntries(
    Object.entries(step.env ?? {}).map(([name, value]) => [name, filled(value)]),
  );
  // As the runner starts `shell: bash`.
  const words = ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run];
  const ended = spawnSync('bash', words, {
    stdio: 'inherit',
    env: { ...process.env, ...path, ...files, ...env },
  });
  status = ended.status ?? 1;
  if (status !== 0) break;
}
process.stdout.write(readFileSync(files.GITHUB_OUTPUT, 'utf8'));
if (process.env.ACTION_SUMMARY)
  writeFileSync(process.env.ACTION_SUMMARY, readFileSync(files.GITHUB_STEP_SUMMARY));
rmSync(folder, { recursive: true });
process.exitCode = status;
