import { durationText, fromSeconds } from '../../model/micros.js';

/** `37.5 %`, with more digits where there is little: `0.012 %`. Only what is exactly all or nothing has no digits. */
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

/** `25 %`: a round share, on an axis. */
export function tickPercent(share: number): string {
  return `${Number((share * 100).toPrecision(3))} %`;
}
