/** A condition over metrics; `policy` is undefined if runs of all policies must meet it. */
export interface Expectation {
  readonly policy: string | undefined;
  readonly formula: string;
}

/** The comment at the top of a scenario. */
export interface ScenarioNotes {
  readonly prose: string;
  readonly expectations: readonly Expectation[];
  /** Keys of a scenario that make its check shorter. */
  readonly checkedWith: Readonly<Record<string, unknown>>;
}

export function scenarioNotes(text: string): ScenarioNotes;
