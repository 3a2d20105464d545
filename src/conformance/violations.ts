import { forecastDemand } from '../lab/workload/forecast.js';
import { EventLog } from '../metrics/files/event-log.js';
import { type Cluster, fromSeconds, imbalance } from '../model/index.js';
import { isolated } from '../policies/hosting/policy-context.js';
import type { PolicyContext, PolicyParts } from '../policies/policy.js';
import { RandomStreams } from '../sim/random-streams.js';
import { checkedParts } from './checked-policy.js';
import { CHECKS } from './checks.js';
import { DecisionRecord } from './decision-record.js';
import type { Host } from './host.js';
import { ObservedRun } from './observed-run.js';
import { restartingParts, restartProblem, SURVIVES_RESTART } from './restarts.js';
import { machinesOfScenario, SCENARIO_SPACE, type Scenario, traceOfScenario } from './scenario.js';
import type { Settings, Subject } from './subject.js';
import { checkedPreemptions, NEEDED_VICTIMS } from './victims-check.js';

/** A violation of a rule. */
export interface Violation {
  /** Name of the check. */
  readonly check: string;
  readonly problem: string;
}

const COMES_TO_AN_END = 'the run ends without an error';
/** Name of the check of the amounts after each decision. */
export const BALANCED = 'the amounts of each machine add up after each decision';
/** Name of the check that runs are reproducible. */
export const SAME_LOG = 'the same seed gives the same events, byte for byte';

/**
 * Runs the scenario and returns all violations. A correct policy on a correct host has none. The policy runs twice: watched, and
 * restarted again and again. If these runs differ, a third run shows whether the policy repeats itself without a restart.
 */
export async function violationsOf(
  subject: Subject,
  settings: Settings,
  host: Host,
  scenario: Scenario,
): Promise<Violation[]> {
  const violations: Violation[] = [];
  const context = await contextOf(scenario);
  const build = (times = 0) =>
    (times === 0 ? subject : (subject.again?.(times) ?? subject)).build(settings, isolated(context));
  const run = async (partsFor: (record: DecisionRecord) => PolicyParts, watches: boolean) => {
    const record = new DecisionRecord();
    const lines: string[] = [];
    let seen: ObservedRun | undefined;
    const observers = (cluster: Cluster) => {
      record.cluster = cluster;
      if (watches) record.afterEach = () => checkBalance(cluster, violations);
      const promises = subject.promises(settings, context);
      seen = watched(cluster, scenario, promises, watches ? violations : []);
      return [seen, new EventLog(cluster, (line) => lines.push(line))];
    };
    const complain = (problem: string) => violations.push({ check: NEEDED_VICTIMS, problem });
    const parts = partsFor(record);
    const watchedParts = watches ? checkedPreemptions(parts, () => seen, complain) : parts;
    await host.run(scenario, record.of(watchedParts), observers);
    return { record, log: lines.join('') };
  };
  try {
    const report = (check: string, problem: string) => violations.push({ check, problem });
    const first = await run(() => checkedParts(build(), report), true);
    const random = new RandomStreams(scenario.seed).stream('restarts');
    const second = await run((record) => {
      let times = 0;
      return restartingParts(build(), () => build(++times), {
        random,
        restarted: (now) => record.restarted(now),
      });
    }, false);
    if (first.log === second.log && restartProblem(first.record, second.record) === undefined)
      return violations;
    // This run is without the watch and without restarts, so a difference is a fault of neither.
    const third = await run(() => build(), false);
    const lost = restartProblem(third.record, second.record);
    const other = first.log === third.log ? second : third;
    if (other === third || lost === undefined)
      violations.push({ check: SAME_LOG, problem: firstDifference(first.log, other.log) });
    else violations.push({ check: SURVIVES_RESTART, problem: lost });
  } catch (error) {
    return [...violations, { check: COMES_TO_AN_END, problem: String(error) }];
  }
  return violations;
}

/** Conservation per decision. The checks of events look at the end of each instant. */
function checkBalance(cluster: Cluster, violations: Violation[]): void {
  const problem = imbalance(cluster);
  if (problem !== undefined) violations.push({ check: BALANCED, problem });
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
