import type { Parameter, ParameterValues } from '../model/index.js';

/** One published figure against ours. */
export interface Check {
  /** What is compared, in a few words. */
  readonly what: string;
  readonly published: string;
  readonly ours: string;
  readonly difference: string;
  readonly passed: boolean;
  /** What is said when it passed, where that is not that both are equal. */
  readonly verdict?: 'in range' | 'reported' | 'holds' | 'does not hold' | 'undecided';
}

/** What a study is asked to do; see `simulate reproduce --help`. */
export interface StudyRequest {
  /** Its parameters, as given by options of the command. */
  readonly settings: ParameterValues;
  /** Folder with the layout of the reference data; undefined when there is none. */
  readonly data: string | undefined;
  /** Called with a word on what is being done. */
  readonly progress: (what: string) => void;
}

/** A published result that Fairground repeats. */
export interface Study {
  readonly name: string;
  /** One sentence for help and docs. */
  readonly about: string;
  /** Does it need the folder of reference data, set up like this? */
  needsData(settings: ParameterValues): boolean;
  /** Options of `simulate reproduce` that it looks at. */
  readonly parameters: readonly Parameter[];
  /** @throws InputError when its data is missing or damaged. */
  run(request: StudyRequest): Promise<readonly Check[]>;
}
