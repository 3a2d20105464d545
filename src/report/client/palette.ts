/**
 * Colours are variables of the style sheet, which has one set for light and one for dark. Lines are policies, pale areas are frameworks,
 * red is a failure, violet is a backfilled job, and grey is how full a machine is.
 */

/** The line style of a policy, the same in every figure. */
export interface LineStyle {
  readonly color: string;
  /** `stroke-dasharray`; it keeps overlapping lines distinguishable. */
  readonly dash: string;
}

const POLICY_COLORS = 7;
const POLICY_DASHES = ['none', '6 2.5', '2 2', '8 2.5 2 2.5'];
const FRAMEWORK_COLORS = 9;

/** The line of the total utilization, above the areas of the allocation. */
export const USED_STYLE: LineStyle = { color: 'var(--ink)', dash: 'none' };

/** Marks of failures. */
export const FAILURE_COLOR = 'var(--failure)';

/** Jobs that were backfilled. */
export const BACKFILLED_COLOR = 'var(--backfilled)';

/** The line style of the policy at this index. */
export function policyStyle(place: number): LineStyle {
  return {
    color: `var(--policy-${place % POLICY_COLORS})`,
    dash: POLICY_DASHES[place % POLICY_DASHES.length],
  };
}

/** Drawing order of the policies: solid lines first, because a dashed line on top leaves the line below visible. */
export function drawingOrder(policies: number): number[] {
  const places = Array.from({ length: policies }, (_, place) => place);
  return places.sort((a, b) => (a % POLICY_DASHES.length) - (b % POLICY_DASHES.length));
}

/** The fill of the framework at this index; a group of several is grey. */
export function frameworkColor(place: number, isSingle: boolean): string {
  return isSingle ? `var(--framework-${place % FRAMEWORK_COLORS})` : 'var(--framework-group)';
}

/** The value of `var(--name)`, because a canvas and a saved file have no variables; another colour as it is. */
export function solidColor(color: string): string {
  const [, name] = /^var\((--[\w-]+)\)$/.exec(color) ?? [];
  return name === undefined
    ? color
    : getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}
