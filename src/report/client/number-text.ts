import { durationText, fromSeconds } from '../../model/micros.js';

/** `37.5 %`, with two significant digits for small shares: `0.012 %`. Only exactly 0 and 100 % have no decimals. */
export function percentText(share: number): string {
  const percent = share * 100;
  if (percent === 0 || percent === 100) return `${percent} %`;
  return percent >= 10 ? `${percent.toFixed(1)} %` : `${Number(percent.toPrecision(2))} %`;
}

/** `1,234.5`. */
export function numberText(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: 1 });
}

/** `2h 5m`. */
export function secondsText(seconds: number): string {
  return durationText(fromSeconds(seconds));
}

/** `25 %`: a tick of an axis. */
export function tickPercent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}

/** The end of a name that is too long for its place, which is where names of machines and jobs differ. */
export function labelEnd(name: string, most: number): string {
  const characters = [...name];
  return characters.length <= most ? name : `…${characters.slice(characters.length - most + 1).join('')}`;
}
