/** The line style of a policy, the same in every figure. */
export interface LineStyle {
  readonly color: string;
  /** `stroke-dasharray`; it keeps overlapping lines distinguishable. */
  readonly dash: string;
}

/** The colours of Okabe & Ito (Color Universal Design, 2008), without yellow, which is too light for a line. */
const POLICY_COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#000000', '#56b4e9', '#e69f00'];

const POLICY_DASHES = ['none', '6 2.5', '2 2', '8 2.5 2 2.5'];

/** Tol's "light" scheme: fills that contrast with a dark line and that colour-blind readers can distinguish. */
const FRAMEWORK_COLORS = [
  '#77aadd',
  '#ee8866',
  '#eedd88',
  '#ffaabb',
  '#44bb99',
  '#99ddff',
  '#bbcc33',
  '#aaaa00',
  '#b8a0d8',
];

const GROUP_COLOR = '#cccccc';

/** The line of the total utilization, above the areas of the allocation. */
export const USED_STYLE: LineStyle = { color: '#1a1a1a', dash: 'none' };

/** The line style of the policy at this index. */
export function policyStyle(place: number): LineStyle {
  return {
    color: POLICY_COLORS[place % POLICY_COLORS.length],
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
  return isSingle ? FRAMEWORK_COLORS[place % FRAMEWORK_COLORS.length] : GROUP_COLOR;
}
