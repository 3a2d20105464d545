import type { Parameter } from '../model/index.js';
import type { Settings } from './subject.js';

/** Every combination of the choice parameters. The other parameters have their defaults. */
export function combinationsOfChoices(parameters: readonly Parameter[]): Settings[] {
  let all: Settings[] = [{}];
  for (const parameter of parameters) {
    if (parameter.kind !== 'choice') continue;
    all = all.flatMap((settings) =>
      parameter.choices.map((choice) => ({ ...settings, [parameter.name]: choice })),
    );
  }
  return all;
}
