import { forecastDemand } from '../lab/workload/forecast.js';
import { EventLog } from '../metrics/files/event-log.js';
import { type Cluster, fromSeconds } from '../model/index.js';
import { isolated } from '../policies/hosting/policy-context.js';
import type { PolicyContext } from '../policies/policy.js';
import { checkedParts } from './checked-policy.js';
import { CHECKS } from './checks.js';
import type { Host } from './host.js';
import { ObservedRun } from './observed-run.js';
import { machinesOfScenario, SCENARIO_SPACE, type Scenario, traceOfScenario } from './scenario.js';
import type { Settings, Subject } from './subject.js';

/** A violation of a rule. */
export interface Violation {
  /** Name of the check. */
  readonly check: string;
  readonly problem: string;
}

const COMES_TO_AN_END = 'the run ends without an error';
/** Name of the check that runs are reproducible. */
export const SAME_LOG = 'the same seed gives the same events, byte for byte';

/** Runs the scenario twice and returns all violations. A correct policy on a correct host has none. */
export async function violationsOf(
  subject: Subject,
  settings: Settings,
  host: Host,
  scenario: Scenario,
): Promise<Violation[]> {
  const violations: Violation[] = [];
  const logs: string[] = [];
  for (let round = 0; round < 2; round++) {
    const context = await contextOf(scenario);
    const lines: string[] = [];
    const observers = (cluster: Cluster) => [
      watched(cluster, scenario, subject.promises(settings, context), round === 0 ? violations : []),
      new EventLog(cluster, (line) => lines.push(line)),
    ];
    try {
      const parts = subject.build(settings, isolated(context));
      // The second round runs without the watch. So the comparison shows that the watch changes no decision.
      const report = (check: string, problem: string) => violations.push({ check, problem });
      await host.run(scenario, round === 0 ? checkedParts(parts, report) : parts, observers);
    } catch (error) {
      return [...violations, { check: COMES_TO_AN_END, problem: String(error) }];
    }
    logs.push(lines.join(''));
  }
  if (logs[0] !== logs[1]) violations.push({ check: SAME_LOG, problem: firstDifference(logs[0], logs[1]) });
  return violations;
}

function watched(
  cluster: Cluster,
  scenario: Scenario,
  promises: ReturnType<Subject['promises']>,
  violations: Violation[],
): ObservedRun {
  const seen = new ObservedRun(cluster);
  for (const check of CHECKS) {
    const complain = (problem: string) =>
      violations.push({ check: check.name, problem: `at ${seen.now} us: ${problem}` });
    const hooks = check.watch({ seen, scenario, promises, complain });
    if (hooks !== null) seen.hooks.push(hooks);
  }
  return seen;
}

/** The context of a policy in a scenario. */
export async function contextOf(scenario: Scenario): Promise<PolicyContext> {
  const trace = traceOfScenario(scenario);
  return {
    space: SCENARIO_SPACE,
    machines: machinesOfScenario(scenario),
    frameworks: trace.frameworks,
    forecast: await forecastDemand(trace, fromSeconds(scenario.until)),
  };
}

function firstDifference(one: string, other: string): string {
  const [a, b] = [one.split('\n'), other.split('\n')];
  const line = a.findIndex((text, i) => text !== b[i]);
  return `line ${line + 1} is "${a[line]}" and then "${b[line]}"`;
}
