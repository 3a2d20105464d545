import type { Parameter, ParameterValues } from '../model/index.js';

/** Comparison of one published figure with ours. */
export interface Check {
  /** What is compared, in a few words. */
  readonly what: string;
  readonly published: string;
  readonly ours: string;
  readonly difference: string;
  readonly passed: boolean;
  /** Verdict of a passed check that does not test equality. */
  readonly verdict?: 'in range' | 'reported' | 'holds' | 'does not hold' | 'undecided';
}

/** The request of a study; see `simulate reproduce --help`. */
export interface StudyRequest {
  /** Its parameters, as given by options of the command. */
  readonly settings: ParameterValues;
  /** Folder with the layout of the reference data; undefined when there is none. */
  readonly data: string | undefined;
  /** Reports progress. */
  readonly progress: (what: string) => void;
}

/** A published result that Fairground reproduces. */
export interface Study {
  readonly name: string;
  /** One sentence for help and docs. */
  readonly about: string;
  /** Whether it needs the reference data with these settings. */
  needsData(settings: ParameterValues): boolean;
  /** The options of `simulate reproduce` that it uses. */
  readonly parameters: readonly Parameter[];
  /** @throws InputError when its data is missing or damaged. */
  run(request: StudyRequest): Promise<readonly Check[]>;
}
