/** How the line of a policy looks, the same in every figure. */
export interface LineStyle {
  readonly color: string;
  /** As `stroke-dasharray`; lines that lie on each other are still told apart. */
  readonly dash: string;
}

/** Okabe & Ito's colours without their yellow, which is too light for a line (Color Universal Design, 2008). */
const POLICY_COLORS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#000000', '#56b4e9', '#e69f00'];

const POLICY_DASHES = ['none', '6 2.5', '2 2', '8 2.5 2 2.5'];

/** Tol's "light" scheme: fills on which a dark line can be read, told apart by colour-blind readers too. */
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

/** The line of total use over the areas of what is allocated. */
export const USED_STYLE: LineStyle = { color: '#1a1a1a', dash: 'none' };

/** The line of the policy at this place. */
export function policyStyle(place: number): LineStyle {
  return {
    color: POLICY_COLORS[place % POLICY_COLORS.length],
    dash: POLICY_DASHES[place % POLICY_DASHES.length],
  };
}

/** The places of so many policies, unbroken lines first: a broken line over another shows both. */
export function drawingOrder(policies: number): number[] {
  const places = Array.from({ length: policies }, (_, place) => place);
  return places.sort((a, b) => (a % POLICY_DASHES.length) - (b % POLICY_DASHES.length));
}

/** The fill of the framework at this place; a group of several is grey. */
export function frameworkColor(place: number, isSingle: boolean): string {
  return isSingle ? FRAMEWORK_COLORS[place % FRAMEWORK_COLORS.length] : GROUP_COLOR;
}
