import type { Micros, ScalingTerms } from '../../../model/index.js';

/** Key of the remembered recommendations. */
export const RECOMMENDATIONS = 'recommendations';

/** The same number of instances, recommended at each check from some time until `until`. */
interface Recommendation {
  readonly instances: number;
  until: Micros;
}

/**
 * The stabilization windows of the Kubernetes HorizontalPodAutoscaler (`behavior.scaleDown.stabilizationWindowSeconds` and
 * `scaleUp`): instances are removed down to the highest number that was recommended in the window, and added up to the lowest.
 * A recommendation as old as the window no longer counts.
 */
export class Stabilization {
  private readonly terms: Pick<ScalingTerms, 'stabilizationOut' | 'stabilizationIn'>;
  /** From the oldest on. */
  private recent: Recommendation[] = [];

  constructor(terms: Pick<ScalingTerms, 'stabilizationOut' | 'stabilizationIn'>) {
    this.terms = terms;
  }

  /** No window is set, so that each recommendation counts at once. */
  get isOff(): boolean {
    return this.terms.stabilizationOut === 0 && this.terms.stabilizationIn === 0;
  }

  /** Takes the recommendation of now, and returns the number of instances that the windows allow. `soFar`: the current number. */
  stabilized(recommended: number, soFar: number, now: Micros): number {
    if (this.isOff) return recommended;
    const { stabilizationOut, stabilizationIn } = this.terms;
    const last = this.recent.at(-1);
    if (last?.instances === recommended) last.until = now;
    else this.recent.push({ instances: recommended, until: now });
    const oldest = now - Math.max(stabilizationOut, stabilizationIn);
    this.recent = this.recent.filter(({ until }) => until === now || until > oldest);
    let [lowest, highest] = [recommended, recommended];
    for (const { instances, until } of this.recent) {
      if (until > now - stabilizationOut) lowest = Math.min(lowest, instances);
      if (until > now - stabilizationIn) highest = Math.max(highest, instances);
    }
    return Math.min(highest, Math.max(lowest, soFar));
  }

  /** Text that keeps the recommendations over a restart. */
  stored(): string {
    return this.recent.flatMap(({ instances, until }) => [instances, until]).join(' ');
  }

  /** Takes them back. */
  restore(text: string | undefined): void {
    const numbers = (text ?? '')
      .split(' ')
      .filter((word) => word !== '')
      .map(Number);
    this.recent = [];
    for (let i = 0; i < numbers.length; i += 2)
      this.recent.push({ instances: numbers[i], until: numbers[i + 1] });
  }
}
