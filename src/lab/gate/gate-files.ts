import { join } from 'node:path';
import { writeResult } from '../../results/files/result-files.js';
import { pluralText } from '../../results/metric-text.js';
import type { GateResult, MetricVerdict } from './gate.js';
import { escaped, gatePlot } from './gate-plot.js';
import { gateDocument, type Undecided } from './gate-schema.js';
import { changeText, gateNotes, gateTables, passes, verdictText } from './gate-text.js';
import type { JudgedGate } from './run-gate.js';

/** Writes `gate.json`, `junit.xml`, `gate.md` and, if a gated metric differs, `gate.svg`. @throws InputError */
export function writeGateFiles(folder: string, gate: JudgedGate, undecided: Undecided): void {
  writeResult(join(folder, 'gate.json'), `${JSON.stringify(gateDocument(gate, undecided), null, 2)}\n`);
  writeResult(join(folder, 'junit.xml'), junitXml(gate.result, undecided));
  const plot = gatePlot(gate.result);
  if (plot !== undefined) writeResult(join(folder, 'gate.svg'), plot);
  writeResult(
    join(folder, 'gate.md'),
    gateMarkdown(gate, { undecided, plot: plot === undefined ? undefined : 'gate.svg' }),
  );
}

/** A test case for each gated metric and each objective, as CI systems show them. An undecided one is skipped, or a failure. */
export function junitXml({ metrics, objectives }: GateResult, undecided: Undecided): string {
  const cases = [
    ...metrics
      .filter(({ tolerance }) => tolerance !== undefined)
      .map((one) => ({
        policy: one.policy,
        name: one.metric.key,
        outcome: outcomeOf(one.verdict, undecided),
        message: `${one.verdict}: ${changeText(one)}`,
      })),
    ...objectives.map(({ policy, text, met, runs, verdict }) => ({
      policy,
      name: text,
      outcome: outcomeOf(verdict, undecided),
      message: `met by ${met} of ${pluralText(runs, 'run')}`,
    })),
  ];
  const counts = (of: typeof cases) =>
    `tests="${of.length}" failures="${of.filter(({ outcome }) => outcome === 'failure').length}" skipped="${of.filter(({ outcome }) => outcome === 'skipped').length}"`;
  const suites = [...new Set(cases.map(({ policy }) => policy))].map((policy) => {
    const own = cases.filter((one) => one.policy === policy);
    const lines = own.map(({ name, outcome, message }) => {
      const head = `    <testcase classname="${escaped(policy)}" name="${escaped(name)}"`;
      return outcome === 'ok'
        ? `${head}/>\n`
        : `${head}>\n      <${outcome} message="${escaped(message)}"/>\n    </testcase>\n`;
    });
    return `  <testsuite name="${escaped(policy)}" ${counts(own)}>\n${lines.join('')}  </testsuite>\n`;
  });
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="simulate gate" ${counts(cases)}>\n${suites.join('')}</testsuites>\n`;
}

function outcomeOf(verdict: MetricVerdict, undecided: Undecided): 'ok' | 'failure' | 'skipped' {
  if (verdict === 'fail') return 'failure';
  if (verdict !== 'undecided') return 'ok';
  return undecided === 'fail' ? 'failure' : 'skipped';
}

const SIGNS: Readonly<Record<MetricVerdict, string>> = {
  fail: '❌ fail',
  undecided: '❔ undecided',
  better: '✅ better',
  pass: 'pass',
  same: 'same',
  changed: 'changed',
};

/** A comment for a pull request: the verdict, a table of the metrics that differ, and the picture. */
export function gateMarkdown(
  gate: JudgedGate,
  { undecided, plot }: { readonly undecided: Undecided; readonly plot?: string | undefined },
): string {
  const { result } = gate;
  const sign = result.verdict === 'undecided' ? '❔' : passes(result, undecided) ? '✅' : '❌';
  const tables = gateTables(result, { all: false }).map(({ policy, columns, rows }) => {
    const head = [`**${policy}**`, ...columns].map(cell);
    const lines = rows.map(({ verdict, cells }) => [
      code(cells[0]),
      ...cells.slice(1, -1).map(cell),
      SIGNS[verdict],
    ]);
    return `${[head, ['---', ...columns.map((title) => (title === 'verdict' ? '---' : '--:'))], ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n')}\n`;
  });
  const objectives = result.objectives.map(
    ({ policy, text, met, runs, verdict }) =>
      `- ${SIGNS[verdict]}: ${cell(policy)}: ${code(text)}, met by ${met} of ${pluralText(runs, 'run')}\n`,
  );
  const notes = gateNotes(gate).map((note) => `- ${note}\n`);
  return [
    `### ${sign} ${verdictText(result)}\n`,
    ...tables,
    ...(objectives.length > 0 ? [objectives.join('')] : []),
    ...(notes.length > 0 ? [notes.join('')] : []),
    ...(plot === undefined
      ? []
      : [`![Harm of each gated metric, with its interval and tolerance](${plot})\n`]),
    sources(result),
  ].join('\n');
}

/** The digests of the policies, folded. */
function sources({ policies }: GateResult): string {
  const short = (digest: string | undefined) =>
    digest === undefined ? 'unknown' : code(digest.slice(0, 12));
  const lines = policies.map(({ name, baseline, candidate }) => {
    const before = baseline === undefined ? '' : `${short(baseline.digest)} → `;
    const renamed = candidate.name === name ? '' : ` (${cell(candidate.name)})`;
    return `- ${cell(name)}${renamed}: ${before}${short(candidate.digest)}\n`;
  });
  return `<details><summary>Digests of the policies' sources</summary>\n\n${lines.join('')}\n</details>\n`;
}

function cell(content: string): string {
  return escaped(content).replaceAll('|', '\\|');
}

function code(content: string): string {
  return `\`${content.replaceAll('`', "'").replaceAll('|', '\\|')}\``;
}
