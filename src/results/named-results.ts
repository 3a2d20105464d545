import type { Summary } from '../metrics/catalogue/catalogue.js';

/** A run of one of several results: a part of the path is in the name of its policy, because two results may have the same policy. */
export function namedAfter(place: string, summary: Summary): Summary {
  const { policy } = summary.run;
  if (place === '' || place === policy.name) return summary;
  return { ...summary, run: { ...summary.run, policy: { ...policy, name: `${place}: ${policy.name}` } } };
}

/** For each path, the part in which it differs from the others; its last part if another path lies within it. */
export function differingParts(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.replace(/\/?(summary\.json)?$/, '').split('/'));
  if (parts.length === 1) return [''];
  const shortest = Math.min(...parts.map(({ length }) => length));
  const isCommon = (at: number) => parts.every((one) => one.at(at) === parts[0].at(at));
  let start = 0;
  while (start < shortest && isCommon(start)) start++;
  let end = 0;
  while (end < shortest - start && isCommon(-1 - end)) end++;
  return parts.map((one) => one.slice(start, one.length - end).join('/') || (one.at(-1) ?? ''));
}
