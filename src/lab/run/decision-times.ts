import {
  DURATION_FORM,
  frameworkIndex,
  InputError,
  type Micros,
  type ParameterValues,
  parseDuration,
} from '../../model/index.js';
import type { PolicyContext, PolicyParts } from '../../policies/policy.js';
import type { DecisionTime, DecisionTimes } from '../../sim/decision-time.js';

/** `framework:perJob+perTask`. */
const DECISION_TIME = /^([^:,]+):([^:,+]+)\+([^:,+]+)$/;

/** The modelled decision times of these settings. @throws InputError */
export function decisionTimes(settings: ParameterValues): DecisionTimes {
  const usual = { perJob: settings.number('perJob'), perTask: settings.number('perTask') };
  const text = settings.text('decisionTimes');
  if (text === '') return usual;
  const byFramework = new Map<string, DecisionTime>();
  for (const part of text.split(',')) {
    const [, name, perJob, perTask] = DECISION_TIME.exec(part) as unknown as [string, string, string, string];
    byFramework.set(name, { perJob: duration(perJob), perTask: duration(perTask) });
  }
  return { ...usual, byFramework };
}

/** @throws InputError when a framework is unknown, or the policy decides on all frameworks in one pass. */
export function checkDecisionTimes(
  { byFramework = new Map() }: DecisionTimes,
  policy: string,
  parts: PolicyParts,
  { frameworks }: PolicyContext,
): void {
  const place = { field: 'decisionTimes' };
  if (parts.architecture === 'monolithic' && parts.retry === undefined) {
    const problem = `${policy} schedules all frameworks in one pass; set perJob and perTask, or use --policy monolithic`;
    throw new InputError(place, problem);
  }
  const known = frameworks.map((framework) => framework.name);
  for (const name of byFramework.keys()) frameworkIndex(known, name, place);
}

/** @throws InputError */
function duration(text: string): Micros {
  const value = parseDuration(text);
  if (value === undefined) throw InputError.expected({ field: 'decisionTimes' }, text, DURATION_FORM);
  return value;
}
